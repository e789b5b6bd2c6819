"""Customers in the report: the segments of who bought how lately, how often and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import Money
from crmkit.plugin import N_, Axis, Figure, ReportSection, ReportTable, _, number, translated, written_money
from crmkit.plugins.analytical.rfm.charts import bars, heat_map
from crmkit.plugins.analytical.rfm.rfm import measured

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_COLUMNS = (
    Axis(column="segment", title="Segment", measure="text"),
    Axis(column="customers", title="Customers"),
    Axis(column="share", title="Share", measure="percent"),
    Axis(column="spent", title="Spent", measure="money"),
    Axis(column="spent_share", title="Of all that was spent", measure="percent"),
)
_SAID = N_(
    "Each customer is scored by how lately, how often and for how much they bought (purchases less "
    "refunds), among all who ever bought; the scores make the segments."
)


def section(crm: Crm, question: ReportQuestion) -> ReportSection | None:
    """Segments by recency, frequency and money as of the report's instant; None where nobody has bought."""
    found = measured(crm, crm.plugins.settings("analytical").rfm, where=question.where, as_of=question.as_of)
    if not found.customers:
        return None
    rows = [
        {name: getattr(each, name) for name in ("segment", "customers", "share", "spent", "spent_share")}
        for each in found.segments
    ]
    return ReportSection(
        name="segments",
        title="Recency, frequency and money",
        text=[
            translated(_SAID),
            *found.notes,
        ],
        figures=[
            Figure(label="Customers who bought", value=number(found.customers)),
            Figure(
                label="Spent", value=written_money(Money(found.spent, found.currency)), note=_("less refunds")
            ),
        ],
        charts=[bars(found), heat_map(found)],
        tables=[ReportTable(caption="Segments", columns=_COLUMNS, rows=rows, currency=found.currency)],
        order=25,
    )
