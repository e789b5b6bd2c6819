"""Conditions that a program makes: read, written, asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft, Money, PredicateError

DAY = 86_400_000_000
TOML = """
[relationships]
parent_of = "Parent of"

[purposes.offers]
type = "marketing"
doc = "What is new"
wording = "You may write to me"

[segments]
regulars = "count(purchase) > 1"
strangers = "count(purchase) = 0"
everybody = "in(regulars) or in(strangers)"

[traits]
average = "sum(purchase) / count(purchase)"

[traits.town_known]
formula = "city is not null"
type = "bool"
"""


@pytest.fixture
def crm_toml() -> str:
    """A business with a declared kind of relationship, and a trait in short."""
    return TOML


@pytest.fixture
def shop(crm_both: Crm) -> Crm:
    """Anna bought twice, Bogdan nothing; Anna is married to him."""
    for name in ("Anna", "Bogdan"):
        crm_both.customers.save(CustomerDraft(name=name))
    for amount in (1_000, 5_000):
        crm_both.interactions.record("Anna", "purchase", amount=amount)
    crm_both.customers.relate("Anna", "married_to", "Bogdan")
    return crm_both


def test_a_customer_is_in_each_segment_whose_condition_holds(shop: Crm) -> None:
    """Named all at once, as when each is asked for."""
    assert set(shop.segments.containing("Anna")) == {"regulars", "everybody"}
    assert set(shop.segments.containing("Bogdan")) == {"strangers", "everybody"}
    assert all(shop.segments.contains(each, "Anna") for each in shop.segments.containing("Anna"))


def test_a_condition_is_asked_without_a_name(shop: Crm) -> None:
    """Count, members, one customer and why, for a text as for what was parsed."""
    anna = shop.customers.resolve("Anna")
    for asked in ("count(purchase) > 1", shop.predicates.parse("count(purchase)>1")):
        assert shop.predicates.count(asked) == 1
        assert shop.predicates.members(asked) == [anna]
        assert shop.predicates.members(asked, among=[anna, anna + 1]) == [anna]
        assert shop.predicates.members(asked, among=[anna + 1]) == []
        assert shop.predicates.holds(asked, "Anna")
        assert not shop.predicates.holds(asked, "Bogdan")
        assert shop.predicates.count(asked, as_of=shop.clock.now() - DAY) == 0
        assert shop.predicates.explain(asked, "Anna").is_member


def test_a_condition_survives_as_text_and_as_json(shop: Crm) -> None:
    """The canonical text and the document both give an equal condition back."""
    predicate = shop.predicates.parse("not( average>=30)and  name contains 'x'")
    assert shop.predicates.format(predicate) == "not average >= 30 and name contains 'x'"
    document: Any = json.loads(json.dumps(shop.predicates.to_json(predicate)))
    assert shop.predicates.from_json(document) == predicate
    document["predicate"]["op"] = "xor"
    with pytest.raises(PredicateError, match="xor"):
        shop.predicates.from_json(document)


def test_a_trait_may_be_only_its_formula(shop: Crm) -> None:
    """`[traits] average = "…"` is a trait as a table would make it."""
    assert shop.trait("average", "Anna") == Money(3_000, "EUR")
    assert shop.predicates.count("average = 30") == 1


def test_misspelt_kinds_of_relationship_are_named(shop: Crm) -> None:
    """A kind like a declared one or one on record is taken for a slip; another is a word of its own."""
    for wrong, right in (("maried_to", "married_to"), ("parent_off", "parent_of"), ("work_at", "works_at")):
        with pytest.raises(PredicateError, match=f'relationship "{wrong}"') as raised:
            shop.predicates.parse(f"any({wrong}, is_organization)")
        assert f'Did you mean "{right}"?' in raised.value.hint
    for good in ("married_to", "parent_of", "works_at", "sings_with"):
        assert shop.predicates.count(f"any({good}, name = 'Bogdan')") == (good == "married_to")


def test_a_purpose_says_what_it_is_for(shop: Crm) -> None:
    """The line of a purpose is its own `doc`, not the sentence that people agree to."""
    assert shop.words.purposes["offers"].doc == "What is new"
