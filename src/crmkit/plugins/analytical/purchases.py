"""Recency, frequency and monetary value of purchases, as statements over the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from crmkit.plugin import Tables, known_and_current

DAY: Final = 86_400_000_000
Worth = Callable[[Any], tuple[Any, sa.ColumnElement[int]]]
# From a column of customers to the conditions that it is of those who are asked about.
Whose = Callable[[Any], Sequence[sa.ColumnElement[bool]]]


def everybody(_column: Any) -> Sequence[sa.ColumnElement[bool]]:
    """No condition."""
    return ()


def recency(as_of: int, tables: Tables, past: bool, whose: Whose = everybody) -> sa.Select[Any]:
    """(customer, whole days from the last purchase to `as_of`)."""
    last = sa.func.max(tables.interaction.c.occurred_at)
    days = sa.cast((as_of - last) // sa.literal(DAY, sa.BigInteger), sa.BigInteger).label("recency")
    return _of(tables, "purchase", as_of, as_of if past else None, whose, days)


def frequency(as_of: int, tables: Tables, past: bool, whose: Whose = everybody) -> sa.Select[Any]:
    """(customer, number of purchases up to `as_of`)."""
    times = sa.func.count().label("frequency")
    return _of(tables, "purchase", as_of, as_of if past else None, whose, times)


def monetary(
    as_of: int, tables: Tables, past: bool, worth: Worth, whose: Whose = everybody
) -> sa.Select[Any]:
    """(customer, purchases less refunds up to `as_of`, in minor units)."""
    both = rfm(as_of, tables, past=past, worth=worth, whose=whose).subquery("rfm")
    return sa.select(both.c.customer_id, both.c.monetary)


def rfm(
    as_of: int,
    tables: Tables,
    *,
    past: bool,
    worth: Worth,
    whose: Whose = everybody,
    known_by: int | None = None,
    with_last: bool = False,
) -> sa.Select[Any]:
    """(customer_id, recency in days, frequency, monetary in minor units) of whoever bought up to `as_of`.

    Only of those who are `whose`. With `past`, by what was known at `known_by` (`as_of`
    itself, when None); `with_last` adds the instant of the last purchase. A refund lowers what was spent; it
    is no purchase, and takes none away.
    """
    known = (as_of if known_by is None else known_by) if past else None
    bought = _spent(tables, "purchase", as_of, known, whose, worth)
    back = _spent(tables, "refund", as_of, known, whose, worth)
    days = (as_of - bought.c.last) // sa.literal(DAY, sa.BigInteger)
    return sa.select(
        bought.c.customer_id,
        sa.cast(days, sa.BigInteger).label("recency"),
        bought.c.times.label("frequency"),
        sa.cast(bought.c.spent - sa.func.coalesce(back.c.spent, 0), sa.BigInteger).label("monetary"),
        *((bought.c.last,) if with_last else ()),
    ).select_from(bought.outerjoin(back, back.c.customer_id == bought.c.customer_id))


def _spent(
    tables: Tables, type_: str, as_of: int, known: int | None, whose: Whose, worth: Worth
) -> sa.Subquery:
    """(customer_id, last, times, spent) of one type."""
    source, amount = worth(tables.interaction)
    rows = tables.interaction.c
    values = (
        sa.func.max(rows.occurred_at).label("last"),
        sa.func.count().label("times"),
        sa.cast(sa.func.coalesce(sa.func.sum(amount), 0), sa.BigInteger).label("spent"),
    )
    return _of(tables, type_, as_of, known, whose, *values).select_from(source).subquery()


def _of(
    tables: Tables, type_: str, as_of: int, known: int | None, whose: Whose, *values: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """(customer_id, values) by what is known now (`known` None), or was at that instant.

    Who is asked about stands within: from outside, the database would add up everybody's refunds first.
    """
    rows = tables.interaction.c
    return (
        sa.select(rows.customer_id, *values)
        .where(
            rows.type == type_,
            *(whose(rows.customer_id) or (rows.customer_id.is_not(None),)),
            rows.occurred_at <= as_of,
            rows.superseded_by.is_(None) if known is None else known_and_current(tables, known),
        )
        .group_by(rows.customer_id)
    )
