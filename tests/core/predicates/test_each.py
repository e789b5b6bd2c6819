"""Interactions one by one, chosen and valued by texts as rules of a loyalty scheme write them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.predicates.errors import PredicateError


@pytest.fixture
def crm_toml() -> str:
    """A business in zloty."""
    return 'currency = "PLN"\n'


@pytest.fixture
def shop(crm_both: Crm) -> Crm:
    """Three purchases, of which one was voided."""
    crm_both.customers.save(CustomerDraft(name="Anna"))
    bought = [(1250, "Main", "rye"), (990, "Fair", "rye"), (400, "Main", "wheat")]
    crm_both.interactions.record_all(
        InteractionDraft(
            customer="anna", type="purchase", amount=amount, outlet=outlet,
            payload={"lines": [{"product": product}]},
        )
        for amount, outlet, product in bought
    )  # fmt: skip
    crm_both.interactions.void(2, "never happened")
    return crm_both


def _found(crm: Crm, where: str = "", value: str = "") -> list[tuple[int, float]]:
    chosen = crm.predicates.each("purchase", where=where, value=value).subquery()
    with crm.reading() as execute:
        rows = execute(sa.select(chosen.c.seq, chosen.c.value).order_by(chosen.c.seq))
        return [(row.seq, row.value) for row in rows]


def test_what_stands_is_valued_in_major_units(shop: Crm) -> None:
    """Twelve zloty fifty give 1.25 points at a point for ten; what was voided gives nothing."""
    assert _found(shop, value="amount / 10") == [(1, 1.25), (3, 0.4)]
    assert _found(shop) == [(1, 1.0), (3, 1.0)]


def test_a_condition_chooses(shop: Crm) -> None:
    """By columns, by what is on the lines, and by both."""
    assert _found(shop, "outlet = 'Main'") == [(1, 1.0), (3, 1.0)]
    assert _found(shop, "lines.product = 'rye' and amount > 5") == [(1, 1.0)]


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        ("outlit = 'Main'", "", "outlit"),
        ("", "outlet", "A number is needed here"),
        ("amount >", "", "column|expected|needed"),
        ("lifecycle = 'lead'", "", "lifecycle"),
    ],
)
def test_a_mistake_is_pointed_at(shop: Crm, where: str, value: str, said: str) -> None:
    """As everywhere in the language."""
    with pytest.raises(PredicateError, match=said):
        shop.predicates.each("purchase", where=where, value=value, named="the earning rule")
