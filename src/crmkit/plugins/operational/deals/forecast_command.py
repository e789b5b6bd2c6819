"""`crm deals forecast`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    day_bounds,
    figures,
    lists,
    ngettext,
    pass_state,
    translated,
    written_period,
    zone_of,
)
from crmkit.plugins.operational.deals.desk import SalesDesk

if TYPE_CHECKING:
    from crmkit import Crm, Money
    from crmkit.plugins.operational.deals.forecast import Forecast, ForecastLine
    from crmkit.plugins.operational.deals.waterfall import Waterfall

_DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])
_HEADINGS = {
    None: N_("Deals"),
    "employee": N_("Employee"),
    "team": N_("Team"),
    "pipeline": N_("Pipeline"),
    "quarter": N_("Quarter"),
}
_AMOUNTS = {
    "pipeline": N_("Pipeline"),
    "won": N_("Won"),
    "commit": N_("Commit"),
    "best_case": N_("Best case"),
    "by_stage": N_("By stage"),
    "by_history": N_("By history"),
}


@click.command()
@click.option(
    "--by", type=click.Choice(["employee", "team", "pipeline", "quarter"]), help="A line for each of them."
)
@click.option(
    "--period", metavar="PERIOD", help="For deals that close in it, such as 2026-Q4; this quarter, if none."
)
@click.option(
    "--as-of", metavar="DAY", type=_DAY, help="As it was at the end of that day, by the change log."
)
@click.option("--since", metavar="DAY", type=_DAY, help="What has changed since the end of that day.")
@lists
@pass_state
def forecast(state: CommandState, by: str | None, period: str | None, **days: datetime | None) -> None:
    """What to expect of the deals that close in a period.

    Won is certain. Commit and best case add the open deals that their owners say so of; by stage adds every
    open deal times its probability, by history times how often deals like it were won in the last year.
    --since shows step by step how the open deals came from what they were worth then to now.
    """
    crm = state.crm
    as_of, since = (_end(crm, days[name]) for name in ("as_of", "since"))
    text = period or (None if by == "quarter" else "this quarter")
    wanted = None if text is None or text == "all time" else crm.metrics.period(text, as_of)
    desk = crm.service(SalesDesk)
    if since is not None:
        _show_waterfall(state, desk.waterfall(since, wanted, until=as_of), days["since"])
        return
    _show(state, desk.forecast(wanted, by=by, as_of=as_of), by)


def _end(crm: Crm, day: datetime | None) -> int | None:
    """The last instant of a day, or now where that has not come yet."""
    if day is None:
        return None
    end = day_bounds(day.date(), zone_of(crm))[1] - 1
    return min(end, crm.clock.now())


def _show(state: CommandState, found: Forecast, by: str | None) -> None:
    rows = [_row(each, by) for each in found.lines]
    if by is None or (state.output.format == "table" and rows):
        rows.append(_row(found.total, by) | {by or "group": _("all")})
    columns = [OutputColumn(by or "group", _HEADINGS[by], style="bold")]
    columns += [OutputColumn("open", right=True, fixed=True)]
    columns += [
        OutputColumn(name, title, right=True, fixed=True, shown=_bare) for name, title in _AMOUNTS.items()
    ]
    columns += [OutputColumn("quota", right=True, fixed=True, shown=_bare, sparse=True)]
    columns += [OutputColumn("reached", right=True, fixed=True, shown=figures, sparse=True)]
    told = {"day": found.day, "currency": found.total.won.currency}
    footer = (
        _(
            "Deals that close in {period}, as of {day}, in {currency}.",
            period=written_period(found.period) or found.period,
            **told,
        )
        if found.period
        else _("Deals whenever they close, as of {day}, in {currency}.", **told)
    )
    if found.unplaced:
        footer += "\n" + _unplaced(found.unplaced)
    state.output.rows(columns, rows, empty=N_("No deals."), footer=footer)


def _unplaced(count: int) -> str:
    return ngettext(
        "{count} open deal is not in it: its closing day is missing or over. Which one: crm deals list",
        "{count} open deals are not in it: closing days are missing or over. Which ones: crm deals list",
        count,
    )


def _row(line: ForecastLine, by: str | None) -> dict[str, Any]:
    amounts = {name: str(getattr(line, name)) for name in _AMOUNTS}
    reached = line.reached
    return {
        by or "group": line.group, "open": line.open, **amounts,
        "quota": str(line.quota) if line.quota else None,
        "reached": None if reached is None else f"{float(reached):.1%}",
    }  # fmt: skip


def _show_waterfall(state: CommandState, found: Waterfall, since: datetime | None) -> None:
    day = since.date().isoformat() if since else ""
    rows = [{"step": _("open on {day}", day=day), "deals": None, "value": str(found.before)}]
    rows += [
        {"step": translated(each.name), "deals": each.deals, "value": _signed(each.value)}  # type: ignore[dict-item]
        for each in found.steps
    ]
    rows.append({"step": _("open now"), "deals": None, "value": str(found.after)})
    columns = (
        OutputColumn("step", "What", style="bold"),
        OutputColumn("deals", right=True, fixed=True),
        OutputColumn("value", right=True, fixed=True),
    )
    state.output.rows(columns, rows)


def _signed(value: Money) -> str:
    return f"+{value}" if value.minor > 0 else str(value)


def _bare(value: Any) -> str:
    return figures(str(value).rpartition(" ")[0])
