"""The first section: what the business wants, and how the period went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugin import N_, Axis, Chart, ReportSection, ReportTable, _, local_date, translated, written_day
from crmkit.plugins.analytical.report.figures import by_month, figure, measure_of, plain, so_far, written

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_NUMBERS: Final = (
    ("revenue", N_("Revenue")),
    ("active", N_("Customers who bought")),
    ("new", N_("Bought for the first time")),
    ("average_order_value", N_("A purchase on average")),
    ("repeat_rate", N_("Bought more than once")),
)
_COLUMNS: Final = (
    Axis(column="goal", title="Goal", measure="text"),
    Axis(column="metric", title="Measured by", measure="text"),
    Axis(column="now", title="Now", measure="text"),
    Axis(column="target", title="Target", measure="text"),
    Axis(column="by", title="By", measure="date"),
    Axis(column="state", title="Where it stands", measure="text"),
)
_FROM: Final = {
    "week": N_("Week from"),
    "month": N_("Month from"),
    "quarter": N_("Quarter from"),
    "year": N_("Year from"),
}
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
                texts.append(
                    _("Goals are about everybody whom they name, whatever the report is limited to.")
                )
    elif crm.goals.list():
        texts.append(_("Goals are known as of now only, so they are not in a report on an earlier state."))
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
    said = _(
        "Revenue in {month} was {amount};",
        month=f"{last}{so_far(crm, question, last)}",
        amount=written(crm, "money", value),
    )
    said += " " + _(
        "the best of {months} months was {month} with {amount}.",
        months=len(values),
        month=month,
        amount=written(crm, "money", best),
    )
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
            texts.append(
                _("The goal {goal} cannot be worked out: {reason}", goal=goal.name, reason=error.message)
            )


def _row(crm: Crm, standing: Any) -> dict[str, Any]:
    latest = standing.latest
    return {
        "goal": standing.goal.name,
        "metric": _measured(standing.goal),
        "now": written(crm, standing.unit, latest.value) if latest else "-",
        "target": written(crm, standing.unit, standing.target),
        "by": standing.goal.by,
        "state": translated(standing.state),
    }


def _measured(goal: Any) -> str:
    """What a goal measures, and of whom."""
    if not goal.segment:
        return str(goal.metric)
    return _("{metric} of {segment}", metric=goal.metric, segment=goal.segment)


def _said(crm: Crm, standing: Any) -> str:
    """Where the goal stands, in a sentence."""
    goal, unit = standing.goal, standing.unit
    target = written(crm, unit, standing.target)
    if goal.by:
        target = _("{target} by {day}", target=target, day=written_day(goal.by))
    now = written(crm, unit, standing.latest.value)
    return _(
        "{metric} is {now}, to be {target}: {state}.",
        metric=_measured(goal),
        now=now,
        target=target,
        state=translated(standing.state),
    )


def _course(crm: Crm, standing: Any) -> Chart | None:
    """The goal's metric in period after period, beside its target."""
    goal = standing.goal
    # What lasts is not over: its value would look like a fall.
    course = [point for point in standing.course if not point.so_far]
    rows = [
        {"period": f"{point.period.start}", "value": plain(point.value), "what": _("Reached")}
        for point in course
    ]
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    target = plain(standing.target)
    rows += [{"period": f"{point.period.start}", "value": target, "what": _("Target")} for point in course]
    return Chart(
        name=f"goal-{goal.name}", title=_("Goal: {goal}", goal=goal.name),
        says=_said(crm, standing), kind="lines",
        rows=rows,
        x=Axis(column="period", title=translated(_FROM[goal.every]), measure="date"),
        y=Axis(column="value", title=goal.metric, measure=measure_of(standing.unit)),
        series=Axis(column="what", title="", measure="text"), currency=standing.currency or "",
    )  # fmt: skip
