"""How many customers there are, bought, came or went."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.core.instants import FIRST_INSTANT
from crmkit.core.metrics.question import MetricQuestion


def everyone(_: Any) -> Any:
    """How many rows."""
    return sa.func.count()


def different(name: str) -> Any:
    """How many different values of a column."""
    return lambda columns: sa.func.count(sa.distinct(columns[name]))


def customers(question: MetricQuestion) -> sa.Select[Any]:
    """Customers on record."""
    return question.count(question.customers(), numerator=everyone)


def active(question: MetricQuestion) -> sa.Select[Any]:
    """Different customers with an interaction of the types."""
    return question.count(question.rows(*question.arguments["types"]), numerator=different("customer_id"))


def new(question: MetricQuestion) -> sa.Select[Any]:
    """Customers whose first interaction of the types lies in the period."""
    rows = question.rows(*question.arguments["types"], start=FIRST_INSTANT)
    first = sa.func.min(rows.c.occurred_at)
    newcomers = (
        sa.select(rows.c.customer_id, first.label("occurred_at"))
        .where(rows.c.customer_id.is_not(None))
        .group_by(rows.c.customer_id)
        .having(first >= question.start)
    )
    return question.count(newcomers.subquery("newcomer"), numerator=everyone)


def lapsed(question: MetricQuestion) -> sa.Select[Any]:
    """Customers whose last purchase lies longer back than the window."""
    known = question.customers()
    limit = question.arguments["window"].before(question.at, question.tz)
    rows = question.rows("purchase", start=FIRST_INSTANT)
    last = sa.func.max(rows.c.occurred_at)
    quiet = sa.select(rows.c.customer_id).group_by(rows.c.customer_id).having(last < limit).subquery("quiet")
    both = sa.select(known.c.customer_id).join(quiet, quiet.c.customer_id == known.c.customer_id)
    return question.count(both.subquery("lapsed"), numerator=everyone)
