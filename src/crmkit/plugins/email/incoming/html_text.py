"""The text of HTML, for messages that come without any other."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

# More than a timeline keeps, with all the markup around it.
_LONGEST: Final = 400_000
_SILENT: Final = frozenset(
    {"head", "script", "style", "title", "template", "noscript", "svg", "math", "object"}
)
_LINES: Final = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "section"}
)  # fmt: skip
_APART: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"})
_QUOTES: Final = ("gmail_quote", "gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote")


def text_of_html(html: str) -> tuple[str, bool]:
    """Its text, and whether something quoted at its end was left out."""
    reader = _Reader()
    reader.feed(_without_declarations(html[:_LONGEST]))
    reader.close()
    return reader.text, reader.is_trimmed


def _without_declarations(html: str) -> str:
    """Without comments and declarations, of which the parser would look for the end again and again."""
    kept, start = [], 0
    while (begin := html.find("<!", start)) >= 0:
        kept.append(html[start:begin])
        closing = "-->" if html.startswith("<!--", begin) else ">"
        end = html.find(closing, begin)
        if end < 0:
            return "".join(kept)
        start = end + len(closing)
    return "".join([*kept, html[start:]]).replace("<?", "")


class _Reader(HTMLParser):
    """Gathers text; `is_trimmed` once a mail program's mark of what it quotes was met."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent = 0
        self.is_trimmed = False

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _LINES:
            self._parts.append("\n")
        if tag == "li":
            self._parts.append("- ")
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id", "type")).lower()
        is_quote = any(mark in marks for mark in _QUOTES) or (tag == "blockquote" and "cite" in marks)
        if is_quote and "".join(self._parts[:200]).strip():
            self.is_trimmed = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _APART:
            self._parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent and not self.is_trimmed:
            self._parts.append(data.replace("\n", " "))
