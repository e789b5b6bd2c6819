"""Words that `crm.toml` declares."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmkit.core.config import load
from crmkit.core.errors import Invalid
from crmkit.core.model.money import Money
from crmkit.core.words.codec import decode_payload, encode_payload
from crmkit.core.words.core_words import core_words
from crmkit.core.words.declared import declared_words
from crmkit.core.words.registry import CORE, TOML, BadWord, Words
from tests.core.words.building import build_words

WINE = """
[crs]
name = "Cellar"
currency = "PLN"
timezone = "Europe/Warsaw"
[fields]
deposit = { type = "money", default = "12.50" }
visits = { type = "number", default = 3 }
weight = { type = "number", decimals = 2 }
met = { type = "datetime", default = 2026-07-01T12:00:00 }
colour = { type = "choice", choices = ["red", "white"], default = "red", doc = "Preferred" }
[interactions.tasting]
label = "Tasting"
[interactions.tasting.fields]
wine = { type = "text", required = true }
glasses = "number"
litres = { type = "number", decimals = 2 }
price = "money"
on = "date"
colours = { type = "multi-choice", choices = ["red", "white"] }
[interactions.nod]
[identities]
shop = "Shop number"
[channels]
stall = "Market stall"
[purposes.offers]
type = "marketing"
wording = "May we?"
"""


def words_of(text: str, tmp_path: Path) -> Words:
    """The core's words and those of a `crm.toml`."""
    path = tmp_path / "crm.toml"
    path.write_text(text)
    return build_words([(CORE, list(core_words())), (TOML, list(declared_words(load(path))))])


@pytest.fixture
def words(tmp_path: Path) -> Words:
    """The words of the wine shop."""
    return words_of(WINE, tmp_path)


def test_everything_declared_is_a_word(words: Words) -> None:
    """Each table of the file that declares something is a word in its vocabulary."""
    assert set(words.owned_by(TOML)) == {
        *(("fields", name) for name in ("deposit", "visits", "weight", "met", "colour")),
        *(("interaction_types", name) for name in ("tasting", "nod")),
        ("identity_schemes", "shop"),
        ("channels", "stall"),
        ("purposes", "offers"),
    }
    assert words.fields["colour"].doc == "Preferred"
    assert words.identity_schemes["shop"].label == "Shop number"
    assert words.purposes["offers"].wording == "May we?"
    assert all(word.doc for _, word in words.all())


def test_defaults_have_the_type_of_the_field(words: Words) -> None:
    """A default is a value as the field's values are: money, whole numbers, instants."""
    assert words.fields["deposit"].default == Money(1250, "PLN")
    assert type(words.fields["visits"].default) is int
    noon = dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
    assert words.fields["met"].default == int(noon.timestamp()) * 1_000_000


def test_payload_is_a_mapping_of_typed_values(words: Words) -> None:
    """Declared keys are checked and come back in their Python types."""
    given: dict[str, Any] = {
        "wine": "riesling",
        "glasses": "2",
        "litres": "0.75",
        "price": "12.50 PLN",
        "on": "2026-07-01",
        "colours": ["red"],
    }
    tasting = words.interaction_types["tasting"]
    text, version = encode_payload(tasting, given)
    assert decode_payload(tasting, text, version) == {
        "wine": "riesling",
        "glasses": 2,
        "litres": Decimal("0.75"),
        "price": Money(1250, "PLN"),
        "on": dt.date(2026, 7, 1),
        "colours": ("red",),
    }
    assert tasting.summary is not None
    said = tasting.summary({"wine": "riesling", "colours": ("red", "white")})
    assert said == "wine: riesling, colours: red/white"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({}, "wine"),
        ({"wine": "x", "glas": 1}, "did you mean `glasses`"),
        ({"wine": "x", "glasses": "many"}, "$.glasses"),
        ({"wine": "x", "colours": ["pink"]}, "$.colours[0]"),
        ({"wine": "x", "price": "12.50"}, "currency"),
    ],
)
def test_undeclared_and_mistyped_keys_are_refused(words: Words, payload: Any, said: str) -> None:
    """A key that was not declared, or a value of another type, is refused with its name."""
    with pytest.raises(Invalid) as caught:
        encode_payload(words.interaction_types["tasting"], payload)
    assert said in str(caught.value)


def test_a_word_of_the_core_cannot_be_declared_again(tmp_path: Path) -> None:
    """A declaration that takes a name of the core is named with its section."""
    with pytest.raises(BadWord) as caught:
        words_of('[crs]\nname = "x"\n[interactions.purchase]\n', tmp_path)
    assert 'crm.toml is taken: the core has "purchase"' in caught.value.message
    assert "[interactions]" in caught.value.hint
