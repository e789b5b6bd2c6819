"""What is compared of a customer, made ready once: folded names, digits of numbers, parts of addresses."""

from __future__ import annotations

import re
from typing import Any, Final
from zlib import crc32

from attrs import define

from crmkit.core.duplicates.skeleton import is_disguised, looks
from crmkit.core.normalise import fold, fold_digits, split_name

_NUMBER: Final = re.compile(r"\d+")
# So many digits of a phone number are a subscriber's own: before them stand codes that people leave out.
_SUBSCRIBER: Final = 9
# Nobody needs more to be recognised, and a hostile row must not make everybody wait.
_MOST: Final = 4
_LONGEST: Final = 120
_BITS: Final = 1021
_FORMS: Final = frozenset({
    "ag", "bv", "co", "company", "corp", "eood", "gmbh", "inc", "kft", "kg", "lda", "limited", "llc",
    "llp", "ltd", "nv", "ood", "oy", "plc", "pty", "sa", "sarl", "sas", "se", "sl", "sp", "spa", "spolka",
    "srl", "sro", "zoo", "z", "o",
})  # fmt: skip


@define
class Address:
    """A postal address as compared: the parts without spaces, None where one is not known."""

    number: str | None
    street: str | None
    postcode: str | None
    city: str | None
    region: str | None


@define
class Person:
    """One customer as compared with others. `values[i]` is the text of the i-th declared field compared."""

    id: int
    is_organization: bool
    given: str = ""
    family: str = ""
    name: str = ""
    look: str = ""
    written: str = ""
    is_disguised: bool = False
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    identities: tuple[tuple[str, str], ...] = ()
    values: tuple[str | None, ...] = ()
    marks: int = 0

    def named(self, name: str, given: str, family: str) -> None:
        """Take the names in. A person who has only one whole name is taken apart as the last word says."""
        name, given, family = name[:_LONGEST], given[:_LONGEST], family[:_LONGEST]
        if self.is_organization:
            self.name = company(name)
        else:
            if not given and not family:
                given, family = split_name(name)
            self.given, self.family = fold(given), fold(family)
            self.name = " ".join(filter(None, (self.given, self.family)))
        self.written = name if self.is_organization else f"{given} {family}"
        self.is_disguised = is_disguised(self.written)
        self.look = looks(self.name if self.is_organization else self.written)

    def reached(self, row: tuple[Any, ...]) -> None:
        """Take in a contact point: (kind, normalised, value, street, city, postcode, region)."""
        kind, normalised = row[0], row[1][:_LONGEST]
        if kind == "email" and len(self.emails) < _MOST:
            self.emails += (normalised,)
            self.is_disguised = self.is_disguised or is_disguised(normalised)
        elif kind == "phone" and len(self.phones) < _MOST:
            digits = fold_digits(normalised.partition(";")[0])[-_SUBSCRIBER:]
            if digits and digits not in self.phones:
                self.phones += (digits,)
        elif kind == "address" and len(self.addresses) < _MOST:
            self.addresses += (address(*(text and text[:_LONGEST] for text in row[2:7])),)

    def marked(self) -> None:
        """Note everything but the name as bits of one number: two people share something when two bits meet.

        Bits of different values may coincide, which costs a comparison and nothing else.
        """
        values = [*self.emails, *self.phones, *(value for _, value in self.identities)]
        values += [text for each in self.addresses for text in (each.postcode, each.city) if text]
        values += [value for value in self.values if value]
        for value in values:
            self.marks |= 1 << crc32(value.encode()) % _BITS


def address(
    value: str, street: str | None, city: str | None, postcode: str | None, region: str | None
) -> Address:
    """An address made ready; one that is a single text is compared by that text and its first number."""
    line = street if street or city or postcode else value
    number = None
    words = fold(line or "")
    found = _NUMBER.search(words)
    if found:
        number = found.group()
        words = words.replace(number, " ", 1)
    return Address(
        number=number,
        street=words.replace(" ", "") or None,
        postcode=fold(postcode or "").replace(" ", "") or None,
        city=fold(city or "").replace(" ", "") or None,
        region=fold(region or "").replace(" ", "") or None,
    )


def company(name: str) -> str:
    """An organisation's name without its legal form: `Żytnia sp. z o.o.` is `zytnia`."""
    words = fold(name).split()
    bare = [word for word in words if word not in _FORMS]
    return " ".join(bare or words)


def digits_of(value: str) -> str:
    """Letters and digits of a number such as `PL 525-000.77`, in capitals and without what parts them."""
    return "".join(filter(str.isalnum, value)).upper()[:_LONGEST]
