"""What is written as a card is read back as it was."""

from __future__ import annotations

import io
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.exchange.vcard import (
    Address,
    Card,
    Point,
    Property,
    Related,
    own_property,
    own_target,
    read_cards,
    write_card,
)

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Every kind of letter and sign; control characters and halves of characters never get into a customer.
LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff")
ALL_SIGNS = st.one_of(LETTERS, st.sampled_from(list("\\,;:\"'^=\n \tnN")))


def texts(signs: st.SearchStrategy[str] = ALL_SIGNS) -> st.SearchStrategy[str]:
    """Texts that do not begin or end with white space, which readers may take away."""
    return st.text(signs, min_size=1, max_size=40).filter(lambda text: text == text.strip())


TEXT = st.one_of(st.just(""), texts())
WORD = st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True).filter(lambda word: word != "pref")
TYPES = st.lists(WORD, max_size=2, unique=True).map(tuple)
LINE = st.one_of(LETTERS, st.sampled_from(list("\\,;:'= n")))
LABEL = st.one_of(st.just(""), texts(LINE)).filter(lambda text: not text.startswith("_$!<"))
POINT = st.builds(
    Point,
    texts(LINE).filter(lambda text: not text.lower().startswith(("mailto:", "tel:"))),
    TYPES,
    LABEL,
    st.booleans(),
)
URI = st.from_regex(r"(https|xmpp):[a-z0-9./,;?=%-]{1,90}", fullmatch=True)
URIS = st.lists(st.builds(Point, URI, TYPES, LABEL, st.booleans()), max_size=2).map(tuple)
DATE = st.one_of(
    st.just(""),
    st.dates().map(lambda date: date.isoformat()),
    st.dates().map(lambda date: f"--{date:%m-%d}"),
    st.sampled_from(["1990", "1990-05", "about 1990", "19900501"]),
)
PARTS = ("street", "city", "region", "postcode", "country", "pobox", "extended", "text")
ADDRESS = st.builds(
    Address,
    **dict.fromkeys(PARTS, TEXT),
    types=TYPES,
    label=LABEL,
    preferred=st.booleans(),
).filter(lambda address: any(address.parts) or bool(address.text))
NAME = st.from_regex(r"X-[A-Z][A-Z0-9-]{0,20}", fullmatch=True).map(lambda name: f"{name}-SHOP")
OTHER = st.builds(
    lambda name, text, tag: Property.of(name, text, **({"x_tag": tag} if tag else {})), NAME, TEXT, LABEL
)


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """None, one or two."""
    return st.lists(values, max_size=2).map(tuple)


NAMES = ("family_name", "given_name", "additional_names", "prefixes", "suffixes", "title", "role")
CARDS = st.builds(
    Card,
    name=texts(),
    **dict.fromkeys(NAMES, TEXT),
    kind=st.sampled_from(["", "individual", "org", "group"]),
    **dict.fromkeys(("nicknames", "organization", "categories", "notes", "languages"), several(texts())),
    emails=several(POINT),
    phones=several(POINT),
    addresses=several(ADDRESS),
    urls=URIS,
    handles=URIS,
    birthday=DATE,
    anniversary=DATE,
    timezone=TEXT,
    related=several(st.builds(Related, URI, TYPES)),
    uid=st.one_of(TEXT, st.uuids().map(str)),
    others=several(OTHER),
)


def read(text: str) -> Card:
    """The only card of a text."""
    found = list(read_cards(io.BytesIO(text.encode())))
    assert [each.reason for each in found] == [None]
    assert found[0].card is not None
    return found[0].card


@given(CARDS)
@QUICK
def test_a_card_in_4_0_comes_back(card: Card) -> None:
    """Version 4.0 keeps every value, with any sign in it."""
    text = write_card(card)
    assert read(text) == card
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@given(CARDS)
@QUICK
def test_a_card_in_3_0_comes_back(card: Card) -> None:
    """So does 3.0, but for quotes and carets in the parameters of other programs' properties."""
    tame = [
        Property(each.name, each.value, tuple((name, text.replace('"', "")) for name, text in each.params))
        for each in card.others
    ]
    card = evolve(card, others=tuple(tame))
    assert read(write_card(card, "3.0")) == card


def test_addresses_keep_their_order_in_3_0() -> None:
    """Also one that is nothing but a text stands where it stood."""
    card = Card(name="Anna", addresses=(Address(text="At the mill"), Address(city="Kielce", text="Kielce")))
    assert read(write_card(card, "3.0")).addresses == card.addresses


def test_a_text_before_its_address() -> None:
    """Whichever of the two comes first, they are one address."""
    found = read(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\n"
        "A.LABEL:At the mill\r\nA.ADR;TYPE=work:;;;Kielce;;;\r\nEND:VCARD\r\n"
    )
    assert found.addresses == (Address(city="Kielce", text="At the mill", types=("work",)),)


def test_what_crmkit_alone_knows_travels_under_its_own_name() -> None:
    """Any target of an import has a property, and the property leads back to the target."""
    targets = ["field:size", "customer_type", "identity:shop", "preference:a, b; c", "handle"]
    card = Card(name="A", others=tuple(own_property(target, "1,2;3") for target in targets[:4]))
    found = read(write_card(card)).others
    assert [own_target(each) for each in found] == targets[:4]
    assert {each.text for each in found} == {"1,2;3"}
    assert read(write_card(Card(name="A", handles=(Point("@anna"),)))).handles == (Point("@anna"),)
    assert own_target(Property("X-OTHER", "")) is None


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_a_card_without_a_name_gets_one(version: str) -> None:
    """Both versions demand a name, so the card shows what it has; read back, nobody is called so."""
    for card, shown in (
        (Card(emails=(Point("a@example.org"),)), ":a@example.org"),
        (Card(given_name="Anna", family_name="Nowak"), ":Anna Nowak"),
    ):
        text = write_card(card, version)
        assert any(line.startswith("FN;") and line.endswith(shown) for line in text.splitlines())
        assert read(text) == card


def test_another_version_is_refused() -> None:
    """Old and unknown versions are not written."""
    with pytest.raises(Invalid, match=r"2\.1"):
        write_card(Card(name="A"), "2.1")
