"""`crm analytics cohorts`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from crmkit import Money
from crmkit.plugin import CommandState, OutputColumn, _, lists, ngettext, pass_state
from crmkit.plugins.analytical.calendar import UNITS
from crmkit.plugins.analytical.cohorts.charts import heat_map, said
from crmkit.plugins.analytical.cohorts.cohorts import followed
from crmkit.plugins.analytical.commands.asking import asked, draw, percent
from crmkit.plugins.analytical.commands.saving import keep, saves

if TYPE_CHECKING:
    from crmkit.plugins.analytical.cohorts.model import CohortCell, Cohorts


@click.command()
@click.option(
    "--unit", type=click.Choice(UNITS), default="month", show_default=True, help="How time is divided."
)
@click.option(
    "--show",
    type=click.Choice(["retention", "revenue"]),
    default="retention",
    show_default=True,
    help="The share of customers who did it, or purchases less refunds.",
)
@click.option(
    "--type", "type_", metavar="TYPE", default="purchase", show_default=True, help="What customers did."
)
@click.option(
    "--first",
    metavar="TYPE",
    default="purchase",
    show_default=True,
    help="With what a customer begins: a type of interaction, or any.",
)
@click.option("--by", metavar="NAME", help="Cohorts by a field, a trait or campaign instead of by time.")
@click.option(
    "--cohorts", "most", type=click.IntRange(1), default=24, show_default=True, help="So many, the latest."
)
@click.option(
    "--periods", type=click.IntRange(1), default=13, show_default=True, help="So many units since the first."
)
@asked
@saves
@lists
@pass_state
def cohorts(
    state: CommandState, show: str, type_: str, most: int, periods: int, save: Path | None, **options: Any
) -> None:
    """Show what became of the customers who began together.

    A cohort is made of those whose first purchase, or other --first, was in the same month. Column 0 is that
    month itself, 1 the one after. A month that is not over is left empty: nobody knows yet.
    """
    whole = followed(state.crm, type=type_, money=show == "revenue", **options)
    shown = whole.cohorts if whole.by != "first" else whole.cohorts[-most:]
    found = evolve(whole, cohorts=shown, periods=min(whole.periods, periods))
    chart = heat_map(found) if found.cohorts and found.periods else None
    keep(state, save, cell_rows(found), chart)
    if state.output.is_json:
        state.output.json(_document(found))
        return
    columns = [
        OutputColumn("cohort", style="bold", fixed=True),
        OutputColumn("customers", right=True, fixed=True),
    ]
    # Programs find as many columns as they ask for, however young the business is.
    last = found.periods if state.output.format == "table" else periods
    columns += [OutputColumn(str(n), right=True, fixed=True) for n in range(last)]
    state.output.rows(columns, [_row(found, place) for place in range(len(shown))], empty=_empty(options))
    draw(state, chart)
    if not shown or state.output.format != "table":
        return
    state.output.say(f"\n{said(found)}")
    if found.running:
        state.output.say(_("{month} is not over: nothing is said of it.", month=found.running))
    many = len(whole.cohorts)
    if len(shown) < many:
        state.output.say(
            ngettext(
                "There is {count} cohort: --cohorts {many}",
                "There are {count} cohorts: --cohorts {many}",
                many,
                many=many,
            )
        )


def _empty(options: dict[str, Any]) -> str:
    if options["by"]:
        return _("Of nobody who began is {what} on record.", what=options["by"])
    if options["first"] == "purchase":
        return _("Nobody has bought yet. Log a purchase: crm log REF purchase 12.50")
    return _("Nobody has begun yet. Log it: crm log REF {type}", type=options["first"])


def cell_rows(found: Cohorts) -> list[dict[str, Any]]:
    """A row for each cell of which something is known."""
    return [
        {
            "cohort": each.name,
            "cohort_customers": each.customers,
            "after": after,
            **_values(found, cell),
        }
        for each in found.cohorts
        for after, cell in each.cells.items()
        if after < found.periods
    ]


def _values(found: Cohorts, cell: CohortCell) -> dict[str, Any]:
    """What is known of a cell: `customers` are those for whom its period is over."""
    values: dict[str, Any] = {"customers": cell.customers, "active": cell.active, "times": cell.times}
    if found.money:
        return values | {"revenue": str(Money(cell.amount, found.currency))}
    low, high = cell.interval.bounds
    return values | {"share": cell.share, "low": low, "high": high}


def _row(found: Cohorts, place: int) -> dict[str, Any]:
    each = found.cohorts[place]
    cells = {str(after): _shown(found, cell) for after, cell in each.cells.items() if after < found.periods}
    return {"cohort": each.name, "customers": each.customers, **cells}


def _shown(found: Cohorts, cell: CohortCell) -> str:
    if found.money:
        return str(Money(cell.amount, found.currency)).partition(" ")[0]
    return percent(cell.share)


def _document(found: Cohorts) -> dict[str, Any]:
    return {
        "unit": found.unit,
        "by": found.by,
        "types": list(found.types),
        "not_over": found.running or None,
        "cohorts": [
            {
                "cohort": each.name,
                "customers": each.customers,
                "cells": [
                    {"after": after, **_values(found, cell)}
                    for after, cell in each.cells.items()
                    if after < found.periods
                ],
            }
            for each in found.cohorts
        ],
    }
