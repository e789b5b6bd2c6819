"""The collaborative plugin: reviews, and departments that see only their own customers."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import Crm, CustomerDraft, Invalid, NotFound
from crmkit.testing import FakeClock, run_crm

REVIEW = "review.posted"


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """One department that sees its own customers only."""
    return '[plugins.collaborative]\nown_customers_only = ["wholesale"]'


def add(crm: Crm, name: str, **values: Any) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name, **values)).id


def test_the_last_rating(crm_both: Crm, clock: FakeClock) -> None:
    """The trait is the newest review's stars, as of then and as of now; None before the first."""
    anna = add(crm_both, "Anna Nowak")
    assert crm_both.trait("rating_last", anna) is None
    crm_both.interactions.record(anna, REVIEW, payload={"rating": 2, "site": "maps"})
    then = clock.now()
    clock.advance(days=1)
    crm_both.interactions.record(anna, REVIEW, payload={"rating": 5})
    assert crm_both.trait("rating_last", anna) == 5
    assert crm_both.trait("rating_last", anna, as_of=then) == 2


@pytest.mark.parametrize("rating", [0, 6])
def test_stars_run_from_one_to_five(crm: Crm, rating: int) -> None:
    """Any other number of stars is refused."""
    anna = add(crm, "Anna Nowak")
    with pytest.raises(Invalid, match="rating"):
        crm.interactions.record(anna, REVIEW, payload={"rating": rating})


def test_reviews_are_listed(crm_both: Crm) -> None:
    """`crm reviews list` shows who says what, and the timeline shows the stars."""
    anna = add(crm_both, "Anna Nowak")
    crm_both.interactions.record(anna, REVIEW, payload={"rating": 4, "site": "maps", "text": "Good rye"})
    (row,) = run_crm("--config", crm_both.config.path, "reviews", "list", "--json").json
    assert (row["customer"], row["rating"], row["site"]) == ("Anna Nowak", 4, "maps")
    crm_both.interactions.record(anna, REVIEW, payload={"rating": 5, "site": "maps", "text": "Better"})
    (newest,) = run_crm("--config", crm_both.config.path, "reviews", "list", "--limit", "1", "--json").json
    assert newest["rating"] == 5
    *_, review = crm_both.interactions.timeline(anna).interactions
    assert crm_both.interactions.summary(review) == "★★★★ maps Good rye"


def test_a_department_sees_its_own_customers(crm_both: Crm) -> None:
    """Members of a restricted team see what a member of it owns, and nothing else; others see all."""
    crm_both.people.add_team("wholesale")
    olga, piotr = crm_both.people.add("Olga", teams=["wholesale"]), crm_both.people.add("Piotr")
    add(crm_both, "Anna Nowak", owner_id=olga.id)
    jan = add(crm_both, "Jan Wilk", owner_id=piotr.id)
    crm_both.interactions.record(jan, REVIEW, payload={"rating": 1})
    as_olga, as_piotr = crm_both.acting_as("Olga"), crm_both.acting_as("Piotr")
    assert [each.name for each in as_olga.customers.list()[0]] == ["Anna Nowak"]
    assert len(as_piotr.customers.list()[0]) == 2
    assert as_olga.customers.count() == 1
    assert as_olga.interactions.count() == 0
    with pytest.raises(NotFound):
        as_olga.customers.get(jan)
    with pytest.raises(NotFound):
        as_olga.interactions.record(jan, "visit")
    listed = run_crm("--config", crm_both.config.path, "--as", "Olga", "reviews", "list", "--json")
    assert listed.json == []
