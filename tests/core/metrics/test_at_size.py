"""Questions that cost as much as there is to read, and no more, on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from tests.steps import steps

_FEW, _MANY = 200, 1_000
_DAY = 86_400_000_000


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A file: SQLite alone counts its steps."""
    return str(tmp_path / "crm.db")


def _buyers(crm: Crm, count: int) -> list[int]:
    """Customers who bought four months ago, and a few days ago."""
    ids = [id_ for id_ in crm.customers.save_all([CustomerDraft(name="Buyer")] * count).ids if id_]
    crm.interactions.record_all(
        [
            InteractionDraft(customer=id_, type="purchase", amount=100, at=crm.clock.now() - days * _DAY)
            for id_ in ids
            for days in (120, 10)
        ]
    )
    return ids


def test_who_bought_again_is_not_looked_up_among_all_for_each(crm: Crm) -> None:
    """With five times the buyers it is some five times the work, not twenty-five times."""

    def retained() -> None:
        found = crm.metrics.value("retention", "last 90 days")
        assert found.denominator == sum(bought)

    bought = [len(_buyers(crm, _FEW))]
    few = steps(crm, retained)
    bought.append(len(_buyers(crm, _MANY - _FEW)))
    assert steps(crm, retained) < 10 * few


def test_the_stays_of_one_are_refreshed_by_what_one_bought(crm: Crm) -> None:
    """How many others there are makes next to no difference."""
    first = _buyers(crm, _FEW)[:1]

    def refreshed() -> None:
        crm.segments.refresh(first, ["fans"])

    refreshed()
    few = steps(crm, refreshed)
    _buyers(crm, _MANY - _FEW)
    assert steps(crm, refreshed) < 2 * few
