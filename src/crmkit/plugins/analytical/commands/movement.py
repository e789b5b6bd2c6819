"""`crm analytics movement`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit import Invalid
from crmkit.plugin import (
    N_,
    CommandState,
    Duration,
    OutputColumn,
    _,
    day_bounds,
    lists,
    local_date,
    ngettext,
    number,
    parse_duration,
    pass_state,
    phrase,
)
from crmkit.plugins.analytical.calendar import UNITS, Calendar
from crmkit.plugins.analytical.commands.asking import asked, draw, length, percent
from crmkit.plugins.analytical.commands.saving import keep, saves
from crmkit.plugins.analytical.movement.charts import flow, heat_map, said
from crmkit.plugins.analytical.movement.movement import moved
from crmkit.plugins.analytical.movement.states import RFM
from crmkit.plugins.analytical.movement.staying import time_in_states

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.analytical.movement.model import Movement, TimeInState

_MOVES = tuple(map(OutputColumn, ("from", "to", "customers", "of", "share", "low", "high")))
_STAYS = (
    OutputColumn("state", style="bold", fixed=True),
    OutputColumn("stays", right=True),
    OutputColumn("ended", right=True),
    OutputColumn("median", "Half stay (days)", right=True),
    OutputColumn("after_30", "30 days", right=True, shown=percent),
    OutputColumn("after_90", "90 days", right=True, shown=percent),
    OutputColumn("after_365", "365 days", right=True, shown=percent),
)


@click.command()
@click.argument("name", metavar="NAME", default=RFM)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]),
    metavar="D",
    help="From the end of that day; 90 days ago.",
)
@click.option("--every", type=click.Choice(UNITS), help="Step by step: what each of them moved, added up.")
@click.option(
    "--inactive",
    metavar="T",
    callback=length,
    help="Who had not bought for so long is inactive; for rfm_segment a year, where nothing is said.",
)
@click.option("--rates", is_flag=True, help="Shares of each line instead of counts.")
@click.option("--time", "stays", is_flag=True, help="How long customers stay in each state instead.")
@click.option(
    "--picture", type=click.Choice(["heat", "flow"]), default="heat", show_default=True, help="For --save."
)
@asked
@saves
@lists
@pass_state
def movement(
    state: CommandState,
    name: str,
    since: datetime | None,
    every: str | None,
    inactive: Duration | None,
    rates: bool,
    stays: bool,
    picture: str,
    where: str | None,
    as_of: date | None,
    save: Path | None,
) -> None:
    """Show from which state to which customers went: a line for where they were, a column for where they are.

    NAME is a trait (rfm_segment, where nothing is said), a field, lifecycle, or segments: a,b,c. Scores of
    rfm_segment are held against the breaks of the first day.
    """
    crm = state.crm
    if stays:
        _stays(state, time_in_states(crm, name, where=where, as_of=as_of), save)
        return
    instants = _instants(crm, since, as_of, every)
    if inactive is None and name == RFM:
        inactive = parse_duration("1 year")
    found = moved(crm, name, instants, inactive=inactive, where=where)
    chart = (flow(found) if picture == "flow" else heat_map(found)) if found.moves else None
    keep(state, save, move_rows(found), chart)
    if state.output.is_json:
        state.output.json(_document(crm, found))
        return
    if state.output.format == "csv":
        state.output.rows(_MOVES, move_rows(found))
        return
    _matrix(state, found, rates=rates)
    draw(state, chart)
    if found.moves:
        first, last = (local_date(at, crm.metrics.question().tz) for at in (instants[0], instants[-1]))
        days = {"first": first, "last": last}
        span = (
            ngettext(
                "{first} to {last} in {count} step.",
                "{first} to {last} in {count} steps.",
                len(instants) - 1,
                **days,
            )
            if every
            else _("{first} to {last}.", **days)
        )
        state.output.say(f"\n{span} {said(found)}")


def _instants(crm: Crm, since: datetime | None, as_of: date | None, every: str | None) -> list[int]:
    """The last instant of the first day, those between, and that asked about."""
    question = crm.metrics.question(as_of=as_of)
    last = question.as_of
    day = since.date() if since is not None else local_date(last, question.tz) - timedelta(days=90)
    start = day_bounds(day, question.tz)[1] - 1
    if start >= last:
        raise Invalid(
            phrase("{day} is not before the end", day=day), hint="Give an earlier day: --since 2026-01-31"
        )
    if every is None:
        return [start, last]
    between = Calendar.of(every, start + 1, last, question.tz).bounds
    return [start, *(each - 1 for each in between if start < each - 1 < last), last]


def _matrix(state: CommandState, found: Movement, *, rates: bool) -> None:
    columns = [OutputColumn("origin", "From", style="bold", fixed=True)]
    columns += [
        OutputColumn(f"to_{each}", each, right=True, fixed=True, is_name=True) for each in found.destinations
    ]
    columns += [OutputColumn("total", "All", right=True, fixed=True)]
    rows = []
    for origin in found.origins:
        whole = found.out_of(origin)
        counts = {each: found.customers(origin, each) for each in found.destinations}
        shown = {f"to_{each}": _cell(many, whole, rates=rates) for each, many in counts.items()}
        rows.append({"origin": origin, **shown, "total": number(whole)})
    if rows:
        totals = {f"to_{each}": number(found.into(each)) for each in found.destinations}
        rows.append({"origin": _("All"), **totals, "total": number(found.total)})
    empty = N_("Nobody was in any state. Log a purchase: crm log REF purchase 12.50")
    state.output.rows(columns, rows if found.moves else [], empty=empty)


def _cell(many: int, whole: int, *, rates: bool) -> str:
    if not rates:
        return number(many)
    return percent(many / whole) if whole else ""


def move_rows(found: Movement) -> list[dict[str, Any]]:
    """A row for each move that anybody made."""
    rows = []
    for each in found.moves:
        low, high = each.interval.bounds
        rows.append(
            {
                "from": each.origin,
                "to": each.destination,
                "customers": each.customers,
                "of": each.of,
                "share": each.share,
                "low": low,
                "high": high,
            }
        )
    return rows


def _document(crm: Crm, found: Movement) -> dict[str, Any]:
    tz = crm.metrics.question().tz
    return {
        "of": found.name,
        "days": [local_date(at, tz) for at in found.instants],
        "states": list(found.destinations),
        "customers": found.total,
        "new": found.new,
        "stayed": found.stayed,
        "became_inactive": found.lost,
        "returned": found.returned,
        "moves": move_rows(found),
    }


def _stays(state: CommandState, found: list[TimeInState], save: Path | None) -> None:
    import attrs

    rows = [attrs.asdict(each) for each in found]
    keep(state, save, rows, None)
    state.output.rows(_STAYS, rows, empty=N_("Nobody is on record."))
    if rows and state.output.format == "table":
        state.output.say(_("Where nothing stands, nobody has been watched for so long."))
