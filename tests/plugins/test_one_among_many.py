"""What is asked about one customer costs as much whoever else there is, on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.plugins.operational.api import Loyalty
from tests.steps import steps

_FEW, _MANY = 50, 500
_TRAITS = ("recency", "frequency", "monetary", "loyalty_points", "loyalty_tier", "points_expiring", "engaged")
_EACH = (("purchase", 2_000), ("purchase", 9_000), ("refund", 100), ("message", None))
_WORKS: dict[str, Callable[[Crm, int], object]] = {
    "a page": lambda crm, who: crm.customers.profile(who),
    "a purchase": lambda crm, who: crm.interactions.record(
        InteractionDraft(customer=who, type="purchase", amount=900)
    ),
    "points": lambda crm, who: crm.service(Loyalty).award(who, 1),
    "a statement": lambda crm, who: crm.service(Loyalty).statement(who),
    "in a segment": lambda crm, who: [crm.segments.contains(each, who) for each in _TRAITS],
    "stays": lambda crm, who: crm.segments.refresh([who], _TRAITS),
}


@pytest.fixture
def crm_plugins() -> list[str]:
    """Those that add up what customers spent and collected."""
    return ["operational", "analytical", "campaign"]


@pytest.fixture
def crm_toml() -> str:
    """Points and tiers, and a segment by each trait."""
    return """
[segments]
recency = "recency < 90"
frequency = "frequency > 1"
monetary = "monetary > 5"
loyalty_points = "loyalty_points > 10"
loyalty_tier = "loyalty_tier = 'silver'"
points_expiring = "points_expiring(900 days) > 0"
engaged = "engaged(30 days)"

[plugins.operational.loyalty]
expire = "24 months"
tiers = [{ name = "silver", points = 100 }]

[plugins.operational.loyalty.earn.main]
on = "purchase"
points = "amount"
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A file: SQLite alone counts its steps."""
    return str(tmp_path / "crm.db")


def _buyers(crm: Crm, count: int) -> list[int]:
    """Customers who bought, gave something back, and have the points of it."""
    ids = [id_ for id_ in crm.customers.save_all([CustomerDraft(name="Buyer")] * count).ids if id_]
    crm.interactions.record_all(
        [
            InteractionDraft(customer=id_, type=type_, amount=amount)
            for id_ in ids
            for type_, amount in (
                ("purchase", 2_000),
                ("purchase", 9_000),
                ("refund", 100),
                ("message", None),
            )
        ]
    )
    return ids


def test_what_others_bought_and_collected_is_not_added_up_for_one(crm: Crm) -> None:
    """With ten times the customers no work on a single one grows with them."""
    first = _buyers(crm, _FEW)[0]
    few = _measured(crm, first)
    _buyers(crm, _MANY - _FEW)
    many = _measured(crm, first)
    assert {name: (few[name], count) for name, count in many.items() if count > 2 * few[name] + 10} == {}


def _measured(crm: Crm, who: int) -> dict[str, int]:
    """Steps by work, each done once before."""
    found = {}
    for name, work in _WORKS.items():
        work(crm, who)
        found[name] = steps(crm, lambda work=work: work(crm, who))  # type: ignore[misc]
    return found
