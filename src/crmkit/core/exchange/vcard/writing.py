"""Cards as text: vCard 4.0 (RFC 6350) and 3.0 (RFC 2426)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import define

from crmkit.core.errors import Invalid
from crmkit.core.exchange.vcard.card import Address, Card, Point, Property
from crmkit.core.exchange.vcard.escaping import escaped, parameter
from crmkit.core.exchange.vcard.own import MADE_UP, own_property
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

VERSIONS: Final = ("4.0", "3.0")
# What 3.0 has no property for is written with an X in front; the reader knows these.
NEW_IN_4: Final = ("KIND", "ANNIVERSARY", "LANG", "RELATED")
_OCTETS: Final = 75
_DATE: Final = re.compile(r"(?:(\d{4})|-)(?:-(\d{2})(?:-(\d{2}))?)?")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
Params = Sequence[tuple[str, str]]


def write_card(card: Card, version: str = "4.0") -> str:
    """`card` as text with its line ends, lines folded at 75 octets; `version` is `4.0` or `3.0`.

    A card without a name gets one from what it has, because both versions demand it. Raises `Invalid` for
    another version.
    """
    if version not in VERSIONS:
        raise Invalid(
            phrase("There is no writing vCard {version}", version=quoted(version)), hint="Ask for 4.0 or 3.0."
        )
    lines = ["BEGIN:VCARD", f"VERSION:{version}"]
    lines += [_line(each, version) for each in _Writer(version).properties(card)]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCARD"])


@define
class _Writer:
    """The properties of one card; `groups` counts the groups that tie labels to what they are labels of."""

    version: str
    groups: int = 0
    taken: frozenset[str] = frozenset()

    def properties(self, card: Card) -> Iterator[Property]:
        self.taken = frozenset(each.group for each in card.others)
        yield from self._who(card)
        yield from self._points("EMAIL", card.emails)
        yield from self._points("TEL", card.phones)
        for address in card.addresses:
            yield from self._address(address)
        yield from self._points("URL", card.urls, is_uri=True)
        for handle in card.handles:
            if _URI.fullmatch(handle.value):
                yield from self._points("IMPP", [handle], is_uri=True)
            else:
                yield own_property("handle", handle.value)
        yield from self._about(card)
        yield from card.others

    def _who(self, card: Card) -> Iterator[Property]:
        if card.kind:
            yield self._text("KIND", card.kind)
        yield self._name(card)
        parts = (card.family_name, card.given_name, card.additional_names, card.prefixes, card.suffixes)
        if any(parts) or self.version == "3.0":
            yield Property("N", ";".join(map(escaped, parts)))
        if card.nicknames:
            yield Property("NICKNAME", ",".join(map(escaped, card.nicknames)))
        if card.organization:
            yield Property("ORG", ";".join(map(escaped, card.organization)))
        for name, text in (("TITLE", card.title), ("ROLE", card.role)):
            if text:
                yield self._text(name, text)

    def _name(self, card: Card) -> Property:
        """A card has to have a name; one that was made up for it says so, and is not read back."""
        if card.name:
            return Property("FN", escaped(card.name))
        return Property("FN", escaped(_some_name(card)), ((MADE_UP, "yes"),))

    def _about(self, card: Card) -> Iterator[Property]:
        for name, date in (("BDAY", card.birthday), ("ANNIVERSARY", card.anniversary)):
            if date:
                yield self._date(name, date)
        if card.categories:
            yield Property("CATEGORIES", ",".join(map(escaped, card.categories)))
        yield from (self._text("NOTE", note) for note in card.notes)
        yield from (self._text("LANG", language) for language in card.languages)
        if card.timezone:
            yield self._text("TZ", card.timezone, [("VALUE", "text")] if self.version == "3.0" else ())
        for each in card.related:
            is_uri = _URI.fullmatch(each.value)
            params = [*_types(each.types), *([] if is_uri else [("VALUE", "text")])]
            value = _uri(each.value) if is_uri else escaped(each.value)
            yield Property(self._known("RELATED"), value, tuple(params))
        if card.uid:
            yield Property("UID", _uid(card.uid, self.version))
        if card.revised:
            yield Property("REV", card.revised)

    def _points(self, name: str, points: Iterable[Point], *, is_uri: bool = False) -> Iterator[Property]:
        for point in points:
            group = self._group() if point.label else ""
            value = _uri(point.value) if is_uri else escaped(point.value)
            yield Property(name, value, self._params(point), group)
            yield from self._label(point.label, group)

    def _address(self, address: Address) -> Iterator[Property]:
        new = self.version == "4.0"
        group = self._group() if address.label or (address.text and not new) else ""
        params = self._params(address)
        parts = ";".join(map(escaped, address.parts))
        if new:
            text = [("LABEL", address.text)] if address.text else []
            yield Property("ADR", parts, (*params, *text), group)
        else:
            if any(address.parts) or not address.text:
                yield Property("ADR", parts, params, group)
            if address.text:
                yield Property("LABEL", escaped(address.text), params, group)
        yield from self._label(address.label, group)

    def _params(self, point: Point | Address) -> tuple[tuple[str, str], ...]:
        types = list(_types(point.types))
        if point.preferred:
            types.append(("PREF", "1") if self.version == "4.0" else ("TYPE", "pref"))
        return tuple(types)

    def _label(self, label: str, group: str) -> Iterator[Property]:
        # No standard property names a label; this is the one that address books have agreed on.
        if label:
            yield Property("X-ABLABEL", escaped(label), (), group)

    def _date(self, name: str, date: str) -> Property:
        found = _DATE.fullmatch(date)
        if found is None or date == "-":
            return Property(self._known(name), escaped(date), (("VALUE", "text"),))
        whole = all(found.groups()) or not found[1]
        return Property(self._known(name), date if self.version == "3.0" or not whole else _basic(date))

    def _text(self, name: str, text: str, params: Params = ()) -> Property:
        return Property(self._known(name), escaped(text), tuple(params))

    def _known(self, name: str) -> str:
        return f"X-{name}" if self.version == "3.0" and name in NEW_IN_4 else name

    def _group(self) -> str:
        self.groups += 1
        while f"item{self.groups}" in self.taken:
            self.groups += 1
        return f"item{self.groups}"


def _uri(text: str) -> str:
    return re.sub(r"\s+", "%20", text.strip()).replace("\\", "%5C")


def _types(types: Iterable[str]) -> Iterator[tuple[str, str]]:
    return (("TYPE", each) for each in types)


def _basic(date: str) -> str:
    """4.0 writes whole dates and days of a year without hyphens: `19900501`, `--0501`."""
    return f"--{date[2:].replace('-', '')}" if date.startswith("--") else date.replace("-", "")


def _uid(uid: str, version: str) -> str:
    if _UUID.fullmatch(uid):
        return f"urn:uuid:{uid}" if version == "4.0" else uid
    return escaped(uid)


def _some_name(card: Card) -> str:
    whole = " ".join(part for part in (card.given_name, card.family_name) if part)
    points = [point.value for point in (*card.emails, *card.phones)]
    return next((text for text in (whole, *card.organization[:1], *card.nicknames, *points) if text), "?")


def _line(found: Property, version: str) -> str:
    group = f"{found.group}." if found.group else ""
    params = "".join(f";{name}={parameter(value, version)}" for name, value in found.params)
    value = re.sub(r"\r\n?|\n", r"\\n", found.value)
    return f"{group}{found.name}{params}:{value}"


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets; no character is cut in two."""
    if len(line) <= _OCTETS and line.isascii():
        return line
    octets = line.encode("utf-8", "replace")
    pieces, start, room = [], 0, _OCTETS
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end].decode())
        start, room = end, _OCTETS - 1  # the blank that marks a continuation is an octet too
    return "\r\n ".join(pieces)
