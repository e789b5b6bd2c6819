"""Who comes back, and who does not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.core.metrics.counting import everyone
from crmkit.core.metrics.question import MetricQuestion


def repeat_rate(question: MetricQuestion) -> sa.Select[Any]:
    """Of the customers with one interaction of the types, those with two or more."""
    rows = question.rows(*question.arguments["types"])
    bought = sa.select(*rows.c).where(rows.c.customer_id.is_not(None)).subquery("bought")
    each = question.per_customer(bought, times=everyone)
    return question.total(
        each, numerator=lambda c: sa.func.count().filter(c.times >= 2), denominator=everyone
    )


def retention(question: MetricQuestion) -> sa.Select[Any]:
    """Of the members at the start, those who bought within the window."""
    return question.count(_followed(question), numerator=_kept, denominator=everyone)


def churn(question: MetricQuestion) -> sa.Select[Any]:
    """Of the members at the start, those who did not buy within the window."""
    return question.count(
        _followed(question), numerator=lambda c: sa.func.count() - _kept(c), denominator=everyone
    )


def _kept(columns: Any) -> Any:
    return sa.func.count(columns.bought)


def _followed(question: MetricQuestion) -> sa.Subquery:
    """(customer_id, bought) of the members at the start; `bought` is NULL for those who did not."""
    end = _end(question)
    members = question.members()
    if members is None:
        members = _buyers(question, _before(question), question.start)
    cohort = members.subquery("member")
    back = _buyers(question, question.start, end).subquery("back")
    source = cohort.outerjoin(back, back.c.customer_id == cohort.c.customer_id)
    return sa.select(cohort.c.customer_id, back.c.customer_id.label("bought")).select_from(source).subquery()


def _end(question: MetricQuestion) -> int:
    """Where the window ends that begins with the period."""
    window = question.arguments["window"]
    return question.end if window is None else question.after(window)


def _before(question: MetricQuestion) -> int:
    """Where the window begins that ends with the start of the period."""
    window = question.arguments["window"]
    if window is not None:
        return int(window.before(question.start, question.tz))
    return question.period.previous().bounds(question.tz)[0]


def _buyers(question: MetricQuestion, start: int, end: int) -> sa.Select[Any]:
    rows = question.rows("purchase", start=start, end=end)
    # Not DISTINCT: SQLite makes no index over such rows, and would look through all of them for each member.
    theirs = sa.select(rows.c.customer_id).where(rows.c.customer_id.is_not(None))
    return theirs.group_by(rows.c.customer_id)
