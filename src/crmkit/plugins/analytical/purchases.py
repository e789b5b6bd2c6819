"""Recency, frequency and monetary value of purchases, as statements over the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from crmkit.plugin import Tables, known_and_current

DAY: Final = 86_400_000_000
Worth = Callable[[Any], tuple[Any, sa.ColumnElement[int]]]


def recency(as_of: int, tables: Tables, past: bool) -> sa.Select[Any]:
    """(customer, whole days from the last purchase to `as_of`)."""
    last = sa.func.max(tables.interaction.c.occurred_at)
    days = sa.cast((as_of - last) // sa.literal(DAY, sa.BigInteger), sa.BigInteger).label("recency")
    return _of(tables, "purchase", as_of, as_of if past else None, days)


def frequency(as_of: int, tables: Tables, past: bool) -> sa.Select[Any]:
    """(customer, number of purchases up to `as_of`)."""
    times = sa.func.count().label("frequency")
    return _of(tables, "purchase", as_of, as_of if past else None, times)


def monetary(as_of: int, tables: Tables, past: bool, worth: Worth) -> sa.Select[Any]:
    """(customer, purchases less refunds up to `as_of`, in minor units)."""
    both = rfm(as_of, tables, past=past, worth=worth).subquery("rfm")
    return sa.select(both.c.customer_id, both.c.monetary)


def rfm(
    as_of: int,
    tables: Tables,
    *,
    past: bool,
    worth: Worth,
    among: Sequence[int] | None = None,
    known_by: int | None = None,
    with_last: bool = False,
) -> sa.Select[Any]:
    """(customer_id, recency in days, frequency, monetary in minor units) of whoever bought up to `as_of`.

    Only of the customers `among`, where they are named. With `past`, by what was known at `known_by` (`as_of`
    itself, when None); `with_last` adds the instant of the last purchase. A refund lowers what was spent; it
    is no purchase, and takes none away.
    """
    known = (as_of if known_by is None else known_by) if past else None
    # Named within: the database would add up everybody's refunds before it looks for those of a few.
    whose = () if among is None else (tables.interaction.c.customer_id.in_(among),)
    bought = _spent(tables, "purchase", as_of, known, worth, *whose)
    back = _spent(tables, "refund", as_of, known, worth, *whose)
    days = (as_of - bought.c.last) // sa.literal(DAY, sa.BigInteger)
    return sa.select(
        bought.c.customer_id,
        sa.cast(days, sa.BigInteger).label("recency"),
        bought.c.times.label("frequency"),
        sa.cast(bought.c.spent - sa.func.coalesce(back.c.spent, 0), sa.BigInteger).label("monetary"),
        *((bought.c.last,) if with_last else ()),
    ).select_from(bought.outerjoin(back, back.c.customer_id == bought.c.customer_id))


def _spent(
    tables: Tables,
    type_: str,
    as_of: int,
    known: int | None,
    worth: Worth,
    *conditions: sa.ColumnElement[bool],
) -> sa.Subquery:
    """(customer_id, last, times, spent) of one type, under `conditions`."""
    source, amount = worth(tables.interaction)
    rows = tables.interaction.c
    values = (
        sa.func.max(rows.occurred_at).label("last"),
        sa.func.count().label("times"),
        sa.cast(sa.func.coalesce(sa.func.sum(amount), 0), sa.BigInteger).label("spent"),
    )
    return _of(tables, type_, as_of, known, *values).where(*conditions).select_from(source).subquery()


def _of(
    tables: Tables, type_: str, as_of: int, known: int | None, *values: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """(customer_id, values) by what is known now (`known` None), or was at that instant."""
    rows = tables.interaction.c
    return (
        sa.select(rows.customer_id, *values)
        .where(
            rows.type == type_,
            rows.customer_id.is_not(None),
            rows.occurred_at <= as_of,
            rows.superseded_by.is_(None) if known is None else known_and_current(tables, known),
        )
        .group_by(rows.customer_id)
    )
