"""`crm analytics funnel`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from crmkit.plugin import CommandState, Duration, OutputColumn, _, lists, newcombe, ngettext, pass_state
from crmkit.plugins.analytical.commands.asking import asked, draw, length, percent
from crmkit.plugins.analytical.commands.saving import keep, saves
from crmkit.plugins.analytical.funnels.charts import bars, said
from crmkit.plugins.analytical.funnels.funnel import followed
from crmkit.plugins.analytical.funnels.model import Funnel

_HOUR = 3_600_000_000


def _time(hours: float) -> str:
    if hours < 48:
        return _("{hours} hours", hours=f"{hours:,.1f}")
    return _("{days} days", days=f"{hours / 24:,.1f}")


_COLUMNS = (
    OutputColumn("step", right=True, fixed=True),
    OutputColumn("type", style="bold", fixed=True),
    OutputColumn("customers", right=True),
    OutputColumn("share", "Of step before", right=True, shown=percent),
    OutputColumn("low", "From", right=True, shown=percent),
    OutputColumn("high", "To", right=True, shown=percent),
    OutputColumn("overall", "Of all", right=True, shown=percent),
    OutputColumn("median_hours", "Half within", right=True, shown=_time),
)


@click.command()
@click.argument("types", metavar="TYPE TYPE …", nargs=-1, required=True)
@click.option(
    "--window", metavar="T", default="30 days", show_default=True, callback=length, help="Time for all steps."
)
@click.option(
    "--period", metavar="P", default="last 90 days", show_default=True, help="When the first step was taken."
)
@click.option(
    "--against",
    metavar="PREDICATE",
    help="Compare those for whom this does not hold with those for whom it does.",
)
@asked
@saves
@lists
@pass_state
def funnel(
    state: CommandState,
    types: tuple[str, ...],
    window: Duration,
    period: str,
    against: str | None,
    where: str | None,
    as_of: date | None,
    save: Path | None,
) -> None:
    """Show how many customers take each step, a type of interaction, after the one before.

    Of each customer the first TYPE in the period begins the window. The next step counts at its first
    occurrence after that, and so on; what came before, or later than the window, does not.
    """
    crm = state.crm
    other = None
    if against is not None:
        both = f"({where}) and ({against})" if where else against
        other = followed(crm, types, window, period=period, where=both, as_of=as_of)
        where = f"({where}) and not ({against})" if where else f"not ({against})"
    found = followed(crm, types, window, period=period, where=where, as_of=as_of)
    rows = step_rows(found)
    chart = bars(found)
    keep(state, save, rows, chart)
    if state.output.is_json:
        compared = None if other is None else {"steps": step_rows(other), **_difference(found, other)}
        state.output.json({"steps": rows, "waiting": found.waiting, "against": compared})
        return
    state.output.rows(_COLUMNS, rows if found.conversion.n else [], empty=said(found))
    if state.output.format != "table" or not found.conversion.n:
        return
    draw(state, chart)
    state.output.say(f"\n{said(found)}")
    if found.waiting:
        state.output.say(
            ngettext(
                "{count} of them still has time for the rest.",
                "{count} of them still have time for the rest.",
                found.waiting,
            )
        )
    if other is not None:
        state.output.say(_compared(found, other))


def step_rows(found: Funnel) -> list[dict[str, Any]]:
    """A row for each step: shares between 0 and 1, the median in hours."""
    rows = []
    for place, each in enumerate(found.steps, 1):
        low, high = each.interval.bounds if place > 1 else (None, None)
        rows.append(
            {
                "step": place,
                "type": each.type,
                "customers": each.customers,
                "share": each.share if place > 1 else None,
                "low": low,
                "high": high,
                "overall": each.overall,
                "median_hours": None if each.median is None else round(each.median / _HOUR, 2),
            }
        )
    return rows


def _difference(found: Funnel, other: Funnel) -> dict[str, Any]:
    """The difference of the conversions, with the interval of Newcombe; None where there is nobody."""
    one, two = found.conversion, other.conversion
    low, high = newcombe(one, two).bounds
    difference = one.rate - two.rate if one.n and two.n else None
    return {"difference": difference, "low": low, "high": high}


def _compared(found: Funnel, other: Funnel) -> str:
    if not other.conversion.n:
        return _("Of those to compare with, nobody took the first step.")
    told = _difference(found, other)
    return _(
        "Against: {other} The difference is {difference} points (95 %: {low} to {high}).",
        other=said(other),
        difference=f"{told['difference'] * 100:+.1f}",
        low=f"{told['low'] * 100:+.1f}",
        high=f"{told['high'] * 100:+.1f}",
    )
