"""The properties of a card, put where they belong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import define, evolve, field

from crmkit.core.exchange.vcard.card import Address, Card, Point, Property, Related
from crmkit.core.exchange.vcard.escaping import plain, split
from crmkit.core.exchange.vcard.own import MADE_UP, PREFIX

_ONCE: Final = {
    "FN": "name", "TITLE": "title", "ROLE": "role", "REV": "revised", "TZ": "timezone", "KIND": "kind",
}  # fmt: skip
_LISTS: Final = {"NICKNAME": "nicknames", "CATEGORIES": "categories"}
_TEXTS: Final = {"NOTE": "notes", "LANG": "languages"}
_DATES: Final = {"BDAY": "birthday", "ANNIVERSARY": "anniversary"}
_POINTS: Final = {"EMAIL": "emails", "TEL": "phones", "URL": "urls", "IMPP": "handles"}
_NAMES: Final = ("family_name", "given_name", "additional_names", "prefixes", "suffixes")
# The names by which other programs and older versions call what 4.0 has a name for.
_ALSO: Final = {
    "X-KIND": "KIND", "X-ADDRESSBOOKSERVER-KIND": "KIND", "X-ANNIVERSARY": "ANNIVERSARY", "X-LANG": "LANG",
    "X-RELATED": "RELATED", "X-ABRELATEDNAMES": "RELATED",
}  # fmt: skip
_SILENT: Final = frozenset(("PRODID", "AGENT"))
_WHOLE: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_YEARLESS: Final = re.compile(r"--(\d\d)-?(\d\d)(?:T.*)?")
_APPLE_LABEL: Final = re.compile(r"_\$!<(.*)>!\$_")


def built(properties: Iterable[Property]) -> Card:
    """The card that has `properties`; what it has no place for is among its `others`."""
    builder = _Builder()
    for each in properties:
        builder.take(each)
    return builder.card()


@define
class _Builder:
    """The values of a card so far, and which group each point and address belongs to."""

    values: dict[str, Any] = field(factory=dict)
    others: list[Property] = field(factory=list)
    labels: dict[str, Property] = field(factory=dict)
    groups: dict[str, list[tuple[str, int]]] = field(factory=dict)
    envelopes: list[Property] = field(factory=list)

    def take(self, found: Property) -> None:
        """Put one property where it belongs."""
        name = _ALSO.get(found.name, found.name)
        if name in _SILENT:
            return
        put = _PLACES.get(name)
        if put is None or not put(self, found, name):
            if name == "X-ABLABEL" and found.group:
                self.labels[found.group] = found
            elif name == PREFIX + "HANDLE" and not found.param("X-NAME"):
                self.append("handles", Point(found.text))
            else:
                self.others.append(found)

    def append(self, attribute: str, *values: object) -> None:
        self.values.setdefault(attribute, []).extend(values)

    def once(self, attribute: str, text: str) -> bool:
        """The first of several is taken."""
        if attribute in self.values:
            return False
        if text:
            self.values[attribute] = text
        return True

    def add_point(self, attribute: str, point: Point | Address, group: str) -> None:
        if group:
            self.groups.setdefault(group, []).append((attribute, len(self.values.get(attribute, ()))))
        self.append(attribute, point)

    def card(self) -> Card:
        for envelope in self.envelopes:
            self._write_envelope(envelope, self._of_the_kind(envelope))
        for group, label in self.labels.items():
            places = self.groups.get(group)
            if not places:
                self.others.append(label)
            for attribute, i in places or ():
                text = _APPLE_LABEL.sub(r"\1", label.text)
                self.values[attribute][i] = evolve(self.values[attribute][i], label=text)
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.values.items()
        }
        return Card(**values, others=tuple(self.others))

    def add_address(self, address: Address, group: str) -> None:
        """An address of a group whose whole text came first takes its place."""
        for i in self._addresses_in(group):
            there: Address = self.values["addresses"][i]
            if not any(there.parts) and not address.text:
                self.values["addresses"][i] = evolve(address, text=there.text)
                return
        self.add_point("addresses", address, group)

    def add_envelope(self, envelope: Property) -> None:
        """3.0 has the whole text of an address in a property of its own, of the same group or kind."""
        if not envelope.group:  # whose it is, is known when all addresses are
            self.envelopes.append(envelope)
            return
        self._write_envelope(envelope, self._addresses_in(envelope.group))

    def _addresses_in(self, group: str) -> list[int]:
        return [i for name, i in self.groups.get(group, ()) if name == "addresses"] if group else []

    def _of_the_kind(self, envelope: Property) -> list[int]:
        types = _kinds(envelope)[0]
        addresses = self.values.get("addresses", [])
        return [i for i, each in enumerate(addresses) if each.types == types and not each.text]

    def _write_envelope(self, envelope: Property, places: list[int]) -> None:
        types, preferred = _kinds(envelope)
        if places:
            addresses = self.values["addresses"]
            addresses[places[0]] = evolve(addresses[places[0]], text=envelope.text)
            return
        address = Address(text=envelope.text, types=types, preferred=preferred)
        self.add_point("addresses", address, envelope.group)


def _once(builder: _Builder, found: Property, name: str) -> bool:
    if found.param(MADE_UP):
        return True
    text = found.text.strip()
    return builder.once(_ONCE[name], text.lower() if name == "KIND" else text)


def _show_as(builder: _Builder, found: Property, _: str) -> bool:
    return found.text.strip().upper() == "COMPANY" and builder.once("kind", "org")


def _uid(builder: _Builder, found: Property, _: str) -> bool:
    text = found.text.strip()
    return builder.once("uid", text[9:] if text[:9].lower() == "urn:uuid:" else text)


def _name(builder: _Builder, found: Property, _: str) -> bool:
    if any(each in builder.values for each in _NAMES):
        return False
    for attribute, part in zip(_NAMES, split(found.value, ";"), strict=False):
        builder.once(attribute, _joined(part, " "))
    return True


def _organization(builder: _Builder, found: Property, _: str) -> bool:
    parts = [plain(part).strip() for part in split(found.value, ";")]
    while parts and not parts[-1]:
        parts.pop()
    if "organization" in builder.values:
        return False
    if parts:
        builder.append("organization", *parts)
    return True


def _list(builder: _Builder, found: Property, name: str) -> bool:
    builder.append(_LISTS[name], *[text for part in split(found.value, ",") if (text := plain(part).strip())])
    return True


def _text(builder: _Builder, found: Property, name: str) -> bool:
    if found.value.strip():
        builder.append(_TEXTS[name], found.text.strip())
    return True


def _date(builder: _Builder, found: Property, name: str) -> bool:
    text = found.text.strip()
    if found.param("VALUE").lower() != "text":
        text = _iso(text, found.param("X-APPLE-OMIT-YEAR"))
    return builder.once(_DATES[name], text)


def _iso(text: str, no_year: str) -> str:
    if whole := _WHOLE.fullmatch(text):
        year, month, day = whole.groups()
        return f"--{month}-{day}" if year == no_year else f"{year}-{month}-{day}"
    if yearless := _YEARLESS.fullmatch(text):
        return f"--{yearless[1]}-{yearless[2]}"
    return text


def _point(builder: _Builder, found: Property, name: str) -> bool:
    value = found.text.strip()
    if name == "TEL" and value[:4].lower() == "tel:":
        value = value[4:].replace(";ext=", " ext. ")
    elif name == "EMAIL" and value[:7].lower() == "mailto:":
        value = value[7:]
    if value:
        types, preferred = _kinds(found)
        builder.add_point(_POINTS[name], Point(value, types, "", preferred), found.group)
    return True


def _address(builder: _Builder, found: Property, _: str) -> bool:
    parts = [_joined(part, ", ") for part in split(found.value, ";")]
    pobox, extended, street, city, region, postcode, country = [*parts, *[""] * 7][:7]
    types, preferred = _kinds(found)
    address = Address(
        street=street,
        city=city,
        region=region,
        postcode=postcode,
        country=country,
        pobox=pobox,
        extended=extended,
        text=found.param("LABEL"),
        types=types,
        preferred=preferred,
    )
    if any(parts) or address.text:
        builder.add_address(address, found.group)
    return True


def _envelope(builder: _Builder, found: Property, _: str) -> bool:
    if found.value.strip():
        builder.add_envelope(found)
    return True


def _related(builder: _Builder, found: Property, _: str) -> bool:
    if found.value.strip():
        builder.append("related", Related(found.text.strip(), _kinds(found)[0]))
    return True


def _joined(part: str, separator: str) -> str:
    """A part that has several values, as one text."""
    return separator.join([text for each in split(part, ",") if (text := plain(each).strip())])


def _kinds(found: Property) -> tuple[tuple[str, ...], bool]:
    """The words of TYPE, and whether this one is preferred."""
    types = [word.strip().lower() for text in found.all_of("TYPE") for word in text.split(",")]
    kept = tuple(dict.fromkeys(word for word in types if word and word != "pref"))
    return kept, "pref" in types or found.param("PREF") == "1"


_Put = Callable[[_Builder, Property, str], bool]
_PLACES: Final[dict[str, _Put]] = {
    **dict.fromkeys(_ONCE, _once),
    **dict.fromkeys(_LISTS, _list),
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_DATES, _date),
    **dict.fromkeys(_POINTS, _point),
    "N": _name,
    "ORG": _organization,
    "ADR": _address,
    "LABEL": _envelope,
    "RELATED": _related,
    "UID": _uid,
    "X-ABSHOWAS": _show_as,
}
