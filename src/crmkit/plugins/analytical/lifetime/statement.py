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
    after the first brought, less the refunds given since the first day, in minor units of the business's
    currency.
    Purchases in the future do not count. A purchase of 0 does; one of a negative amount is a refund.
    """
    log = _log(question, first)
    each_day = _bought(log).cte("each_day")
    each = (
        sa.select(
            each_day.c.customer_id,
            sa.func.min(each_day.c.day).label("first"),
            sa.func.max(each_day.c.day).label("last"),
            sa.func.count().label("days"),
            sa.cast(sa.func.sum(each_day.c.spent), sa.BigInteger).label("spent"),
        )
        .group_by(each_day.c.customer_id)
        .cte("buyer")
    )
    back = _given_back(log, each)
    first_day = sa.and_(each_day.c.customer_id == each.c.customer_id, each_day.c.day == each.c.first)
    spent = each.c.spent - each_day.c.spent - sa.func.coalesce(back.c.amount, 0)
    return sa.select(
        each.c.customer_id,
        each.c.first,
        each.c.last,
        each.c.days,
        sa.cast(spent, sa.BigInteger).label("spent"),
    ).select_from(each.join(each_day, first_day).outerjoin(back, back.c.customer_id == each.c.customer_id))


def purchase_days(question: MetricQuestion, first: int) -> sa.Select[Any]:
    """SELECT of (customer_id, day, spent) of each local day on which somebody bought."""
    return _bought(_log(question, first))


def _log(question: MetricQuestion, first: int) -> sa.CTE:
    """(customer_id, day, amount): refunds are negative."""
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
        .cte("bought_or_back")
    )


def _bought(log: sa.CTE) -> sa.Select[Any]:
    spent = sa.cast(sa.func.sum(log.c.amount), sa.BigInteger).label("spent")
    return (
        sa.select(log.c.customer_id, log.c.day, spent)
        .where(log.c.type == "purchase", log.c.amount >= 0)
        .group_by(log.c.customer_id, log.c.day)
    )


def _given_back(log: sa.CTE, each: sa.CTE) -> sa.Subquery:
    """(customer_id, amount) of what was given back after the day of the first purchase."""
    return (
        sa.select(log.c.customer_id, sa.cast(sa.func.sum(-log.c.amount), sa.BigInteger).label("amount"))
        .select_from(log.join(each, each.c.customer_id == log.c.customer_id))
        .where(sa.or_(log.c.type == "refund", log.c.amount < 0), log.c.day > each.c.first)
        .group_by(log.c.customer_id)
        .subquery("back")
    )
