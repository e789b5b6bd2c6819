"""What conditions ask of a customer's cases; how many there are of any kind is `count(case where …)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from crmkit.plugin import Tables, Trait
from crmkit.plugins.operational.cases.clock import NEW, OPEN, WAITING
from crmkit.plugins.operational.cases.record_type import CASE

_DAY: Final = 86_400_000_000


def case_traits() -> Iterator[Trait]:
    """The traits of cases."""
    yield Trait(
        name="open_cases",
        type="number",
        doc="Number of cases that are not resolved",
        select=open_cases,
        missing=0,
        past=False,
    )
    yield Trait(
        name="oldest_open_case",
        type="number",
        doc="Days since the oldest case that is not resolved was opened; none without one",
        select=oldest_open_case,
        past=False,
    )


def open_cases(as_of: int, tables: Tables) -> sa.Select[Any]:  # noqa: ARG001 - as every trait
    """(customer, number of cases that are not done)."""
    return _open(tables, sa.func.count().label("value"))


def oldest_open_case(as_of: int, tables: Tables) -> sa.Select[Any]:
    """(customer, whole days from the opening of the oldest such case to `as_of`)."""
    table = tables.records[CASE]
    opened = sa.func.min(sa.func.coalesce(table.c.opened_at, table.c.created_at))
    age = (as_of - opened) // sa.literal(_DAY, sa.BigInteger)
    return _open(tables, sa.cast(age, sa.BigInteger).label("value"))


def _open(tables: Tables, value: sa.ColumnElement[int]) -> sa.Select[Any]:
    table = tables.records[CASE]
    return (
        sa.select(table.c.customer_id, value)
        .where(table.c.state.in_((NEW, OPEN, WAITING)), table.c.archived_at.is_(None))
        .group_by(table.c.customer_id)
    )
