"""Cohorts as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crmkit import Money
from crmkit.plugin import N_, Axis, Chart, _, figures, ngettext, translated, written_money

if TYPE_CHECKING:
    from crmkit.plugins.analytical.cohorts.model import CohortCell, Cohorts


_UNITS: Final = {
    "week": (N_("week"), N_("weeks"), N_("Weeks")),
    "month": (N_("month"), N_("months"), N_("Months")),
    "quarter": (N_("quarter"), N_("quarters"), N_("Quarters")),
    "year": (N_("year"), N_("years"), N_("Years")),
}


def heat_map(found: Cohorts) -> Chart:
    """A row for each cohort, a column for each period since; what is not known yet is a gap."""
    name, measure = ("amount", "money") if found.money else ("share", "percent")
    rows = [
        {"cohort": each.name, "after": str(after), name: _value(each.cells.get(after), name)}
        for each in found.cohorts
        for after in range(found.periods)
    ]
    what = _("Revenue") if found.money else _("Share of customers")
    return Chart(
        name="cohorts",
        title=_(
            "{what} of cohorts by {units} since their first",
            what=what,
            units=translated(_UNITS[found.unit][1]),
        ),
        says=said(found),
        kind="heat",
        rows=rows,
        x=Axis(
            column="after",
            title=_("{units} since the first", units=translated(_UNITS[found.unit][2])),
            measure="text",
        ),
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
    said = ngettext(
        "{count} cohort of {customers}",
        "{count} cohorts of {customers}",
        len(found.cohorts),
        customers=ngettext("{count} customer", "{count} customers", everybody),
    )
    if not told:
        return _("{said}; none is a whole {unit} old yet.", said=said, unit=translated(_UNITS[found.unit][0]))
    if found.money:
        worth = Money(sum(each.amount for each in told), found.currency)
        return _(
            "{said}; in the {unit} after their first they brought {worth}.",
            said=said,
            unit=translated(_UNITS[found.unit][0]),
            worth=written_money(worth),
        )
    back = sum(each.active for each in told) / sum(each.customers for each in told)
    return _(
        "{said}; {back} were active in the {unit} after their first.",
        said=said,
        back=figures(f"{back:.1%}"),
        unit=translated(_UNITS[found.unit][0]),
    )
