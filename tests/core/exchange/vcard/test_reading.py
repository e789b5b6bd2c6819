"""Cards as other programs write them, and as nobody should."""

from __future__ import annotations

import io
import time

import pytest

from crmkit.core.exchange.vcard import Address, Card, Point, Property, ReadCard, read_cards


def cards(text: str | bytes) -> list[ReadCard]:
    """All cards of a file."""
    return list(read_cards(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def card(*lines: str, version: str = "3.0") -> Card:
    """The card with these lines."""
    found = cards("\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]))
    assert [each.reason for each in found] == [None]
    assert found[0].card is not None
    return found[0].card


def test_a_card_of_an_old_phone() -> None:
    """2.1: types without a name, quoted-printable with soft line ends, character sets, a picture."""
    found = cards(
        b"BEGIN:VCARD\r\nVERSION:2.1\r\n"
        b"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BBak;=C5=81ucja;;;\r\n"
        b"FN;CHARSET=WINDOWS-1250:\xa3ucja \xafak\r\n"
        b"TEL;CELL;PREF:600 100 200\r\n"
        b"NOTE;ENCODING=QUOTED-PRINTABLE:first=0D=0Asecond =\r\nline C:\\notes\r\n"
        b"PHOTO;ENCODING=BASE64;TYPE=JPEG:\r\n /9j/4AAQSkZJRgABAQ\r\n AAAQABAAD\r\n\r\n"
        b"AGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nN:Assistant\r\nEND:VCARD\r\n"
        b"END:VCARD\r\n"
    )
    assert len(found) == 1
    assert found[0].left_out == ("PHOTO",)
    assert found[0].card == Card(
        name="Łucja Żak",
        given_name="Łucja",
        family_name="Żak",
        phones=(Point("600 100 200", ("cell",), "", True),),
        notes=("first\nsecond line C:\\notes",),
    )


def test_a_card_of_an_address_book() -> None:
    """3.0 with groups, made-up labels, dates without a year, a company, and properties of one program."""
    found = card(
        "N:Smith;John;Quinlan,Paul;Dr.;",
        "FN:John Smith",
        "ORG:Acme\\, Inc.;Sales;",
        "X-ABShowAs:COMPANY",
        "item1.EMAIL;type=INTERNET;type=pref:john@example.org",
        "item1.X-ABLabel:_$!<Work>!$_",
        "item2.ADR;type=HOME:;;1 Main St\\nFlat 2;Springfield;IL;12345;USA",
        "item2.X-ABADR:us",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-01",
        "URL:https\\://example.org",
        "NICKNAME:Jo,Johnny",
        "CATEGORIES:a\\,b,c",
    )
    assert found == Card(
        name="John Smith",
        family_name="Smith",
        given_name="John",
        additional_names="Quinlan Paul",
        prefixes="Dr.",
        organization=("Acme, Inc.", "Sales"),
        kind="org",
        emails=(Point("john@example.org", ("internet",), "Work", True),),
        addresses=(
            Address(
                street="1 Main St\nFlat 2",
                city="Springfield",
                region="IL",
                postcode="12345",
                country="USA",
                types=("home",),
            ),
        ),
        birthday="--05-01",
        urls=(Point("https://example.org"),),
        nicknames=("Jo", "Johnny"),
        categories=("a,b", "c"),
        others=(Property("X-ABADR", "us", (), "item2"),),
    )


def test_a_card_in_4_0() -> None:
    """URIs, quoted parameters with carets, basic dates, and what came with 4.0."""
    found = card(
        "KIND:individual",
        "FN:Jean Dupont",
        'TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-555-555-5555;ext=5555',
        "ADR;LABEL=\"12, rue ^'X^'^nParis\":;;12 rue X;Paris;;75001;France",
        "BDAY:19531015T231000Z",
        "ANNIVERSARY;VALUE=text:in spring",
        "UID:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "RELATED;TYPE=friend:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf7",
        "GEO:geo:37.386013,-122.082932",
        "TZ:Europe/Paris",
        "LANG;PREF=1:fr",
        version="4.0",
    )
    assert found.phones == (Point("+1-555-555-5555 ext. 5555", ("work", "voice"), "", True),)
    assert found.addresses[0].text == '12, rue "X"\nParis'
    assert (found.birthday, found.anniversary) == ("1953-10-15", "in spring")
    assert found.uid == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
    assert found.related[0].types == ("friend",)
    assert found.others == (Property("GEO", "geo:37.386013,-122.082932"),)
    assert (found.timezone, found.languages) == ("Europe/Paris", ("fr",))


def test_folded_lines_are_joined() -> None:
    """A line goes on after a blank or a tab; in 2.1 the blank belongs to the text; a letter may be cut."""
    assert card("FN:An", " na No", "\twak").name == "Anna Nowak"
    assert card("FN:Anna", " Nowak", version="2.1").name == "Anna Nowak"
    octets = "BEGIN:VCARD\nVERSION:4.0\nFN:Ł".encode()[:-1] + b"\n \x81ucja\nEND:VCARD\n"
    assert cards(octets)[0].card == Card(name="Łucja")


GOOD = "BEGIN:VCARD\nVERSION:4.0\nFN:Anna\nEND:VCARD\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("BEGIN:VCARD\nVERSION:4.0\nFN:x\n", "no END:VCARD"),
        ("BEGIN:VCARD\nno property\nEND:VCARD\n", "no colon (line 6)"),
        ("BEGIN:VCARD\nN@ME:x\nEND:VCARD\n", "not the name of a property"),
        ('BEGIN:VCARD\nTEL;TYPE="x:1\nEND:VCARD\n', "no colon"),
        ("BEGIN:VCARD\nVERSION:9.9\nFN:x\nEND:VCARD\n", "Version 9.9"),
        ("BEGIN:VCARD\nNOTE;ENCODING=b:%%%\nEND:VCARD\n", "base64"),
        ("BEGIN:VCARD\nNOTE;CHARSET=zip:x\nEND:VCARD\n", "character set"),
        ("BEGIN:VCARD\nFN:a\0b\nEND:VCARD\n", "NUL"),
        (b"BEGIN:VCARD\nFN:\xa3\nEND:VCARD\n", "0xA3"),
        ("BEGIN:VCARD\nNOTE:" + "x" * (1 << 20) + "\nEND:VCARD\n", "longer than 256 KiB"),
        ("BEGIN:VCARD\nNOTE:x\n" + " y\n" * 300_000 + "END:VCARD\n", "longer than 256 KiB"),
        ("BEGIN:VCARD\n" + "TEL:1\n" * 3_000 + "END:VCARD\n", "2,000 properties"),
        ("BEGIN:VCARD\n" + ("NOTE:" + "x" * 200_000 + "\n") * 15 + "END:VCARD\n", "larger than 2 MiB"),
        ("some text\nover lines\n", "outside of any card"),
        ("END:VCARD\n", "outside of any card"),
    ],
)
def test_a_damaged_card_costs_itself(text: str | bytes, says: str) -> None:
    """Each kind of damage refuses its card, with the line; the cards around it are read."""
    octets = text if isinstance(text, bytes) else text.encode()
    found = cards(GOOD.encode() + octets + GOOD.encode())
    assert [each.card for each in found] == [Card(name="Anna"), None, Card(name="Anna")]
    assert found[1].line == 5
    assert says in str(found[1].reason)


def test_hostile_cards_take_no_time() -> None:
    """Cards inside cards without end, quotes and backslashes without end, bytes of any kind: read at once."""
    begin = time.process_time()
    assert [each.card for each in cards("BEGIN:VCARD\nAGENT:\n" + "BEGIN:VCARD\n" * 50_000)] == [None]
    cards("BEGIN:VCARD\nNOTE" + ';X="' * 60_000 + "\nEND:VCARD\n")
    cards("BEGIN:VCARD\nN:" + "\\" * 200_000 + "\nEND:VCARD\n")
    cards("BEGIN:VCARD\nADR:" + ",;" * 100_000 + "\nEND:VCARD\n")
    cards(bytes(range(256)) * 2_000)
    assert len(cards(b"BEGIN:VCARD\nPHOTO;ENCODING=b:" + b"A" * (20 << 20) + b"\nFN:x\nEND:VCARD\n")) == 1
    assert time.process_time() - begin < 10
