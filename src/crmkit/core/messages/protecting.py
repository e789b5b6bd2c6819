"""What stands in braces in an HTML template, kept safe while other programs work on the HTML around it.

Each `{{ value }}` and `{% statement %}` becomes a mark that survives them: a word within text and attributes,
a comment between elements. A value where it could be more than text is made harmless, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from itertools import count
from typing import Final

from attrs import define, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase
from crmkit.core.strategy.sandbox import Piece, pieces_of

_OPENING: Final = re.compile(r"<!--|</?([a-zA-Z][\w:-]*)|<[!?]")
_IN_TAG: Final = re.compile(r"[\"'>]")
_ATTRIBUTE: Final = re.compile(r"([\w:.-]+)\s*=\s*$")
# Their content is text: no comment is one there.
_TEXTS: Final = ("title", "textarea", "mj-title", "mj-preview")
_CODE: Final = ("style", "script", "mj-style")
_LINKS: Final = (
    "action", "background", "background-url", "cite", "data", "formaction", "href", "poster", "src",
    "xlink:href",
)  # fmt: skip
# A program that inlines styles compares these with its selectors.
_SELECTED: Final = ("class", "id")
# Braces that were none in the template, such as `&#123;`, must not become any.
_BRACES: Final = re.compile(r"\{(?=[{%#]|$)")


class _State(Enum):
    """Where in the HTML a piece stands."""

    CONTENT = "content"
    TAG = "tag"
    QUOTE = "quoted"
    COMMENT = "comment"
    TEXT = "text"


@frozen
class Protected:
    """HTML with a mark in place of each piece in braces. `marks` finds them: its first group is the number
    of the piece in `pieces`."""

    html: str
    pieces: tuple[Piece, ...]
    written: tuple[str, ...]
    marks: re.Pattern[str]
    # (piece, where it stands) of those that a program which reads the HTML would misunderstand.
    unfit: tuple[tuple[Piece, str], ...] = ()

    def restored(self, text: str) -> str:
        """The text with every mark replaced by what it stands for. What looks like braces otherwise becomes
        text."""
        parts, at = [], 0
        for mark in self.marks.finditer(text):
            parts += [_as_text(text[at : mark.start()]), self.written[_number(mark)]]
            at = mark.end()
        return "".join([*parts, _as_text(text[at:])])

    def missing_in(self, text: str) -> Iterable[Piece]:
        """The pieces whose marks are no longer there."""
        there = {_number(mark) for mark in self.marks.finditer(text)}
        return [piece for number, piece in enumerate(self.pieces) if number not in there]


def protected(html: str, what: str) -> Protected:
    """The HTML with its braces made safe. Raises `Invalid` where a customer's value could be more than text;
    `what` names the HTML."""
    word = next(word for word in (f"crmkit{n}q" for n in count()) if word not in html.lower())
    scanner = _Scanner(what)
    parts: list[str] = []
    pieces: list[Piece] = []
    written: list[str] = []
    unfit: list[tuple[Piece, str]] = []
    for piece in pieces_of(html, what):
        if piece.kind in ("text", "raw"):
            scanner.feed(piece.inside)
            parts.append(piece.inside)
        elif piece.kind != "comment":
            if scanner.state is _State.TAG:
                unfit.append((piece, phrase("between attributes")))
            elif scanner.state is _State.QUOTE and scanner.attribute in _SELECTED:
                unfit.append(
                    (piece, phrase("in {attribute}, by which styles are chosen", attribute=scanner.attribute))
                )
            bare = f"{word}{len(pieces)}z"
            is_between = piece.kind == "statement" and scanner.state is _State.CONTENT
            parts.append(f"<!--{bare}-->" if is_between else bare)
            written.append(scanner.harmless(piece))
            pieces.append(piece)
    marks = re.compile(f"<!--{word}([0-9]+)z-->|{word}([0-9]+)z")
    return Protected("".join(parts), tuple(pieces), tuple(written), marks, tuple(unfit))


@define
class _Scanner:
    """Where in the HTML we are, as far as that decides what a value may be."""

    what: str
    state: _State = _State.CONTENT
    element: str = ""
    attribute: str = ""
    _closes: bool = False
    _quote: str = ""
    # What stands before in the tag, or in the value of the attribute.
    _before: str = ""
    _is_settled: bool = True
    _tail: str = field(default="")

    def feed(self, text: str) -> None:
        """Go on over text without braces."""
        at = 0
        while at < len(text):
            at = getattr(self, f"_{self.state.value}")(text, at)
        self._tail = text[-2:] if text else self._tail

    def harmless(self, piece: Piece) -> str:
        """The piece as it may stand here. Raises `Invalid` where it may not."""
        where = phrase("{what}, line {line}", what=self.what, line=piece.line)
        if self.state is _State.TAG:
            self._refuse_in_tag(piece, where)
        elif self.state is _State.CONTENT and self._tail.endswith(("<", "</")):
            raise Invalid(phrase("{where}: the name of an element cannot be put in", where=where))
        elif self.state is _State.TEXT and self.element in _CODE and piece.kind == "value":
            raise Invalid(
                phrase("{where}: nothing is put into <{element}>", where=where, element=self.element),
                hint="Use a style attribute.",
            )
        if self.state is not _State.QUOTE:
            return piece.written
        if piece.kind == "statement":
            self._is_settled = False
            return piece.written
        return self._in_attribute(piece, where)

    def _refuse_in_tag(self, piece: Piece, where: str) -> None:
        if piece.kind == "value":
            raise Invalid(
                phrase(
                    "{where}: {written} stands in a tag without quotes around it",
                    where=where,
                    written=piece.written,
                ),
                hint=phrase(
                    'Write it as the value of an attribute: href="{written}".', written=piece.written
                ),
            )

    def _in_attribute(self, piece: Piece, where: str) -> str:
        if self.attribute.startswith("on"):
            raise Invalid(
                phrase(
                    "{where}: nothing is put into {attribute}, which holds a program",
                    where=where,
                    attribute=self.attribute,
                )
            )
        is_fixed = self._is_settled and re.search(r"[:/?#]", self._before)
        self._before += "x"
        if self.attribute in _LINKS and not is_fixed:
            return _through("web_address", piece)
        return _through("css_value", piece) if self.attribute == "style" else piece.written

    def _content(self, text: str, at: int) -> int:
        found = _OPENING.search(text, at)
        if found is None:
            return len(text)
        if found[0] == "<!--":
            self.state = _State.COMMENT
            return found.end()
        self.state, self.element = _State.TAG, (found[1] or "").lower()
        self._closes, self._before = found[0].startswith("</"), ""
        return found.end()

    def _tag(self, text: str, at: int) -> int:
        found = _IN_TAG.search(text, at)
        if found is None:
            self._before += text[at:]
            return len(text)
        self._before += text[at : found.start()]
        if found[0] == ">":
            is_open = not self._closes and not self._before.endswith("/")
            self.state = _State.TEXT if is_open and self.element in (*_TEXTS, *_CODE) else _State.CONTENT
        else:
            named = _ATTRIBUTE.search(self._before)
            self.state, self._quote = _State.QUOTE, found[0]
            self.attribute = named[1].lower() if named else ""
            self._before, self._is_settled = "", True
        return found.end()

    def _quoted(self, text: str, at: int) -> int:
        end = text.find(self._quote, at)
        if end < 0:
            self._before += text[at:]
            return len(text)
        self.state, self._before = _State.TAG, ""
        return end + 1

    def _comment(self, text: str, at: int) -> int:
        end = text.find("-->", at)
        if end < 0:
            return len(text)
        self.state = _State.CONTENT
        return end + 3

    def _text(self, text: str, at: int) -> int:
        found = re.compile(rf"</{re.escape(self.element)}(?![\w:-])", re.IGNORECASE).search(text, at)
        if found is None:
            return len(text)
        self.state, self._closes, self._before = _State.TAG, True, ""
        return found.end()


def _number(mark: re.Match[str]) -> int:
    return int(mark[1] or mark[2])


def _through(name: str, piece: Piece) -> str:
    """A value that goes through a filter; the marks that trim the space around it stay."""
    opening = "{{-" if piece.written.startswith("{{-") else "{{"
    closing = "-}}" if piece.written.endswith("-}}") else "}}"
    return f"{opening} ({piece.inside.strip()}) | {name} {closing}"


def _as_text(text: str) -> str:
    return _BRACES.sub("{{ '{' }}", text)
