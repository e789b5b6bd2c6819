"""Payloads: what is accepted, what is written, what is read back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.model.words import InteractionType
from crmkit.core.words.codec import decode_payload, encode_payload
from crmkit.core.words.core_words import core_words
from crmkit.core.words.payloads import Feedback, Line, Note, Purchase
from crmkit.core.words.registry import CORE
from tests.core.words.building import build_words

TYPES = build_words([(CORE, list(core_words()))]).interaction_types


def back(name: str, payload: Any) -> Any:
    """What is read after `payload` was written."""
    text, version = encode_payload(TYPES[name], payload)
    return decode_payload(TYPES[name], text, version)


_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_lines = st.builds(
    Line,
    product=_texts,
    quantity=st.decimals(allow_nan=False, allow_infinity=False, places=3),
    unit_price=st.none() | st.integers(-(2**63), 2**63 - 1),
)


@given(st.builds(Purchase, lines=st.lists(_lines, max_size=3).map(tuple), text=_texts))
def test_purchase_survives(payload: Purchase) -> None:
    """What is written of a purchase is what is read, to the last decimal."""
    assert back("purchase", payload) == payload


def test_every_core_type_says_nothing_in_two_characters() -> None:
    """All keys are optional, and an interaction without anything to say costs two bytes."""
    for type_ in TYPES:
        assert type_.payload is not None
        nothing: list[Any] = [None, {}, type_.payload()]
        for empty in nothing:
            assert encode_payload(type_, empty) == ("{}", 1)
        assert decode_payload(type_, "{}", 1) == type_.payload()
        assert type_.summary is not None
        assert type_.summary(type_.payload()) == ""


def test_mapping_becomes_the_class_and_text_a_number() -> None:
    """Imports and the command line hand over texts; they become what the class says."""
    assert back("feedback", {"rating": "4", "text": "ok"}) == Feedback(rating=4, text="ok")
    got = back("purchase", {"lines": [{"product": "rye", "quantity": "2.5"}, Line(product="roll")]})
    assert got.lines == (Line(product="rye", quantity=Decimal("2.5")), Line(product="roll"))


@pytest.mark.parametrize(
    ("name", "payload", "said"),
    [
        ("note", {"texte": "x"}, "did you mean `text`"),
        ("note", {"text": 5}, "$.text"),
        ("note", Note(text=5), "$.text"),  # type: ignore[arg-type]
        ("note", "hello", "got `str`"),
        ("note", Feedback(), "got `Feedback`"),
        ("feedback", {"rating": 6}, "$.rating"),
        ("call", {"minutes": -1}, "$.minutes"),
        ("purchase", {"lines": [{"quantity": 1}]}, "product"),
        ("purchase", {"lines": [{"product": "rye", "prize": 1}]}, "`lines[0].prize`"),
    ],
)
def test_what_does_not_fit_is_named(name: str, payload: Any, said: str) -> None:
    """A payload that does not fit is refused with the key and the type."""
    with pytest.raises(Invalid) as caught:
        encode_payload(TYPES[name], payload)
    assert said in caught.value.message
    assert f'"{name}"' in caught.value.message
    assert caught.value.hint.startswith("Its keys: ")


@frozen
class Tasting:
    wine: str
    glasses: int = 1


TASTING = InteractionType(
    name="tasting",
    doc="Tasted",
    payload=Tasting,
    version=3,
    upcasters={1: lambda old: {"wine": old["w"]}, 2: lambda old: {**old, "glasses": 2}},
)


def test_upcasters_lead_to_the_present_version() -> None:
    """A payload of an old version passes through every upcaster after it."""
    assert decode_payload(TASTING, '{"w":"riesling"}', 1) == Tasting("riesling", 2)
    assert decode_payload(TASTING, '{"wine":"riesling"}', 2) == Tasting("riesling", 2)


@pytest.mark.parametrize(
    ("type_", "text", "version"),
    [(None, '{"a":1}', 1), (TASTING, '{"a":1}', 3), (TASTING, '{"a":1}', 4), (TASTING, '{"a":1}', 0)],
)
def test_what_cannot_be_structured_reads_as_a_mapping(
    type_: InteractionType | None, text: str, version: int
) -> None:
    """Unknown types, newer versions and payloads that no longer fit are still readable."""
    assert decode_payload(type_, text, version) == {"a": 1}


def test_damaged_text_is_said_to_be() -> None:
    """Text that is no JSON object is an error that leads to the check of the database."""
    for text in ("{", "[]"):
        with pytest.raises(Invalid, match="crm db check"):
            decode_payload(None, text, 1)


def test_required_keys_are_asked_for() -> None:
    """Nothing to say is not enough where a key is required."""
    with pytest.raises(Invalid, match="wine"):
        encode_payload(TASTING, None)


def test_free_mappings_take_what_json_takes() -> None:
    """A type without a class keeps any mapping that JSON can hold."""
    free = InteractionType(name="free", doc="Anything")
    text, version = encode_payload(free, {"a": [1, None]})
    assert decode_payload(free, text, version) == {"a": [1, None]}
    for bad in ({"a": object()}, [1]):
        with pytest.raises(Invalid, match="free"):
            encode_payload(free, bad)


def test_summaries_read_well() -> None:
    """The line of the timeline says what was bought and what was thought of it."""
    bought = Purchase(lines=(Line(product="rye", quantity=Decimal("2.0")), Line(product="roll")), order="7")
    assert TYPES["purchase"].summary(bought) == "2 × rye, roll, order 7"  # type: ignore[misc]
    assert TYPES["feedback"].summary(Feedback(rating=4, text="so\nso")) == "4 of 5: so so"  # type: ignore[misc]
