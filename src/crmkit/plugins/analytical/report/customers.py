"""The section about how many customers there are, and of which kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Axis, Chart, ReportSection, ReportTable
from crmkit.plugins.analytical.report.figures import by_month, counted, figure, so_far

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_NUMBERS: Final = (
    ("customers", "Customers on record"),
    ("retention", "Bought again"),
    ("lapsed(1 year)", "Not bought for a year"),
    ("interactions_per_customer", "Contacts per customer"),
)
_MOST: Final = 20


def section(crm: Crm, question: ReportQuestion) -> ReportSection:
    """Customers, buyers by month, lifecycle and segments."""
    charts = (_buyers(crm, question), _lifecycle(crm, question))
    return ReportSection(
        name="customers",
        title="Customers",
        figures=[figure(crm, question, name, label) for name, label in _NUMBERS],
        charts=[each for each in charts if each is not None],
        tables=[each for each in (_segments(crm, question),) if each is not None],
        order=20,
    )


def _buyers(crm: Crm, question: ReportQuestion) -> Chart | None:
    active, new = (dict(by_month(crm, question, name)) for name in ("active", "new"))
    if len(active) < 2:
        return None
    rows = [
        {"month": month, "customers": values.get(month, 0), "who": who}
        for who, values in (("All who bought", active), ("For the first time", new))
        for month in active
    ]
    last = list(active)[-1]
    said = f"In {last}{so_far(crm, question, last)}, {counted(int(active[last] or 0), 'customer')} bought"
    said += f", {int(new.get(last) or 0):,} of them for the first time."
    return Chart(
        name="buyers", title="Customers who bought, by month", says=said, kind="lines", rows=rows,
        x=Axis(column="month", title="Month", measure="date"),
        y=Axis(column="customers", title="Customers"), series=Axis(column="who", title="", measure="text"),
    )  # fmt: skip


def _lifecycle(crm: Crm, question: ReportQuestion) -> Chart | None:
    found = crm.metrics.value(
        "customers", question.period, where=question.where, as_of=question.as_of, by="lifecycle"
    )
    rows: list[dict[str, Any]] = [
        {"stage": each.group or "(none)", "customers": int(each.value or 0)} for each in found.groups
    ]
    if len(rows) < 2:
        return None
    largest = max(rows, key=lambda row: row["customers"])
    said = (
        f"The largest stage is {largest['stage']}: {largest['customers']:,} of {found.numerator:,} customers."
    )
    return Chart(
        name="lifecycle", title="Customers by stage of life", says=said, kind="bars", rows=rows,
        x=Axis(column="stage", title="Stage", measure="text"), y=Axis(column="customers", title="Customers"),
    )  # fmt: skip


def _segments(crm: Crm, question: ReportQuestion) -> ReportTable | None:
    """How many customers are in each segment, as of the report."""
    as_of = None if question.as_of >= crm.clock.now() else question.as_of
    rows: list[dict[str, Any]] = []
    for segment in crm.segments.list()[:_MOST]:
        within = f"in({segment.name})" + (f" and ({question.where})" if question.where else "")
        says = "" if segment.doc.casefold() == segment.name.casefold() else segment.doc
        rows.append({"segment": segment.name, "doc": says, "members": crm.predicates.count(within, as_of)})
    if not rows:
        return None
    columns = [
        Axis(column="segment", title="Segment", measure="text"),
        Axis(column="members", title="Customers"),
    ]
    if any(row["doc"] for row in rows):
        columns.append(Axis(column="doc", title="Who they are", measure="text"))
    return ReportTable(caption="Segments", columns=columns, rows=rows)
