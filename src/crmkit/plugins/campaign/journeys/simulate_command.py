"""`crm journeys simulate`: a journey tried out on what comes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    day_of,
    lists,
    ngettext,
    number,
    pass_state,
    today_of,
    translated,
)
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.rules import parts_of

if TYPE_CHECKING:
    from crmkit import Crm

_USUAL: Final = 365


@click.command()
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 1097), metavar="N", help="So many days, today included [365].")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]),
    metavar="DATE",
    help="The last day, in place of --days.",
)
@lists
@pass_state
def simulate(state: CommandState, name: str, days: int | None, until: datetime | None) -> None:
    """Play a journey forward, step by step and month by month. Nothing is done.

    One that does not run is tried as if it were started now. Only time goes on: nobody buys or answers.
    """
    if days is not None and until is not None:
        raise click.UsageError("--days and --until cannot go together.")
    crm = state.crm
    last = today_of(crm) + timedelta(days=(days or _USUAL) - 1) if until is None else until.date()
    with state.progress(_("Simulating")) as advance:
        found = crm.service(Journeys).simulate(name, until=last, keep=True, progress=advance)
    steps = list(dict.fromkeys(act.step for act in sorted(found.acts)))
    counts = Counter((_month(crm, act.at), act.step) for act in found.acts)
    rows: list[dict[str, Any]] = [
        {"month": month, **{step: counts[month, step] for step in steps}} for month in found.months
    ]
    state.output.rows(
        (OutputColumn("month", fixed=True), *(_column(step) for step in steps)),
        rows if steps else [],
        empty=N_("Nobody would come to an act."),
        footer=_footer(found),
    )


def _column(step: str) -> OutputColumn:
    return OutputColumn(step, parts_of(step)[1], right=True, fixed=True, is_name=True)


def _footer(found: Any) -> str:
    (rule,) = found.rules or (None,)
    if rule is None:
        return ""
    said = ngettext(
        "{count} act for {people} of {customers} customers.",
        "{count} acts for {people} of {customers} customers.",
        rule.total, people=number(rule.people), customers=number(found.customers),
    )  # fmt: skip
    stopped = ", ".join(f"{translated(gate)} {number(each.times)}" for gate, each in rule.stopped.items())
    return f"{said} {_('Left out: {stopped}.', stopped=stopped)}" if stopped else said


def _month(crm: Crm, at: int) -> str:
    return f"{day_of(crm, at):%Y-%m}"
