"""The text of an HTML template, for those who do not read HTML: paragraphs, lists, and links as
`text <address>`."""

from __future__ import annotations

import re
from enum import IntEnum
from html.parser import HTMLParser
from typing import Final

from attrs import define

from crmkit.core.messages.protecting import Protected

_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title\s*>", re.IGNORECASE | re.DOTALL)
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_UNSEEN: Final = ("head", "script", "style", "template", "title")
_LINES: Final = ("address", "center", "dd", "div", "dt", "figcaption", "form", "li", "section", "tr")
_PARAGRAPHS: Final = (
    "article", "blockquote", "dl", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "main", "ol", "p", "pre", "table", "ul",
)  # fmt: skip
_VOID: Final = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MIDDLE: Final = re.compile(r"(?:el(?:se|if)\b)")


class _Gap(IntEnum):
    """What has to stand between what was said and what is said next."""

    NONE = 0
    SPACE = 1
    LINE = 2
    PARAGRAPH = 3


_GAPS: Final = ("", " ", "\n", "\n\n")


def title_of(html: str) -> str:
    """What the title says; empty without one."""
    from html import unescape

    found = _TITLE.search(html)
    return _SPACE.sub(" ", unescape(found[1])).strip() if found else ""


def text_of(html: str, kept: Protected) -> str:
    """The text of a page in which braces are protected; they stay so."""
    reader = _Reader(kept)
    reader.feed(html)
    reader.close()
    return reader.text


@define
class _Branching:
    """An `{% if %}` or `{% for %}` that is open: the gap before it, and the largest at the end of a part."""

    before: _Gap
    largest: _Gap = _Gap.NONE
    is_whole: bool = False


class _Reader(HTMLParser):
    def __init__(self, kept: Protected) -> None:
        super().__init__(convert_charrefs=True)
        self._kept = kept
        self._parts: list[str] = []
        self._gap = _Gap.NONE
        self._unseen: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._lists: list[int | None] = []
        self._branchings: list[_Branching] = []
        self._is_begun = False

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(self._parts).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what an element is in a text."""
        said = {name: value or "" for name, value in attrs}
        if self._unseen or tag in _UNSEEN or _HIDDEN.search(said.get("style", "")):
            if tag not in _VOID:
                self._unseen.append(tag)
            return
        self._leave(tag)
        if tag == "br":
            self._parts.append("\n")
            self._gap = _Gap.NONE
        elif tag == "img":
            self._say(said.get("alt", ""))
        elif tag == "a":
            self._links.append((said.get("href", "").strip(), len(self._parts)))
        elif tag in ("ol", "ul"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._say(self._bullet())

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._unseen:
            if tag in self._unseen:
                while self._unseen.pop() != tag:
                    pass
            return
        if tag == "a" and self._links:
            self._address(*self._links.pop())
        elif tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        self._leave(tag)

    def handle_data(self, data: str) -> None:
        """Say what the page says."""
        if not self._unseen:
            self._say(_SPACE.sub(" ", data))

    def handle_comment(self, data: str) -> None:
        """Only statements are said, wherever they stand."""
        found = self._kept.marks.fullmatch(f"<!--{data}-->")
        if found is None or self._unseen:
            return
        inside = self._kept.pieces[int(found[1])].inside.strip()
        if self._gap is _Gap.SPACE:
            self._fill()
        self._branch(inside)
        self._parts.append(found[0])

    def _branch(self, statement: str) -> None:
        """A gap before a condition has to be there whichever side is taken."""
        if statement.startswith("for ") and self._gap is _Gap.PARAGRAPH:
            # One line's end before all rounds, the other in each.
            self._parts.append("\n" if self._is_begun else "")
            self._gap = _Gap.LINE
        if statement.startswith(("if ", "for ", "if(")):
            self._branchings.append(_Branching(self._gap))
            # From the second round on something was said before; a blank first line is taken away later.
            self._is_begun |= statement.startswith("for ")
        elif self._branchings and _MIDDLE.match(statement):
            open_ = self._branchings[-1]
            open_.largest, self._gap = max(open_.largest, self._gap), open_.before
            open_.is_whole |= statement.startswith("else")
        elif self._branchings and statement.startswith("end"):
            open_ = self._branchings.pop()
            without = _Gap.NONE if open_.is_whole else open_.before
            self._gap = max(open_.largest, self._gap, without)

    def _say(self, text: str) -> None:
        if not text.strip(" "):
            self._gap = max(self._gap, _Gap.SPACE) if text else self._gap
            return
        if text.startswith(" "):
            self._gap = max(self._gap, _Gap.SPACE)
        self._fill()
        self._parts.append(text.strip(" "))
        self._is_begun = True
        self._gap = _Gap.SPACE if text.endswith(" ") else _Gap.NONE

    def _fill(self) -> None:
        """Leave the gap."""
        if self._is_begun and not (self._gap is _Gap.SPACE and self._parts[-1].endswith("\n")):
            self._parts.append(_GAPS[self._gap])
        self._gap = _Gap.NONE

    def _leave(self, tag: str) -> None:
        """The gap at the beginning and at the end of an element."""
        is_cell = tag in ("td", "th")
        gap = _Gap.PARAGRAPH if tag in _PARAGRAPHS else _Gap.LINE if tag in _LINES else _Gap.SPACE
        if is_cell or gap is not _Gap.SPACE:
            self._gap = max(self._gap, gap)

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _address(self, address: str, since: int) -> None:
        """The target of a link behind its text, unless that is the same."""
        text = "".join(self._parts[since:]).strip()
        if not address or address.startswith("#") or address.removeprefix("mailto:") == text:
            return
        if address.partition("://")[2].rstrip("/") == text.rstrip("/") and text:
            return
        self._say(f" <{address}>" if text else address)
