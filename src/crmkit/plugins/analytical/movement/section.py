"""Movement in the report: between the segments of recency, frequency and money in its period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.plugin import N_, Axis, Figure, ReportSection, ReportTable, _, number, parse_duration
from crmkit.plugins.analytical.movement.charts import flow, heat_map, said
from crmkit.plugins.analytical.movement.model import INACTIVE
from crmkit.plugins.analytical.movement.movement import moved
from crmkit.plugins.analytical.movement.states import RFM

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_COLUMNS = (
    Axis(column="origin", title="From", measure="text"),
    Axis(column="destination", title="To", measure="text"),
    Axis(column="customers", title="Customers"),
    Axis(column="share", title="Share of those who were there", measure="percent"),
)
_SAID = N_(
    "Segments are by recency, frequency and money, held against the scores of the beginning; {inactive} is "
    "who had not bought for a year."
)


def section(crm: Crm, question: ReportQuestion) -> ReportSection | None:
    """From the beginning of the period to the report's instant; None where nobody had bought by then."""
    start = question.period.bounds(crm.metrics.question().tz)[0]
    if question.period.start is None or start >= question.as_of:
        return None
    window = parse_duration("1 year")
    found = moved(crm, RFM, (start, question.as_of), inactive=window, where=question.where)
    if found.total == found.new:
        return None
    rows = [
        {name: getattr(each, name) for name in ("origin", "destination", "customers", "share")}
        for each in found.moves
    ]
    return ReportSection(
        name="movement",
        title="Movement",
        text=[f"{said(found)} {_(_SAID, inactive=INACTIVE)}"],
        figures=[
            Figure(label="New", value=number(found.new)),
            Figure(label="Returned", value=number(found.returned)),
            Figure(label="Became inactive", value=number(found.lost)),
        ],
        charts=[heat_map(found), flow(found)],
        tables=[ReportTable(caption="From where to where", columns=_COLUMNS, rows=rows)],
        order=40,
    )
