"""Cohorts as statements over the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugins.analytical.events import events, theirs

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.analytical.calendar import Calendar


def began(question: MetricQuestion, types: Sequence[str], calendar: Calendar, labels: Any) -> sa.Select[Any]:
    """(customer_id, start, label) of the customers with one of the types: the period of the first.

    `labels` is (customer_id, value), or None; who is not in it has no cohort.
    """
    rows = events(question, types).subquery("contact")
    first = theirs(
        question,
        sa.select(rows.c.customer_id, sa.func.min(rows.c.occurred_at).label("at")),
        rows.c.customer_id,
    )
    each = first.group_by(rows.c.customer_id).subquery("first")
    start = calendar.number(each.c.at).label("start")
    if labels is None:
        return sa.select(each.c.customer_id, start, sa.null().label("label"))
    source = each.join(labels, labels.c.customer_id == each.c.customer_id)
    label = sa.cast(labels.c.value, sa.Text()).label("label")
    return sa.select(each.c.customer_id, start, label).select_from(source).where(labels.c.value.is_not(None))


def sizes(started: sa.Select[Any]) -> sa.Select[Any]:
    """(label, start, customers)."""
    each = started.subquery("started")
    return sa.select(each.c.label, each.c.start, sa.func.count().label("customers")).group_by(
        each.c.label, each.c.start
    )


def cells(
    question: MetricQuestion,
    started: sa.Select[Any],
    types: Sequence[str],
    calendar: Calendar,
    *,
    money: bool,
) -> sa.Select[Any]:
    """(label, start, after, active, times, amount): what customers did how many periods after they began."""
    did = _did(question, types, calendar, money=money).subquery("did")
    each = started.subquery("started")
    joined = each.join(did, did.c.customer_id == each.c.customer_id)
    rows = sa.select(each.c.label, each.c.start, did.c.number, did.c.times, did.c.amount)
    return _counted(rows.select_from(joined).where(did.c.number >= each.c.start))


def cells_of_same(
    question: MetricQuestion, types: Sequence[str], calendar: Calendar, labels: Any
) -> sa.Select[Any]:
    """As `cells` without money, where customers begin with what is counted: the log is read once.

    In their first period all of a cohort are active.
    """
    did = _did(question, types, calendar, money=False).subquery("did")
    start = sa.func.min(did.c.number).over(partition_by=did.c.customer_id).label("start")
    chosen = (start, did.c.number, did.c.times, did.c.amount)
    if labels is None:
        rows = sa.select(sa.null().label("label"), *chosen)
    else:
        label = sa.cast(labels.c.value, sa.Text()).label("label")
        source = did.join(labels, labels.c.customer_id == did.c.customer_id)
        rows = sa.select(label, *chosen).select_from(source).where(labels.c.value.is_not(None))
    return _counted(theirs(question, rows, did.c.customer_id))


def _did(
    question: MetricQuestion, types: Sequence[str], calendar: Calendar, *, money: bool
) -> sa.Select[Any]:
    """(customer_id, number, times, amount): how often customers did it in which period, and for how much."""
    contact = events(question, types, "type", money=money).subquery("contact")
    # In a sub-select: where there is one period only its number is a constant, by which nothing is grouped.
    rows = sa.select(*contact.c, calendar.number(contact.c.occurred_at).label("number")).subquery("dated")
    amount: Any = sa.literal_column("0", sa.BigInteger())
    if money:
        amount = sa.case((rows.c.type == "refund", -rows.c.amount), else_=rows.c.amount)
        amount = sa.func.coalesce(sa.func.sum(amount), 0)
    return sa.select(
        rows.c.customer_id, rows.c.number, sa.func.count().label("times"),
        sa.cast(amount, sa.BigInteger()).label("amount"),
    ).group_by(rows.c.customer_id, rows.c.number)  # fmt: skip


def _counted(rows: sa.Select[Any]) -> sa.Select[Any]:
    """(label, start, after, active, times, amount) of rows with a label, a start and what `_did` has."""
    each = rows.subquery("placed")
    after = (each.c.number - each.c.start).label("after")
    return sa.select(
        each.c.label, each.c.start, after, sa.func.count().label("active"),
        sa.cast(sa.func.sum(each.c.times), sa.BigInteger()).label("times"),
        sa.cast(sa.func.sum(each.c.amount), sa.BigInteger()).label("amount"),
    ).group_by(each.c.label, each.c.start, after)  # fmt: skip
