"""Metrics as figures, and month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from crmkit import CrmError
from crmkit.charts import shown
from crmkit.plugin import Axis, Figure, _, local_date

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Period, ReportQuestion

Measure = Literal["number", "percent", "money"]
_MEASURES: Final[dict[str, Measure]] = {"share": "percent", "money": "money"}
MONTHS: Final = 12


def measure_of(unit: str) -> Measure:
    """How values of a metric's unit are written."""
    return _MEASURES.get(unit, "number")


def plain(value: Any) -> int | float | None:
    """A metric's value without fractions."""
    return value if value is None or isinstance(value, int) else float(value)


def written(crm: Crm, unit: str, value: Any) -> str:
    """A metric's value as a person reads it; `-` where there is nothing to say."""
    axis = Axis(column="value", title="", measure=measure_of(unit))
    return shown(axis, plain(value), crm.config.crs.currency) or "-"


def figure(crm: Crm, question: ReportQuestion, name: str, label: str) -> Figure:
    """The metric in the period, beside the one before; where it cannot be worked out, why not."""
    try:
        found = _asked(crm, question, name, question.period)
    except CrmError as error:
        return Figure(label=label, value="-", note=error.message)
    note = ""
    if question.period.start is not None:
        try:
            before = _asked(crm, question, name, question.period.previous())
        except CrmError:
            before = None
        if before is not None and not before.is_empty:
            note = _("{value} in the period before", value=written(crm, before.unit, before.value))
    return Figure(label=label, value=written(crm, found.unit, found.value), note=note)


def _asked(crm: Crm, question: ReportQuestion, name: str, period: Period) -> Any:
    return crm.metrics.value(name, period, where=question.where, as_of=question.as_of)


def by_month(crm: Crm, question: ReportQuestion, name: str) -> Sequence[tuple[str, int | float | None]]:
    """(month, value) of the last twelve months to the period's end, from the first that has any."""
    months = list(_months(question.period.last))
    span = f"from {months[0]} to {_after(months[-1])}"
    found = crm.metrics.value(name, span, where=question.where, as_of=question.as_of, by="month")
    known = {each.group: plain(each.value) for each in found.groups}
    nothing = 0 if measure_of(found.unit) != "percent" else None
    values = [(f"{each:%Y-%m}", known.get(f"{each:%Y-%m}", nothing)) for each in months]
    first = next((i for i, (_, value) in enumerate(values) if value), len(values))
    return values[first:]


def so_far(crm: Crm, question: ReportQuestion, month: str) -> str:
    """What is said behind a month: nothing, or that it was not over by then."""
    today = local_date(question.as_of, crm.hours.tz)
    is_last = (today + timedelta(days=1)).month != today.month
    return " " + _("so far") if month == f"{today:%Y-%m}" and not is_last else ""


def _months(last: date) -> Iterator[date]:
    for back in range(MONTHS - 1, -1, -1):
        year, month = divmod(last.year * 12 + last.month - 1 - back, 12)
        yield date(year, month + 1, 1)


def _after(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
