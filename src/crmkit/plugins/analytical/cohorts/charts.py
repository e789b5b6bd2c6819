"""Cohorts as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import Money
from crmkit.plugin import Axis, Chart

if TYPE_CHECKING:
    from crmkit.plugins.analytical.cohorts.model import CohortCell, Cohorts


def heat_map(found: Cohorts) -> Chart:
    """A row for each cohort, a column for each period since; what is not known yet is a gap."""
    name, measure = ("amount", "money") if found.money else ("share", "percent")
    rows = [
        {"cohort": each.name, "after": str(after), name: _value(each.cells.get(after), name)}
        for each in found.cohorts
        for after in range(found.periods)
    ]
    what = "Revenue" if found.money else "Share of customers"
    return Chart(
        name="cohorts",
        title=f"{what} of cohorts by {found.unit}s since their first",
        says=said(found),
        kind="heat",
        rows=rows,
        x=Axis(column="after", title=f"{found.unit.capitalize()}s since the first", measure="text"),
        y=Axis(column="cohort", title="Cohort", measure="text"),
        value=Axis(column=name, title=what, measure=measure),  # type: ignore[arg-type]
        currency=found.currency if found.money else "",
    )


def _value(cell: CohortCell | None, name: str) -> Any:
    return None if cell is None else getattr(cell, name)


def said(found: Cohorts) -> str:
    """One sentence: how many came back one period after the first, of all of whom that is known."""
    told = [each.cells[1] for each in found.cohorts if 1 in each.cells]
    everybody = sum(each.customers for each in found.cohorts)
    said = f"{_many(len(found.cohorts), 'cohort')} of {_many(everybody, 'customer')}"
    if not told:
        return f"{said}; none is a whole {found.unit} old yet."
    if found.money:
        worth = Money(sum(each.amount for each in told), found.currency)
        return f"{said}; in the {found.unit} after their first they brought {worth}."
    back = sum(each.active for each in told) / sum(each.customers for each in told)
    return f"{said}; {back:.1%} were active in the {found.unit} after their first."


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
