"""Funnels over the log: the first occurrence of each step after the one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import nphrase, phrase
from crmkit.plugins.analytical.events import events, theirs
from crmkit.plugins.analytical.funnels.model import Funnel, FunnelStep
from crmkit.plugins.analytical.reading import answer

if TYPE_CHECKING:
    from datetime import date

    from crmkit import Crm
    from crmkit.plugin import Duration, MetricQuestion, Period

_MICROSECONDS: Final = {"hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000}
_MOST: Final = 10


def followed(
    crm: Crm,
    types: Sequence[str],
    window: Duration,
    *,
    period: str | Period = "all time",
    where: str | None = None,
    as_of: int | date | None = None,
) -> Funnel:
    """How many customers had the first of `types` in the period, and then the others one after the other.

    Of each customer the first occurrence in the period begins the window; a step counts at its first
    occurrence not before the step before (after it, where both have one type), within the window. Days have
    24 hours. Raises `Invalid` for fewer than two steps or a window of months, `NotFound`, `PredicateError`.
    """
    if not 2 <= len(types) <= _MOST:
        raise Invalid(
            nphrase("{count} step is no funnel", "{count} steps are no funnel", len(types)),
            hint=phrase("Name 2 to {most} types of interaction.", most=_MOST),
        )
    if window.unit not in _MICROSECONDS or not window.amount:
        raise Invalid(
            phrase("A window of {window} has no one length", window=window),
            hint="Write it in hours, days or weeks.",
        )
    names = [crm.words.interaction_types[each].name for each in types]
    question = crm.metrics.question(period, where=where, as_of=as_of)
    length = window.amount * _MICROSECONDS[window.unit]
    found = [_first(question, names[0])]
    for one, other in pairwise(names):
        found.append(_next(question, found[-1], other, length, after=one == other))
    counts = [answer(crm, sa.select(sa.func.count()).select_from(each))[0][0] for each in found]
    medians = [None, *(_median(crm, each) for each in found[1:])]
    steps = [
        FunnelStep(type=name, customers=many, before=before, first=counts[0], median=median)
        for name, many, before, median in zip(names, counts, [counts[0], *counts], medians, strict=False)
    ]
    return Funnel(steps=steps, waiting=_waiting(crm, question, found, length))


def _first(question: MetricQuestion, name: str) -> sa.CTE:
    """(customer_id, begun, at, gap) of the first step in the period."""
    rows = events(question, (name,), since=question.start).subquery("contact")
    at = sa.func.min(rows.c.occurred_at)
    each = sa.select(
        rows.c.customer_id,
        at.label("begun"),
        at.label("at"),
        sa.literal_column("0", sa.BigInteger()).label("gap"),
    ).where(rows.c.occurred_at < question.end)
    return theirs(question, each, rows.c.customer_id).group_by(rows.c.customer_id).cte("step_1")


def _next(question: MetricQuestion, before: sa.CTE, name: str, length: int, *, after: bool) -> sa.CTE:
    """The same of a later step."""
    rows = events(question, (name,)).subquery("contact")
    later = rows.c.occurred_at > before.c.at if after else rows.c.occurred_at >= before.c.at
    in_time = rows.c.occurred_at <= before.c.begun + sa.literal_column(str(length), sa.BigInteger())
    at = sa.func.min(rows.c.occurred_at)
    number = int(before.name.rpartition("_")[2]) + 1
    return (
        sa.select(before.c.customer_id, before.c.begun, at.label("at"), (at - before.c.at).label("gap"))
        .select_from(before.join(rows, rows.c.customer_id == before.c.customer_id))
        .where(later, in_time)
        .group_by(before.c.customer_id, before.c.begun, before.c.at)
        .cte(f"step_{number}")
    )


def _median(crm: Crm, step: sa.CTE) -> int | None:
    """The gap in the middle, or the mean of the two."""
    place = sa.func.row_number().over(order_by=step.c.gap)
    placed = sa.select(step.c.gap, place.label("place"), sa.func.count().over().label("many")).subquery()
    middle = sa.and_(placed.c.place * 2 >= placed.c.many, placed.c.place * 2 <= placed.c.many + 2)
    gaps = [row.gap for row in answer(crm, sa.select(placed.c.gap).where(middle))]
    return sum(gaps) // len(gaps) if gaps else None


def _waiting(crm: Crm, question: MetricQuestion, found: Sequence[Any], length: int) -> int:
    """How many have not come to the end and still have time."""
    first, last = found[0], found[-1]
    open_ = first.c.begun > sa.literal_column(str(question.as_of - length), sa.BigInteger())
    statement = (
        sa.select(sa.func.count())
        .select_from(first.outerjoin(last, last.c.customer_id == first.c.customer_id))
        .where(open_, last.c.customer_id.is_(None))
    )
    return int(answer(crm, statement)[0][0])
