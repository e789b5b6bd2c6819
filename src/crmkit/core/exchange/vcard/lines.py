"""The content lines of a file of cards: folded lines joined, pictures left out, memory bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from crmkit.core.exchange.lines import bounded_lines

LONGEST_LINE: Final = 256 << 10
_KEPT_OF_DATA: Final = 2 << 10
_DATA: Final = re.compile(rb"(?i)(?:[\w-]{1,40}\.)?(?:PHOTO|LOGO|SOUND|KEY|X-MS-CARDPICTURE)[;:]")
_QUOTED_PRINTABLE: Final = re.compile(rb"(?i)[^:]*QUOTED-PRINTABLE")


class ContentLine(NamedTuple):
    """A property with the number of the line it begins on; `cut` says that only its beginning is here."""

    number: int
    octets: bytes
    is_data: bool
    cut: bool


def content_lines(file: IO[bytes]) -> Iterator[ContentLine]:
    """All content lines, without their line ends. Empty lines are left out."""
    current: _Joined | None = None
    keeps_blank = False
    for number, octets, cut in bounded_lines(file, LONGEST_LINE):
        if current is not None and current.goes_on(octets):
            current.add(octets if current.soft or keeps_blank else octets[1:], cut)
            continue
        if current is not None:
            yield current.line()
            keeps_blank = _keeps_blank(current, keeps_blank)
        current = _Joined(number, octets, cut) if octets.strip() else None
    if current is not None:
        yield current.line()


def _keeps_blank(last: _Joined, before: bool) -> bool:
    """In 2.1 the blank that marks a continuation belongs to the text."""
    if last.start[:6].upper() == b"BEGIN:":
        return False
    return before or last.start.strip().upper() == b"VERSION:2.1"


class _Joined:
    """A content line that is being put together."""

    def __init__(self, number: int, octets: bytes, cut: bool) -> None:
        self.number, self.start = number, octets
        self.is_data = _DATA.match(octets) is not None
        self.is_quoted = _QUOTED_PRINTABLE.match(octets) is not None
        self._limit = _KEPT_OF_DATA if self.is_data else LONGEST_LINE
        self._pieces = [octets[: self._limit]]
        self._size = len(octets)
        self._cut = cut or self._size > self._limit
        self._last = octets

    @property
    def soft(self) -> bool:
        """Whether the text goes on in the next line whatever that begins with."""
        return self.is_quoted and self._last.endswith(b"=")

    def goes_on(self, octets: bytes) -> bool:
        if octets[:1] in (b" ", b"\t") or self.soft:
            return True
        # Old programs write the lines of a picture without the blank.
        return self.is_data and b":" not in octets and bool(octets)

    def add(self, octets: bytes, cut: bool) -> None:
        if self.soft:
            self._pieces[-1] = self._pieces[-1].removesuffix(b"=")
        self._last = octets
        self._cut = self._cut or cut or self._size + len(octets) > self._limit
        if not self._cut:
            self._pieces.append(octets)
            self._size += len(octets)

    def line(self) -> ContentLine:
        return ContentLine(self.number, b"".join(self._pieces), self.is_data, self._cut)
