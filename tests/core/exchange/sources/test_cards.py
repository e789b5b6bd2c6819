"""vCards as a table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.exchange.sources import Row, Table
from crmkit.core.exchange.vcard import Address, Card, Point, own_property, write_card

Read = Callable[..., tuple[Table, list[Row]]]


def told(table: Table, row: Row) -> dict[str, str]:
    """What a row says: header → text, without what is empty."""
    return {header: text for header, text in zip(table.headers, row.cells, strict=True) if text}


def test_columns_are_what_an_import_understands(read: Read) -> None:
    """People, companies, several addresses and numbers, labels, categories; each header once."""
    person = Card(
        name="Łucja Żak",
        given_name="Łucja",
        family_name="Żak",
        organization=("Piekarnia", "Dział"),
        emails=(Point("b@example.org", ("work",)), Point("a@example.org", ("home",), "", True)),
        phones=(Point("1", ("cell", "voice")), Point("2", ("cell",)), Point("3", (), "Summer: house")),
        addresses=(Address(street="Długa 1", city="Łódź", types=("home",)), Address(text="ul. Krótka 2")),
        categories=("vip", "a;b"),
        notes=("one", "two"),
        languages=("pl", "en"),
        birthday="1990-05-01",
    ).plus(own_property("field:size", "37,5"), own_property("lifecycle", "lead"))
    company = Card(name="Rye & Co.", kind="org", organization=("Rye & Co.",))
    table, rows = read(write_card(person) + write_card(company, "3.0"), "people.vcf")
    assert told(table, rows[0]) == {
        "name": "Łucja Żak",
        "given_name": "Łucja",
        "family_name": "Żak",
        "organization": "Piekarnia",
        "department": "Dział",
        "email:home": "a@example.org",
        "email:work": "b@example.org",
        "phone:mobile": "1",
        "phone 2:mobile": "2",
        "phone:Summer: house": "3",
        "address.street:home": "Długa 1",
        "address.city:home": "Łódź",
        "address": "ul. Krótka 2",
        "tag": 'vip;"a;b"',
        "note": "one\n\ntwo",
        "locale": "pl",
        "languages": "en",
        "birthday": "1990-05-01",
        "field:size": "37,5",
        "lifecycle": "lead",
    }
    assert told(table, rows[1]) == {"name": "Rye & Co.", "is_organization": "yes"}
    assert table.headers[:3] == ("name", "given_name", "family_name")
    assert table.taken_for == "2 vCards in UTF-8"


def test_parts_of_several_addresses_stay_together(read: Read) -> None:
    """The number belongs to the address: a part that the first one lacks is not taken from the second."""
    card = Card(name="A", addresses=(Address(city="Łódź"), Address(street="Długa 1", city="Radom")))
    table, rows = read(write_card(card))
    assert told(table, rows[0]) == {
        "name": "A",
        "address.city": "Łódź",
        "address.street 2": "Długa 1",
        "address.city 2": "Radom",
    }


def test_damaged_cards_and_pictures_are_said(read: Read) -> None:
    """A damaged card is a refused row on its first line; what was not read is noted."""
    bad = "BEGIN:VCARD\nVERSION:3.0\nnothing\nEND:VCARD\n"
    photo = "BEGIN:VCARD\nVERSION:3.0\nFN:A\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\nEND:VCARD\n"
    table, rows = read(bad + photo)
    assert rows == [
        Row(1, [], '"nothing" is not a property: it has no colon (line 3)'),
        Row(5, ["A"], None),
    ]
    assert table.notes == ("1 PHOTO left out: pictures, sounds and keys are not read",)


@pytest.mark.parametrize("content", ["", "BEGIN:VCARD\nnothing\nEND:VCARD\n"])
def test_no_card_at_all(read: Read, content: str) -> None:
    """A file without a card that can be read is refused as a whole."""
    with pytest.raises(Invalid, match="no card that can be read"):
        read(content, "people.vcf")


def test_encodings(read: Read) -> None:
    """A file of one encoding is read in it; one whose properties name theirs is read property by property."""
    text = "BEGIN:VCARD\nVERSION:3.0\nFN:Łucja Wąs-Śliwa\nEND:VCARD\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1250"):
        assert read(text.encode(encoding))[1][0].cells == ["Łucja Wąs-Śliwa"]
    named = b"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=ISO-8859-2:\xa3ucja W\xb1s\nEND:VCARD\n"
    assert read(named)[1][0].cells == ["Łucja Wąs"]
