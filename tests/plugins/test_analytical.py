"""The analytical plugin: customers in numbers."""

from __future__ import annotations

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.testing import FakeClock, run_crm

DAY = 86_400_000_000


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["analytical"]


def add(crm: Crm, name: str) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name)).id


def test_recency_frequency_monetary(crm_both: Crm, clock: FakeClock) -> None:
    """The three traits of a customer, and what they are for somebody who never bought."""
    anna, jan = add(crm_both, "Anna Nowak"), add(crm_both, "Jan Wilk")
    now = clock.now()
    crm_both.interactions.record(anna, "purchase", amount=1250, at=now - 10 * DAY)
    crm_both.interactions.record(anna, "purchase", amount=750, at=now - 3 * DAY)
    crm_both.interactions.record(anna, "visit", at=now - DAY)
    names = ("recency", "frequency", "monetary")
    assert [crm_both.trait(name, anna) for name in names] == [3, 2, 2000]
    assert [crm_both.trait(name, jan) for name in names] == [None, 0, 0]


def test_traits_look_back(crm_both: Crm, clock: FakeClock) -> None:
    """As of an instant in the past, a trait is what was known and in force then."""
    anna = add(crm_both, "Anna Nowak")
    wrong = crm_both.interactions.record(anna, "purchase", amount=999)
    before = clock.advance(days=1)
    clock.advance(days=1)
    crm_both.interactions.correct(wrong.seq, amount=500)  # type: ignore[arg-type]
    assert crm_both.trait("monetary", anna) == 500
    assert crm_both.trait("monetary", anna, as_of=before) == 999
    assert crm_both.trait("frequency", anna, as_of=before) == 1


def test_the_page_and_the_command(crm_both: Crm) -> None:
    """The customer's page and `crm analytics rfm` show the same numbers, best buyers first."""
    anna, jan = add(crm_both, "Anna Nowak"), add(crm_both, "Jan Wilk")
    crm_both.interactions.record(jan, "purchase", amount=500)
    crm_both.interactions.record(anna, "purchase", amount=1250)
    (section,) = crm_both.customers.profile(anna).sections
    assert section.lines == (
        ("Purchases", "1"),
        ("Spent", "12.50 EUR"),
        ("Last bought", "today"),
    )
    rows = run_crm("--config", crm_both.config.path, "analytics", "rfm", "--customers", "--json").json
    assert [(row["customer"], row["monetary"]) for row in rows] == [
        ("Anna Nowak", "12.50 EUR"),
        ("Jan Wilk", "5.00 EUR"),
    ]
    assert [row["customer_id"] for row in rows] == [anna, jan]


def test_nobody_bought_yet(crm: Crm) -> None:
    """An empty list says what to do."""
    assert "crm log REF purchase" in run_crm("--config", crm.config.path, "analytics", "rfm").stderr
