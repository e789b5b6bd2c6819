"""What customers bought, on which local days, as one statement over the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import known_and_current
from crmkit.plugins.analytical.lifetime.local_days import local_day

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion


def earliest(question: MetricQuestion) -> sa.Select[Any]:
    """SELECT of the instant of the first purchase."""
    rows = question.tables.interaction.c
    return sa.select(sa.func.min(rows.occurred_at).label("first")).where(rows.type == "purchase")


def summary(question: MetricQuestion, first: int) -> sa.Select[Any]:
    """SELECT of (customer_id, first, last, days, spent) of each buyer up to the question's instant.

    `first` and `last` are numbers of local days, `days` how many days had a purchase, `spent` what those
    after the first brought, less the refunds given on them, in minor units of the business's currency.
    Purchases in the future do not count. A purchase of 0 does; one of a negative amount is a refund.
    """
    each_day = _each_day(question, first).cte("each_day")
    buyer = (
        sa.select(
            each_day.c.customer_id,
            sa.func.min(each_day.c.day).label("first"),
            sa.func.max(each_day.c.day).label("last"),
            sa.func.count().label("days"),
        )
        .where(each_day.c.purchases > 0)
        .group_by(each_day.c.customer_id)
        .cte("buyer")
    )
    since = sa.case((each_day.c.day > buyer.c.first, each_day.c.spent), else_=0)
    return (
        sa.select(*buyer.c, sa.cast(sa.func.sum(since), sa.BigInteger).label("spent"))
        .select_from(buyer.join(each_day, each_day.c.customer_id == buyer.c.customer_id))
        .group_by(*buyer.c)
    )


def purchase_days(question: MetricQuestion, first: int) -> sa.Select[Any]:
    """SELECT of (customer_id, day, spent) of each local day on which somebody bought."""
    days = _each_day(question, first).subquery("each_day")
    return sa.select(days.c.customer_id, days.c.day, days.c.spent).where(days.c.purchases > 0)


def _each_day(question: MetricQuestion, first: int) -> sa.Select[Any]:
    """(customer_id, day, purchases, spent): what was bought on a day less what was given back on it."""
    log = _log(question, first).subquery("bought_or_back")
    bought = sa.case((sa.and_(log.c.type == "purchase", log.c.amount >= 0), 1), else_=0)
    return sa.select(
        log.c.customer_id,
        log.c.day,
        sa.cast(sa.func.sum(bought), sa.BigInteger).label("purchases"),
        sa.cast(sa.func.sum(log.c.amount), sa.BigInteger).label("spent"),
    ).group_by(log.c.customer_id, log.c.day)


def _log(question: MetricQuestion, first: int) -> sa.Select[Any]:
    """(customer_id, day, amount, type): refunds are negative."""
    interaction, as_of = question.tables.interaction, question.as_of
    source, amount = question.worth(interaction)
    rows = interaction.c
    known = known_and_current(question.tables, as_of) if question.past else rows.superseded_by.is_(None)
    worth = sa.func.coalesce(amount, 0)
    return (
        sa.select(
            rows.customer_id,
            local_day(rows.occurred_at, first, as_of, question.tz).label("day"),
            sa.case((rows.type == "refund", -worth), else_=worth).label("amount"),
            rows.type,
        )
        .select_from(source)
        .where(
            rows.type.in_(("purchase", "refund")),
            rows.customer_id.is_not(None),
            rows.occurred_at >= first,
            rows.occurred_at <= as_of,
            known,
            *(rows.customer_id.in_(each) for each in question.scope),
        )
    )
