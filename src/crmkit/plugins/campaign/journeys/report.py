"""Journeys in the report on the business."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Axis, Chart, Figure, ReportSection, ReportTable, _, local_date, number, zone_of
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.model import DRAFT
from crmkit.plugins.campaign.journeys.states import ACTIVE, FINISHED, GOAL, LEFT

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_STATES: Final = (ACTIVE, GOAL, FINISHED, LEFT)
_COLUMNS: Final = (
    Axis(column="name", title="Journey", measure="text"),
    Axis(column=ACTIVE, title="In it"),
    Axis(column=GOAL, title="Goal reached"),
    Axis(column=FINISHED, title="Came to the end"),
    Axis(column=LEFT, title="Left"),
)


def journey_section(crm: Crm, question: ReportQuestion) -> Iterator[ReportSection]:
    """Who is in each journey that was started, and what became of the others; as it is now, so that there is
    none in a report on the past."""
    tz = zone_of(crm)
    if local_date(question.as_of, tz) < local_date(crm.clock.now(), tz):
        return
    started = [each.name for each in crm.service(Journeys).list() if each.state != DRAFT]
    rows = [row for row in (_row(crm, question, name) for name in started) if any(map(row.get, _STATES))]
    if not rows:
        return
    inside, reached = (sum(row[state] for row in rows) for state in (ACTIVE, GOAL))
    most = max(rows, key=lambda row: int(row[ACTIVE]))
    yield ReportSection(
        name="journeys", title="Journeys", order=71,
        text=(_("Everybody counts once in each journey, by what became of them last."),),
        figures=[
            Figure(label="In journeys", value=number(inside)),
            Figure(label="Reached a goal", value=number(reached)),
        ],
        charts=[
            Chart(
                name="journeys", title="People in journeys", kind="bars", rows=rows,
                says=_("Most are in {name}: {most}.", name=most['name'], most=number(most[ACTIVE])),
                x=_COLUMNS[0], y=_COLUMNS[1],
            )
        ],
        tables=[ReportTable(caption="Journeys", columns=_COLUMNS, rows=rows)],
    )  # fmt: skip


def _row(crm: Crm, question: ReportQuestion, name: str) -> dict[str, Any]:
    found = crm.metrics.value(f"journey_people({name}, all)", by="state", where=question.where)
    counts = {each.group: each.value for each in found.groups}
    return {"name": name, **{state: int(counts.get(state) or 0) for state in _STATES}}
