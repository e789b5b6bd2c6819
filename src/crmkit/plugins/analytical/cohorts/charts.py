"""Cohorts as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crmkit import Money
from crmkit.plugin import N_, Axis, Chart, _, figures, ngettext, number, translated, written_money

if TYPE_CHECKING:
    from crmkit.plugins.analytical.cohorts.model import CohortCell, Cohorts


# Whole sentences for each unit: in other languages the words around it change with it.
_SINCE: Final = {
    "week": N_("Weeks since the first"),
    "month": N_("Months since the first"),
    "quarter": N_("Quarters since the first"),
    "year": N_("Years since the first"),
}
_SHARES: Final = {
    "week": N_("Share of each cohort that was active, by weeks since its first"),
    "month": N_("Share of each cohort that was active, by months since its first"),
    "quarter": N_("Share of each cohort that was active, by quarters since its first"),
    "year": N_("Share of each cohort that was active, by years since its first"),
}
_REVENUES: Final = {
    "week": N_("Revenue of each cohort, by weeks since its first"),
    "month": N_("Revenue of each cohort, by months since its first"),
    "quarter": N_("Revenue of each cohort, by quarters since its first"),
    "year": N_("Revenue of each cohort, by years since its first"),
}
_TOO_YOUNG: Final = {
    "week": N_("None of the cohorts is a whole week old yet."),
    "month": N_("None of the cohorts is a whole month old yet."),
    "quarter": N_("None of the cohorts is a whole quarter old yet."),
    "year": N_("None of the cohorts is a whole year old yet."),
}
_ACTIVE: Final = {
    "week": N_("In the week after their first, {share} were active."),
    "month": N_("In the month after their first, {share} were active."),
    "quarter": N_("In the quarter after their first, {share} were active."),
    "year": N_("In the year after their first, {share} were active."),
}
_BROUGHT: Final = {
    "week": N_("In the week after their first, they brought {worth}."),
    "month": N_("In the month after their first, they brought {worth}."),
    "quarter": N_("In the quarter after their first, they brought {worth}."),
    "year": N_("In the year after their first, they brought {worth}."),
}


def heat_map(found: Cohorts) -> Chart:
    """A row for each cohort, a column for each period since; what is not known yet is a gap."""
    name, measure = ("amount", "money") if found.money else ("share", "percent")
    rows = [
        {"cohort": each.name, "after": str(after), name: _value(each.cells.get(after), name)}
        for each in found.cohorts
        for after in range(found.periods)
    ]
    return Chart(
        name="cohorts",
        title=translated((_REVENUES if found.money else _SHARES)[found.unit]),
        says=said(found),
        kind="heat",
        rows=rows,
        x=Axis(column="after", title=translated(_SINCE[found.unit]), measure="text"),
        y=Axis(column="cohort", title="Cohort", measure="text"),
        value=Axis(
            column=name,
            title=_("Revenue") if found.money else _("Share of customers"),
            measure=measure,  # type: ignore[arg-type]
        ),
        currency=found.currency if found.money else "",
    )


def _value(cell: CohortCell | None, name: str) -> Any:
    return None if cell is None else getattr(cell, name)


def said(found: Cohorts) -> str:
    """How many cohorts there are, and how many came back one period after the first, of all of whom that is
    known."""
    everybody = sum(each.customers for each in found.cohorts)
    size = ngettext(
        "{count} customer (cohorts: {cohorts}).",
        "{count} customers (cohorts: {cohorts}).",
        everybody,
        cohorts=number(len(found.cohorts)),
    )
    return f"{size} {_next(found)}"


def _next(found: Cohorts) -> str:
    """What they did one period after the first."""
    told = [each.cells[1] for each in found.cohorts if 1 in each.cells]
    if not told:
        return translated(_TOO_YOUNG[found.unit])
    if found.money:
        worth = Money(sum(each.amount for each in told), found.currency)
        return _(_BROUGHT[found.unit], worth=written_money(worth))
    back = sum(each.active for each in told) / sum(each.customers for each in told)
    return _(_ACTIVE[found.unit], share=figures(f"{back:.1%}"))
