"""The text of HTML, for messages that come without any other."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from attrs import define, field

# More than a timeline keeps, with all the markup around it.
_LONGEST: Final = 400_000
# Each sign that could begin a tag is looked at once: the library's own parser takes hours over some texts.
_TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL
)
_SILENT: Final = frozenset({"script", "style", "title", "template", "svg", "math", "object"})
_LINES: Final = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"}
)
_APART: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"})
_QUOTE: Final = re.compile(
    r"gmail_quote|gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote|type\s*=\s*[\"']?cite",
    re.IGNORECASE,
)


def text_of_html(html: str) -> tuple[str, bool]:
    """Its text, and whether what it quotes at its end was left out."""
    reader = _Reader(html[:_LONGEST])
    is_trimmed = reader.read()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), is_trimmed


@define
class _Reader:
    """Gathers text from tag to tag."""

    html: str
    parts: list[str] = field(factory=list)
    _is_begun: bool = False

    def read(self) -> bool:
        """Read it all, or up to a mail program's mark of what it quotes: then True."""
        start = 0
        while (tag := _TAG.search(self.html, start)) is not None:
            self._say(self.html[start : tag.start()])
            start = tag.end()
            name = (tag[2] or "").lower()
            if tag[1]:
                self.parts.append("\n\n" if name in _APART else "")
            elif name in _SILENT and not tag[3].endswith("/"):
                start = self._after(name, start)
            elif name:
                if self._is_begun and _QUOTE.search(tag[3][:1_000]):
                    return True
                self.parts.append("\n- " if name == "li" else "\n" if name in _LINES else "")
        self._say(self.html[start:])
        return False

    def _say(self, text: str) -> None:
        said = unescape(text.replace("\n", " "))
        self._is_begun = self._is_begun or bool(said.strip())
        self.parts.append(said)

    def _after(self, name: str, start: int) -> int:
        """Where what is not meant to be read ends; where that is never said, nothing more is read."""
        end = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(self.html, start)
        return len(self.html) if end is None else end.end()
