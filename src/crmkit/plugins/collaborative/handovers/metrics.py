"""How the numbers about promises are worked out: how soon they are accepted, dropped, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugins.collaborative.handovers.record_type import BROKEN, HANDOVER, KEPT

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

_MINUTES: Final = 60


def made(question: MetricQuestion) -> Any:
    """How many were made in the period."""
    rows = _rows(question, question.tables.records[HANDOVER].c.made_at)
    return question.count(rows, numerator=lambda _: sa.func.count())


def dropped(question: MetricQuestion) -> Any:
    """The share of those that nobody answered in time."""
    c = question.tables.records[HANDOVER].c
    is_dropped = sa.case((c.dropped_at.is_not(None), 1), else_=0)
    rows = _rows(
        question, sa.func.coalesce(c.dropped_at, c.accepted_at, c.refused_at), is_dropped.label("part")
    )
    return _share(question, rows)


def kept(question: MetricQuestion) -> Any:
    """The share of the accepted ones that were kept."""
    c = question.tables.records[HANDOVER].c
    is_kept = sa.case((c.state == KEPT, 1), else_=0)
    at = sa.func.coalesce(c.broken_at, c.settled_at)
    return _share(question, _rows(question, at, is_kept.label("part"), c.state.in_((KEPT, BROKEN))))


def _share(question: MetricQuestion, rows: Any) -> Any:
    return question.count(
        rows, numerator=lambda r: sa.func.sum(r.part), denominator=lambda _: sa.func.count()
    )


def acceptance_time(question: MetricQuestion) -> Any:
    """The smallest value that so many of a hundred do not exceed, by nearest rank."""
    c = question.tables.records[HANDOVER].c
    rows = _rows(question, c.accepted_at, c.accept_minutes.label("minutes"), c.accept_minutes.is_not(None))
    return question.percentile(rows, "minutes", question.arguments["which"], per=_MINUTES)


def _rows(question: MetricQuestion, at: Any, *more: Any) -> Any:
    """(customer_id, occurred_at, a value if any) of the handovers whose instant `at` lies in the period, and
    for which the further conditions hold."""
    table = question.tables.records[HANDOVER]
    value, conditions = more[:1], more[1:]
    seen = (table.c.customer_id.in_(each) for each in question.scope)
    return (
        sa.select(table.c.customer_id, at.label("occurred_at"), *value, *_own(question))
        .where(at >= question.start, at < question.end, table.c.archived_at.is_(None), *conditions, *seen)
        .subquery("of_period")
    )


def _own(question: MetricQuestion) -> list[Any]:
    """The column of groups that are of handovers themselves: the team's name, or who is to keep it."""
    group, c = question.group, question.tables.records[HANDOVER].c
    if group is None or group.kind != "own":
        return []
    if group.name == "team":
        return [c.team.label("grp")]
    employee = question.tables.employee.c
    return [sa.select(employee.name).where(employee.id == c.employee_id).scalar_subquery().label("grp")]
