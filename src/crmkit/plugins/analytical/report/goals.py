"""The first section: what the business wants, and how the period went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugin import Axis, Chart, ReportSection, ReportTable, local_date
from crmkit.plugins.analytical.report.figures import by_month, figure, measure_of, plain, so_far, written

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_NUMBERS: Final = (
    ("revenue", "Revenue"),
    ("active", "Customers who bought"),
    ("new", "Bought for the first time"),
    ("average_order_value", "A purchase on average"),
    ("repeat_rate", "Bought more than once"),
)
_COLUMNS: Final = (
    Axis(column="goal", title="Goal", measure="text"),
    Axis(column="metric", title="Measured by", measure="text"),
    Axis(column="now", title="Now", measure="text"),
    Axis(column="target", title="Target", measure="text"),
    Axis(column="by", title="By", measure="date"),
    Axis(column="state", title="Where it stands", measure="text"),
)
_MOST: Final = 4  # goals with a picture of their own


def section(crm: Crm, question: ReportQuestion) -> ReportSection:
    """The period's results, revenue by month, and each goal's course."""
    texts: list[str] = []
    charts = [_revenue(crm, question)]
    tables = []
    if _is_of_now(crm, question):
        standings = list(_standings(crm, texts))
        charts += [_course(crm, each) for each in standings[:_MOST]]
        if standings:
            rows = [_row(crm, each) for each in standings]
            tables.append(ReportTable(caption="Goals", columns=_COLUMNS, rows=rows))
            if question.where is not None:
                texts.append("Goals are about everybody whom they name, whatever the report is limited to.")
    elif crm.goals.list():
        texts.append("Goals are known as of now only, so they are not in a report on an earlier state.")
    return ReportSection(
        name="goals",
        title="Goals and results",
        text=texts,
        figures=[figure(crm, question, name, label) for name, label in _NUMBERS],
        charts=[each for each in charts if each is not None],
        tables=tables,
        order=10,
    )


def _is_of_now(crm: Crm, question: ReportQuestion) -> bool:
    tz = crm.hours.tz
    return local_date(question.as_of, tz) == local_date(crm.clock.now(), tz)


def _revenue(crm: Crm, question: ReportQuestion) -> Chart | None:
    values = by_month(crm, question, "revenue")
    if not values:
        return None
    month, best = max(values, key=lambda each: each[1] or 0)
    last, value = values[-1]
    said = f"Revenue in {last}{so_far(crm, question, last)} was {written(crm, 'money', value)}; "
    said += f"the best of {len(values)} months was {month} with {written(crm, 'money', best)}."
    return Chart(
        name="revenue", title="Revenue by month", says=said, kind="bars",
        rows=[{"month": month, "revenue": value} for month, value in values],
        x=Axis(column="month", title="Month", measure="date"),
        y=Axis(column="revenue", title="Revenue", measure="money"),
        currency=crm.config.crs.currency,
    )  # fmt: skip


def _standings(crm: Crm, texts: list[str]) -> Iterator[Any]:
    """How each goal fares; one that cannot be worked out is told of."""
    for goal in crm.goals.list():
        try:
            yield crm.goals.standing(goal.name)
        except CrmError as error:
            texts.append(f"The goal {goal.name} cannot be worked out: {error.message}")


def _row(crm: Crm, standing: Any) -> dict[str, Any]:
    latest = standing.latest
    whose = f" of {standing.goal.segment}" if standing.goal.segment else ""
    return {
        "goal": standing.goal.name,
        "metric": f"{standing.goal.metric}{whose}",
        "now": written(crm, standing.unit, latest.value) if latest else "-",
        "target": written(crm, standing.unit, standing.target),
        "by": standing.goal.by,
        "state": standing.state,
    }


def _said(crm: Crm, standing: Any) -> str:
    """Where the goal stands, in a sentence."""
    goal, unit = standing.goal, standing.unit
    until = f" by {goal.by}" if goal.by else ""
    now = written(crm, unit, standing.latest.value)
    return f"{goal.metric} is {now}, to be {written(crm, unit, standing.target)}{until}: {standing.state}."


def _course(crm: Crm, standing: Any) -> Chart | None:
    """The goal's metric in period after period, beside its target."""
    goal = standing.goal
    # What lasts is not over: its value would look like a fall.
    course = [point for point in standing.course if not point.so_far]
    rows = [
        {"period": f"{point.period.start}", "value": plain(point.value), "what": "Reached"}
        for point in course
    ]
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    target = plain(standing.target)
    rows += [{"period": f"{point.period.start}", "value": target, "what": "Target"} for point in course]
    return Chart(
        name=f"goal-{goal.name}", title=f"Goal: {goal.name}", says=_said(crm, standing), kind="lines",
        rows=rows, x=Axis(column="period", title=f"{goal.every.capitalize()} from", measure="date"),
        y=Axis(column="value", title=goal.metric, measure=measure_of(standing.unit)),
        series=Axis(column="what", title="", measure="text"), currency=standing.currency or "",
    )  # fmt: skip
