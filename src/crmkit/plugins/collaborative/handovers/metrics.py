"""Numbers about promises: how soon they are accepted, how many are dropped, how many are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import Invalid
from crmkit.plugin import Metric, MetricParameter
from crmkit.plugins.collaborative.handovers.record_type import BROKEN, HANDOVER, KEPT

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

_MEDIAN: Final = "median"
_HUNDRED: Final = 100
_MINUTES: Final = 60
_GROUPS: Final = ("customer", "time", "team", "employee")


def handover_metrics() -> Iterator[Metric]:
    """The metrics of handovers."""
    yield Metric(
        name="handovers",
        doc="Promises to customers that were handed to somebody",
        unit="count",
        formula="handovers made in the period",
        reading="Group by team to see to whom; what was passed on counts once for each who was given it.",
        groups=_GROUPS,
        past=False,
        compute=_made,
    )
    yield Metric(
        name="handover_acceptance_time",
        doc="Working hours until promises are accepted: the median, or another percentile",
        unit="number",
        formula="the percentile of working hours from making to accepting, of handovers accepted in it",
        reading="Half of them were quicker than the median; nine in ten than handover_acceptance_time(p90).",
        parameters=(MetricParameter(name="which", kind="text", default=_MEDIAN),),
        groups=_GROUPS,
        past=False,
        compute=_acceptance_time,
    )
    yield Metric(
        name="handovers_dropped",
        doc="Share of the handovers that nobody answered in time",
        unit="share",
        formula="handovers of which the time to accept was over / handovers accepted, refused or dropped, "
        "of those for which that was in the period",
        reading="What was accepted too late counts as dropped; what was withdrawn before does not count.",
        groups=_GROUPS,
        past=False,
        compute=_dropped,
    )
    yield Metric(
        name="promises_kept",
        doc="Share of the accepted promises that were kept",
        unit="share",
        formula="promises kept / promises kept or broken, of those for which that was in the period",
        reading="What was done late is broken; what was withdrawn or passed on does not count.",
        groups=_GROUPS,
        past=False,
        compute=_kept,
    )


def percentile_of(text: str) -> int:
    """50 for `median`, 90 for `p90`. Raises `Invalid`."""
    number = "50" if text == _MEDIAN else text[1:] if text.startswith("p") else ""
    if number.isascii() and number.isdigit() and 0 < int(number) < _HUNDRED:
        return int(number)
    raise Invalid(f'"{text}" is no percentile', hint="Write median, or p90 for the 90th.")


def _made(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    rows = _rows(question, question.tables.records[HANDOVER].c.made_at)
    return question.count(rows, numerator=lambda _: sa.func.count())


def _dropped(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    c = question.tables.records[HANDOVER].c
    is_dropped = sa.case((c.dropped_at.is_not(None), 1), else_=0)
    rows = _rows(
        question, sa.func.coalesce(c.dropped_at, c.accepted_at, c.refused_at), is_dropped.label("part")
    )
    return _share(question, rows)


def _kept(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    c = question.tables.records[HANDOVER].c
    is_kept = sa.case((c.state == KEPT, 1), else_=0)
    at = sa.func.coalesce(c.broken_at, c.settled_at)
    return _share(question, _rows(question, at, is_kept.label("part"), c.state.in_((KEPT, BROKEN))))


def _share(question: MetricQuestion, rows: Any) -> Any:
    import sqlalchemy as sa

    return question.count(
        rows, numerator=lambda r: sa.func.sum(r.part), denominator=lambda _: sa.func.count()
    )


def _acceptance_time(question: MetricQuestion) -> Any:
    """The smallest value that so many of a hundred do not exceed, by nearest rank."""
    import sqlalchemy as sa

    wanted = sa.literal(percentile_of(question.arguments["which"]), sa.BigInteger)
    c = question.tables.records[HANDOVER].c
    rows = question.grouped(
        _rows(question, c.accepted_at, c.accept_minutes.label("minutes"), c.accept_minutes.is_not(None))
    )
    by = [rows.c.grp] if "grp" in rows.c else []
    ranked = sa.select(
        *by,
        rows.c.minutes,
        sa.func.row_number().over(partition_by=by or None, order_by=rows.c.minutes).label("rank"),
        sa.func.count().over(partition_by=by or None).label("size"),
    ).subquery("ranked")
    value = sa.func.min(ranked.c.minutes)
    return (
        sa.select(
            *(ranked.c.grp for _ in by),
            value.label("numerator"),
            sa.case((value.is_(None), 0), else_=_MINUTES).label("denominator"),
        )
        .where(ranked.c.rank * sa.literal(_HUNDRED, sa.BigInteger) >= wanted * ranked.c.size)
        .group_by(*(ranked.c.grp for _ in by))
    )


def _rows(question: MetricQuestion, at: Any, *more: Any) -> Any:
    """(customer_id, occurred_at, a value if any) of the handovers whose instant `at` lies in the period, and
    for which the further conditions hold."""
    import sqlalchemy as sa

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
    import sqlalchemy as sa

    group, c = question.group, question.tables.records[HANDOVER].c
    if group is None or group.kind != "own":
        return []
    if group.name == "team":
        return [c.team.label("grp")]
    employee = question.tables.employee.c
    return [sa.select(employee.name).where(employee.id == c.employee_id).scalar_subquery().label("grp")]
