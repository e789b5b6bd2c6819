"""`crm analytics rfm`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from crmkit import Money
from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    figures,
    lists,
    number,
    pass_state,
    phrase,
    written_amount,
)
from crmkit.plugins.analytical.commands.asking import asked, draw, percent
from crmkit.plugins.analytical.commands.saving import keep, saves
from crmkit.plugins.analytical.rfm.charts import heat_map
from crmkit.plugins.analytical.rfm.rfm import customers, measured

if TYPE_CHECKING:
    from crmkit.plugins.analytical.rfm.model import Rfm

_NOBODY = N_("Nobody has bought yet. Log a purchase: crm log REF purchase 12.50")
_LISTED: Final = 20
_SEGMENTS = (
    OutputColumn("segment", style="bold", fixed=True),
    OutputColumn("customers", right=True, fixed=True),
    OutputColumn("share", right=True, fixed=True, shown=percent),
    OutputColumn("spent", right=True, fixed=True, shown=written_amount),
    OutputColumn("spent_share", "Of spent", right=True, fixed=True, shown=percent),
    OutputColumn("recency", "Days since", right=True, shown=lambda days: figures(f"{days:,.0f}")),
    OutputColumn("frequency", "Purchases", right=True, shown=lambda count: figures(f"{count:,.1f}")),
)
_CUSTOMERS = (
    OutputColumn("customer", style="bold"),
    OutputColumn("segment", fixed=True),
    OutputColumn("scores", fixed=True),
    OutputColumn("recency", "Days since", right=True),
    OutputColumn("frequency", "Purchases", right=True),
    OutputColumn("monetary", "Spent", right=True, shown=written_amount),
)


@click.command()
@asked
@click.option("--customers", "people", is_flag=True, help="List customers, the best buyers first.")
@click.option("--segment", metavar="SEGMENT", help="List the customers of this segment.")
@click.option(
    "--limit", type=click.IntRange(1), show_default=str(_LISTED), help="How many customers to list."
)
@saves
@lists
@pass_state
def rfm(
    state: CommandState,
    where: str | None,
    as_of: date | None,
    people: bool,
    segment: str | None,
    limit: int | None,
    save: Path | None,
) -> None:
    """Show who bought how lately, how often and for how much, and the segments that follow.

    Each customer has a score for the days since the last purchase (R), for the number of purchases (F), and
    for purchases less refunds (M); higher is better. FM is the mean of the last two.
    """
    if people or segment or limit:
        _list(state, where, as_of, segment, limit or _LISTED, save)
        return
    found = measured(state.crm, state.crm.plugins.settings("analytical").rfm, where=where, as_of=as_of)
    rows = [segment_row(found, place) for place in range(len(found.segments))]
    chart = heat_map(found) if rows else None
    keep(state, save, _cells(found), chart)
    if state.output.is_json:
        state.output.json(
            {"scores": found.scores, "notes": list(found.notes), "segments": rows, "cells": _cells(found)}
        )
        return
    if state.output.format == "table" and rows:
        _grid(state, found)
    state.output.rows(_SEGMENTS, rows, empty=_NOBODY)
    draw(state, chart)
    for note in found.notes:
        state.output.say(note)


def segment_row(found: Rfm, place: int) -> dict[str, Any]:
    """One segment as a row: money in words."""
    each = found.segments[place]
    return {
        "segment": each.segment,
        "customers": each.customers,
        "share": each.share,
        "spent": str(Money(each.spent, found.currency)),
        "spent_share": each.spent_share,
        "recency": each.recency if each.customers else None,
        "frequency": each.frequency if each.customers else None,
    }


def _cells(found: Rfm) -> list[dict[str, Any]]:
    return [
        {
            "recency_score": each.r,
            "frequency_monetary_score": each.fm,
            "segment": each.segment,
            "customers": each.customers,
            "spent": str(Money(each.spent, found.currency)),
        }
        for each in found.cells
    ]


def _grid(state: CommandState, found: Rfm) -> None:
    """Recency downwards, the best first; frequency and money across."""
    across = range(1, found.scores + 1)
    counts = {(each.r, each.fm): each.customers for each in found.cells}
    columns = [OutputColumn("r", style="bold", fixed=True)]
    columns += [OutputColumn(f"fm{fm}", f"FM {fm}", right=True, fixed=True) for fm in across]
    rows = [
        {"r": f"R {r}", **{f"fm{fm}": f"{number(counts.get((r, fm), 0))}" for fm in across}}
        for r in reversed(across)
    ]
    chosen, state.output.chosen = state.output.chosen, ()
    state.output.rows(columns, rows)
    state.output.data("")
    state.output.chosen = chosen


def _list(
    state: CommandState,
    where: str | None,
    as_of: date | None,
    segment: str | None,
    limit: int,
    save: Path | None,
) -> None:
    crm = state.crm
    settings = crm.plugins.settings("analytical").rfm
    if segment is not None and segment not in settings.order:
        raise click.UsageError(
            phrase(
                "There is no segment {segment!r}. There are: {order}.",
                segment=segment,
                order=", ".join(settings.order),
            )
        )
    found = customers(crm, settings, where=where, as_of=as_of, segment=segment, limit=limit)
    names = {each.id: each.name for each in crm.customers.summaries([each.customer_id for each in found])}
    currency = crm.config.crs.currency
    rows = [
        {
            "customer": names.get(each.customer_id, ""),
            "customer_id": each.customer_id,
            "segment": each.segment,
            "scores": f"{each.r}-{each.f}-{each.m}",
            "recency": each.recency,
            "frequency": each.frequency,
            "monetary": str(Money(each.monetary, currency)),
        }
        for each in found
    ]
    keep(state, save, rows, None)
    empty = _("Nobody is in {segment} now.", segment=segment) if segment else _NOBODY
    state.output.rows(_CUSTOMERS, rows, empty=empty)
