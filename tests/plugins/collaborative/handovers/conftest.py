"""A bakery in which one promises and another delivers, on working days from nine to five."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock

# Monday 4 May 2026, 09:00 UTC: the business opens.
NINE = 1_777_885_200_000_000
HOUR = 3_600_000_000
DAY = 24 * HOUR
FIVE = NINE + 8 * HOUR

TOML = """
[hours]
open = { mon-fri = "09:00-17:00" }

[roles.narrow]
permissions = ["customers.read", "records.read", "records.write"]
sees = "own"

[roles.clerkish]
permissions = ["customers.read", "records.read", "records.write"]

[rules.apologise]
on = "handover.broken"
once = "per occasion"
task = "Say sorry to {{ customer.name }}"

[rules.call]
on = "complaint"
once = "per occasion"
handover = "Call {{ customer.name }} back"
team = "Fitters"
by = "4 hours"
"""


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational", "collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """Working hours, and rules that hear of promises and make them."""
    return TOML


@pytest.fixture
def clock() -> FakeClock:
    """Monday morning."""
    return FakeClock(NINE)


def staffed(crm: Crm) -> Crm:
    """With customers and people."""
    crm.people.add("Ola", "ola@rye.example", role="administrator")
    crm.people.add_team("Fitters")
    crm.people.add("Piotr", "piotr@rye.example", teams=["Fitters"])
    crm.people.add("Ewa", "ewa@rye.example", teams=["Fitters"])
    anna = crm.people.add("Anna", "anna@rye.example")
    crm.people.add("Jan", role="narrow")
    crm.customers.save(CustomerDraft(name="Łucja Żak", owner_id=anna.id))
    crm.customers.save(CustomerDraft(name="Rye Ltd", is_organization=True))
    return crm


@pytest.fixture
def bakery(crm: Crm) -> Crm:
    """The bakery on SQLite."""
    return staffed(crm)


@pytest.fixture
def bakery_both(crm_both: Crm) -> Crm:
    """The bakery on each database."""
    return staffed(crm_both)


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
