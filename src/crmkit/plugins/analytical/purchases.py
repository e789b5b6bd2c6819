"""Recency, frequency and monetary value of purchases, as statements over the log."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from crmkit.plugin import Tables, known_and_current

_DAY: Final = 86_400_000_000


def recency(as_of: int, tables: Tables) -> sa.Select[Any]:
    """(customer, whole days from the last purchase to `as_of`)."""
    return _purchases(as_of, tables, _days_since(as_of, tables))


def frequency(as_of: int, tables: Tables) -> sa.Select[Any]:
    """(customer, number of purchases up to `as_of`)."""
    return _purchases(as_of, tables, sa.func.count().label("value"))


def monetary(as_of: int, tables: Tables) -> sa.Select[Any]:
    """(customer, sum of purchases up to `as_of` in minor units; refunds are not taken off)."""
    return _purchases(as_of, tables, _spent(tables))


def rfm(as_of: int, tables: Tables) -> sa.Select[Any]:
    """(customer, recency, frequency, monetary) in one pass over the purchases."""
    values = (_days_since(as_of, tables), sa.func.count().label("frequency"), _spent(tables))
    return _purchases(as_of, tables, *values)


def _days_since(as_of: int, tables: Tables) -> sa.ColumnElement[int]:
    age = (as_of - sa.func.max(tables.interaction.c.occurred_at)) // sa.literal(_DAY, sa.BigInteger)
    return sa.cast(age, sa.BigInteger).label("recency")


def _spent(tables: Tables) -> sa.ColumnElement[int]:
    total = sa.func.coalesce(sa.func.sum(tables.interaction.c.amount), 0)
    return sa.cast(total, sa.BigInteger).label("monetary")


def _purchases(as_of: int, tables: Tables, *values: sa.ColumnElement[int]) -> sa.Select[Any]:
    interaction = tables.interaction
    return (
        sa.select(interaction.c.customer_id, *values)
        .where(
            interaction.c.type == "purchase",
            interaction.c.occurred_at <= as_of,
            known_and_current(tables, as_of),
        )
        .group_by(interaction.c.customer_id)
    )
