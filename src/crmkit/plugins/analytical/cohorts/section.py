"""Cohorts in the report: who comes back, by the month of the first purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Axis, ReportSection, ReportTable, _
from crmkit.plugins.analytical.cohorts.charts import heat_map, said
from crmkit.plugins.analytical.cohorts.cohorts import followed

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion
    from crmkit.plugins.analytical.cohorts.model import Cohorts

_SHOWN: Final = 12


def section(crm: Crm, question: ReportQuestion) -> ReportSection | None:
    """The last twelve monthly cohorts as of the report's instant; None where nobody has bought."""
    from attrs import evolve

    found = followed(crm, where=question.where, as_of=question.as_of)
    if not found.cohorts:
        return None
    found = evolve(found, cohorts=found.cohorts[-_SHOWN:], periods=min(found.periods, _SHOWN))
    sentences = [
        said(found),
        _("A cohort is made of the customers whose first purchase was in its month."),
    ]
    if found.running:
        sentences.append(_("{running} is not over, so nothing is said of it.", running=found.running))
    return ReportSection(
        name="cohorts",
        title="Cohorts",
        text=[" ".join(sentences)],
        charts=[heat_map(found)],
        tables=[_table(found)],
        order=30,
    )


def _table(found: Cohorts) -> ReportTable:
    columns = [
        Axis(column="cohort", title="Cohort", measure="text"),
        Axis(column="customers", title="Customers"),
        *(Axis(column=f"after_{n}", title=str(n), measure="percent") for n in range(found.periods)),
    ]
    rows: list[dict[str, Any]] = []
    for each in found.cohorts:
        shares = {f"after_{n}": cell.share for n, cell in each.cells.items() if n < found.periods}
        rows.append({"cohort": each.name, "customers": each.customers, **shares})
    return ReportTable(caption="Share who bought, by months since the first", columns=columns, rows=rows)
