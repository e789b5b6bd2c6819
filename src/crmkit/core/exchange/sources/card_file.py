"""vCard files as tables: a row for each card, and columns that an import understands by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.lists import joined
from crmkit.core.exchange.sources.table import Row, Table, Wanted, refuse_width
from crmkit.core.exchange.sources.texts import TextFile, text_file, with_digest
from crmkit.core.exchange.vcard.card import Address, Card, Point
from crmkit.core.exchange.vcard.own import own_target
from crmkit.core.exchange.vcard.reading import ReadCard, read_cards
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import Phrase, nphrase, phrase

Cells = list[tuple[str, str]]
_FIRST: Final = (
    "name", "given_name", "family_name", "is_organization", "organization", "email", "phone",
    "address.street", "address.city", "address.postcode", "address.region", "address.country", "address",
)  # fmt: skip
# Words for what is usual say nothing about a point; others become its label.
_USUAL: Final = frozenset(
    ("voice", "internet", "x-internet", "intl", "dom", "postal", "parcel", "text", "msg")
)
_WORDS: Final = {"cell": "mobile"}
_ADDRESS: Final = ("street", "city", "postcode", "region", "country")


@frozen
class CardFormat:
    """vCards, version 2.1, 3.0 or 4.0, one after the other."""

    name: str = "vcard"
    suffixes: tuple[str, ...] = (".vcf", ".vcard")

    def recognises(self, start: bytes) -> bool:
        """It begins a card."""
        return start.lstrip()[:11].upper() == b"BEGIN:VCARD"

    def open(self, path: Path, wanted: Wanted) -> Table:
        """The file as a table; its columns are what any of its cards has."""
        text = _text(path, wanted.encoding)
        headers, count, left_out = _headers(text)
        return Table(
            path=path,
            format=self.name,
            headers=headers,
            survey=text.survey,
            taken_for=nphrase(
                "{count} vCard in {encoding}", "{count} vCards in {encoding}", count, encoding=text.says
            ),
            notes=text.notes + tuple(_left_out(*each) for each in sorted(left_out.items())),
            open_rows=lambda: _rows(text, headers),
        )


def _left_out(name: str, count: int) -> Phrase:
    return nphrase(
        "{count} {name} left out: pictures, sounds and keys are not read",
        "{count} {name} left out: pictures, sounds and keys are not read",
        count,
        name=name,
    )


def _text(path: Path, encoding: str | None) -> TextFile:
    """The file in UTF-8 if it names character sets itself, else in the encoding that is told or guessed."""
    try:
        text = text_file(path, encoding)
    except Invalid:
        if encoding is not None:
            raise
        text = text_file(path, "utf-8")
        if "CHARSET=" not in text.start.upper():
            raise
    if text.is_guessed and "CHARSET=" in text.start.upper():
        text = text_file(path, "utf-8")
    return text if text.encoding == "utf-8" else with_digest(text, text.encoding)


def _headers(text: TextFile) -> tuple[tuple[str, ...], int, Counter[str]]:
    """The columns that occur, how many cards there are, and how many of what was not read."""
    found: dict[str, None] = {}
    left_out: Counter[str] = Counter()
    count = 0
    reason = ""
    with text.opened() as file:
        for read in read_cards(file):
            left_out.update(name.upper().rpartition(".")[2] for name in read.left_out)
            if read.card is None:
                reason = reason or phrase(": line {line}: {reason}", line=read.line, reason=read.reason)
                continue
            count += 1
            found.update(dict.fromkeys(header for header, _ in cells_of(read.card)))
            refuse_width(text.path, len(found))
    if not found:
        raise Invalid(
            phrase(
                "{path} holds no card that can be read{reason}", path=quoted(text.path.name), reason=reason
            ),
            hint="A card goes from BEGIN:VCARD to END:VCARD.",
        )
    ordered = [header for header in _FIRST if header in found]
    return tuple(dict.fromkeys([*ordered, *found])), count, left_out


@contextmanager
def _rows(text: TextFile, headers: tuple[str, ...]) -> Iterator[Iterator[Row]]:
    with text.opened() as file:
        yield (_row(read, headers) for read in read_cards(file))


def _row(read: ReadCard, headers: tuple[str, ...]) -> Row:
    if read.card is None:
        return Row(read.line, [], read.reason)
    cells = dict(cells_of(read.card))
    return Row(read.line, [cells.get(header, "") for header in headers], None)


def cells_of(card: Card) -> Cells:
    """(header, text) of everything a card says; each header once."""
    is_organization = card.kind == "org"
    company = next(iter(card.organization), "")
    name = card.name or (company if is_organization else "")
    if is_organization and company == name:
        company = ""  # it is the name of the customer, not of where somebody works
    cells: Cells = [
        ("name", name),
        ("given_name", card.given_name),
        ("family_name", card.family_name),
        ("is_organization", {"org": "yes", "individual": "no"}.get(card.kind, "")),
        ("organization", company),
        ("department", "; ".join(card.organization[1:])),
        ("additional_names", card.additional_names),
        ("name_prefix", card.prefixes),
        ("name_suffix", card.suffixes),
        ("nickname", joined(card.nicknames)),
        ("title", card.title),
        ("role", card.role),
        *_points("email", card.emails),
        *_points("phone", card.phones),
        *_addresses(card.addresses),
        *_points("url", card.urls, is_labelled=False),
        *_points("handle", card.handles, is_labelled=False),
        ("birthday", card.birthday),
        ("anniversary", card.anniversary),
        ("tag", joined(card.categories)),
        ("note", "\n\n".join(card.notes)),
        ("locale", next(iter(card.languages), "")),
        ("languages", joined(card.languages[1:])),
        ("timezone", card.timezone),
        ("related", joined(f"{', '.join(each.types)}: {each.value}" if each.types else each.value
                           for each in card.related)),
        ("uid", card.uid),
        *_others(card),
    ]  # fmt: skip
    return _numbered([(header, text) for header, text in cells if text])


def _points(kind: str, points: Iterable[Point], *, is_labelled: bool = True) -> Cells:
    """The preferred ones first, so that they are what the first column says."""
    ordered = sorted(points, key=lambda point: not point.preferred)
    return [(_labelled(kind, point) if is_labelled else kind, point.value) for point in ordered]


def _addresses(addresses: Iterable[Address]) -> Cells:
    cells: Cells = []
    seen: Counter[str] = Counter()
    for address in sorted(addresses, key=lambda address: not address.preferred):
        street = ", ".join(part for part in (address.pobox, address.extended, address.street) if part)
        parts = (street, address.city, address.postcode, address.region, address.country)
        label = _labelled("", address)
        seen[label] += 1
        number = f" {seen[label]}" if seen[label] > 1 else ""
        if address.text:
            cells.append((f"address{number}{label}", address.text))
        # The number is the address's, not the part's: what lacks a street must not get the next one's.
        cells += [
            (f"address.{part}{number}{label}", text)
            for part, text in zip(_ADDRESS, parts, strict=True)
            if text
        ]
    return cells


def _labelled(kind: str, point: Point | Address) -> str:
    words = [_WORDS.get(word, word) for word in point.types if word not in _USUAL]
    label = point.label or next(iter(words), "")
    return f"{kind}:{' '.join(label.split())}" if label else kind


def _others(card: Card) -> Cells:
    cells: Cells = []
    for each in card.others:
        cells.append((own_target(each) or each.name.lower(), each.text))
    return cells


def _numbered(cells: Cells) -> Cells:
    """Each header once: the second `email:work` is `email 2:work`."""
    taken: set[str] = set()
    result: Cells = []
    for header, text in cells:
        word, colon, label = header.partition(":")
        number, name = 1, header
        while name in taken:
            number += 1
            name = f"{word} {number}{colon}{label}"
        taken.add(name)
        result.append((name, text))
    return result
