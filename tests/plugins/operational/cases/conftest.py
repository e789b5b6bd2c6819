"""A bakery equipment shop that answers questions, on working days from nine to five."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock

# Monday 4 May 2026, 08:00 UTC: an hour before the business opens.
MONDAY = 1_777_881_600_000_000
HOUR = 3_600_000_000

TOML = """
[hours]
open = { mon-fri = "09:00-17:00" }
holidays = ["2026-05-06"]

[customer_types.wholesale]
doc = "Shops"
who = "is_organization"

[plugins.operational.cases]
queues = ["service", "sales"]
categories = ["oven", "invoice"]
sla.urgent = { priority = "urgent", first_response = "30 minutes", resolution = "4 hours" }
sla.shops = { customer_type = "wholesale", first_response = "2 hours" }
sla.usual = { first_response = "4 hours", resolution = "2 days" }
routing.ovens = { category = "oven", queue = "service", assign = "Fitters" }
routing.shops = { where = "is_organization", queue = "sales", assign = "Ola" }
routing.rest = { category = "invoice", assign = "round robin" }

[rules.escalate]
doc = "Somebody looks at what is overdue"
on = "case.overdue"
once = "per occasion"
task = "A case is overdue"
"""


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational"]


@pytest.fixture
def crm_toml() -> str:
    """Promises, routing, and a rule that escalates."""
    return TOML


@pytest.fixture
def clock() -> FakeClock:
    """Monday morning."""
    return FakeClock(MONDAY)


def staffed(crm: Crm) -> Crm:
    """With customers and people."""
    crm.customers.save(CustomerDraft(name="Anna Nowak"))
    crm.customers.save(CustomerDraft(name="Rye Ltd", is_organization=True))
    crm.people.add("Ola", role="administrator")
    crm.people.add_team("Fitters")
    crm.people.add("Piotr", teams=["Fitters"])
    crm.people.add("Ewa", teams=["Fitters"])
    return crm


@pytest.fixture
def shop(crm: Crm) -> Crm:
    """The shop on SQLite."""
    return staffed(crm)


@pytest.fixture
def shop_both(crm_both: Crm) -> Crm:
    """The shop on each database."""
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
