"""All cards of a file, one at a time: each a `Card`, or the reason why it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from attrs import define, field

from crmkit.core.errors import Invalid
from crmkit.core.exchange.vcard.building import built
from crmkit.core.exchange.vcard.card import Card, Property
from crmkit.core.exchange.vcard.lines import LONGEST_LINE, ContentLine, content_lines
from crmkit.core.exchange.vcard.properties import parse_property
from crmkit.core.phrase import as_phrase, phrase

_MOST_PROPERTIES: Final = 2_000
_LONGEST_CARD: Final = 2 << 20
_VERSIONS: Final = ("2.1", "3.0", "4.0")


class ReadCard(NamedTuple):
    """What stands from line `line` on: a card, or the reason why it is none. `left_out` names the pictures,
    sounds and keys that were not read."""

    line: int
    card: Card | None
    reason: str | None = None
    left_out: tuple[str, ...] = ()


def read_cards(file: IO[bytes]) -> Iterator[ReadCard]:
    """The cards of a file in UTF-8, versions 2.1 to 4.0. A damaged one costs nothing but itself.

    Memory is bounded: a line over 256 KiB, 2,000 properties or 2 MiB of text refuse a card.
    """
    open_card: _Open | None = None
    is_outside = False
    for line in content_lines(file):
        is_begin = _is(line, b"BEGIN:VCARD")
        if open_card is None:
            if is_begin:
                open_card, is_outside = _Open(line.number), False
            elif not is_outside:
                is_outside = True
                yield ReadCard(line.number, None, phrase("The text stands outside of any card"))
        elif is_begin and not open_card.has_agent:
            yield open_card.unfinished()
            open_card = _Open(line.number)
        elif open_card.take(line, is_begin):
            yield open_card.result()
            open_card = None
    if open_card is not None:
        yield open_card.unfinished()


def _is(line: ContentLine, wanted: bytes) -> bool:
    octets = line.octets
    return octets.removeprefix(b"\xef\xbb\xbf").strip().upper() == wanted


@define
class _Open:
    """A card whose end has not come yet."""

    line: int
    version: str = "3.0"
    properties: list[Property] = field(factory=list)
    left_out: list[str] = field(factory=list)
    size: int = 0
    inner: int = 0
    reason: str | None = None

    @property
    def has_agent(self) -> bool:
        """2.1 puts the whole card of an assistant inside; it is passed over."""
        return bool(self.inner or (self.properties and self.properties[-1].name == "AGENT"))

    def take(self, line: ContentLine, is_begin: bool) -> bool:
        """Add a line; True at the card's end."""
        if is_begin:
            self.inner += 1
        elif _is(line, b"END:VCARD"):
            if not self.inner:
                return True
            self.inner -= 1
        elif not self.inner and self.reason is None:
            try:
                self._add(line)
            except Invalid as error:
                self.reason = phrase(
                    "{reason} (line {line})", reason=as_phrase(error.message), line=line.number
                )
                self.properties.clear()
        return False

    def _add(self, line: ContentLine) -> None:
        if line.is_data and (line.cut or b"://" not in line.octets):
            self.left_out.append(re.split(rb"[:;]", line.octets, maxsplit=1)[0].decode("ascii", "replace"))
            return
        if line.cut:
            raise Invalid(
                phrase("A property is longer than {longest_line} KiB", longest_line=LONGEST_LINE >> 10)
            )
        found = parse_property(line.octets, self.version)
        self.size += len(line.octets)
        if self.size > _LONGEST_CARD or len(self.properties) >= _MOST_PROPERTIES:
            raise Invalid(
                phrase(
                    "The card is larger than {longest_card} MiB or {most_properties:,} properties",
                    longest_card=_LONGEST_CARD >> 20,
                    most_properties=_MOST_PROPERTIES,
                )
            )
        if found.name == "VERSION":
            self.version = self._known(found.text.strip())
        else:
            self.properties.append(found)

    def _known(self, version: str) -> str:
        if version not in _VERSIONS:
            raise Invalid(
                phrase(
                    "Version {version} of vCard is not known; {versions} are",
                    version=version[:20],
                    versions=", ".join(_VERSIONS),
                )
            )
        return version

    def result(self) -> ReadCard:
        if self.reason is not None:
            return ReadCard(self.line, None, self.reason)
        return ReadCard(self.line, built(self.properties), None, tuple(self.left_out))

    def unfinished(self) -> ReadCard:
        return ReadCard(self.line, None, phrase("The card has no END:VCARD"))
