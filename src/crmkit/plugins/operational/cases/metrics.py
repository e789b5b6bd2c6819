"""Numbers about service: how soon cases are answered and resolved, whether promises are kept, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import Metric, MetricParameter
from crmkit.plugins.operational.cases.clock import NEW, OPEN, WAITING
from crmkit.plugins.operational.cases.record_type import CASE

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.operational.cases.settings import CaseSettings

_MEDIAN: Final = "median"
_MINUTES: Final = 60
_FLOW: Final = ("customer", "time")
_NOW: Final = ("customer",)


def case_metrics(settings: CaseSettings) -> Iterator[Metric]:
    """The metrics of cases."""
    own = tuple(
        name
        for name, there in (("queue", settings.queues), ("category", settings.categories), ("priority", True))
        if there
    )
    which = MetricParameter(name="which", kind="text", default=_MEDIAN)
    yield Metric(
        name="first_response_time",
        doc="Working hours until cases have their first answer: the median, or another percentile",
        unit="number",
        formula="the percentile of working hours from opening to first answer, of cases answered in it",
        reading="Half of them were quicker than the median; nine in ten than first_response_time(p90).",
        parameters=(which,),
        groups=(*_FLOW, *own),
        past=False,
        compute=lambda question: _percentile(question, "responded_at", "response_minutes"),
    )
    yield Metric(
        name="resolution_time",
        doc="Working hours until cases are resolved: the median, or another percentile",
        unit="number",
        formula="the percentile of working hours from opening to resolving, without those in which the case "
        "waited for the customer, of cases resolved in the period",
        reading="A case that was opened again counts when it is resolved for good.",
        parameters=(which,),
        groups=(*_FLOW, *own),
        past=False,
        compute=lambda question: _percentile(question, "resolved_at", "resolution_minutes"),
    )
    yield Metric(
        name="sla_kept",
        doc="Share of cases that were answered and resolved in the time promised",
        unit="share",
        formula="cases answered and resolved in time / cases with a promise, of those resolved in the period",
        reading="Cases to which nothing is promised do not count.",
        groups=(*_FLOW, *own),
        past=False,
        compute=_kept,
    )
    yield Metric(
        name="backlog",
        doc="Cases that are not resolved",
        unit="count",
        formula="cases that are new, open or waiting",
        reading="Group by queue to see where they wait.",
        groups=(*_NOW, *own),
        period="today",
        past=False,
        compute=_backlog,
    )


def _percentile(question: MetricQuestion, at: str, minutes: str) -> Any:
    """The smallest value that so many of a hundred do not exceed, by nearest rank."""
    table = question.tables.records[CASE]
    rows = _rows(question, at, table.c[minutes].label("minutes"), table.c[minutes].is_not(None))
    return question.percentile(rows, "minutes", question.arguments["which"], per=_MINUTES)


def _kept(question: MetricQuestion) -> Any:
    c = question.tables.records[CASE].c
    is_kept = sa.and_(
        sa.or_(c.resolve_by.is_(None), c.resolved_at <= c.resolve_by),
        sa.or_(c.respond_by.is_(None), sa.and_(c.responded_at.is_not(None), c.responded_at <= c.respond_by)),
    )
    has_promise = sa.or_(c.resolve_by.is_not(None), c.respond_by.is_not(None))
    rows = _rows(question, "resolved_at", sa.case((is_kept, 1), else_=0).label("kept"), has_promise)
    return question.count(
        rows, numerator=lambda r: sa.func.sum(r.kept), denominator=lambda _: sa.func.count()
    )


def _backlog(question: MetricQuestion) -> Any:
    table = question.tables.records[CASE]
    rows = _of_scope(
        question,
        sa.select(table.c.customer_id, *_own(question)).where(table.c.state.in_((NEW, OPEN, WAITING))),
    )
    return question.count(rows.subquery("waiting"), numerator=lambda _: sa.func.count())


def _rows(question: MetricQuestion, at: str, value: Any, *conditions: Any) -> sa.Subquery:
    """(customer_id, occurred_at, value) of the cases whose instant `at` lies in the period."""
    table = question.tables.records[CASE]
    moment = table.c[at]
    chosen = sa.select(table.c.customer_id, moment.label("occurred_at"), value, *_own(question)).where(
        moment >= question.start, moment < question.end, *conditions
    )
    return _of_scope(question, chosen).subquery("of_period")


def _of_scope(question: MetricQuestion, query: sa.Select[Any]) -> sa.Select[Any]:
    table = question.tables.records[CASE]
    seen = (table.c.customer_id.in_(each) for each in question.scope)
    return query.where(table.c.archived_at.is_(None), table.c.merged_into.is_(None), *seen)


def _own(question: MetricQuestion) -> list[Any]:
    """The column of groups that are of cases themselves."""
    group = question.group
    if group is None or group.kind != "own":
        return []
    return [question.tables.records[CASE].c[group.name].label("grp")]
