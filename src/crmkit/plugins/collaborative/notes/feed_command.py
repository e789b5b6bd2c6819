"""`crm feed`: what is new of the customers that concern you."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    instant_given,
    limited,
    lists,
    pass_state,
    phrase,
    writes,
    zone_of,
)
from crmkit.plugins.collaborative.notes.feed import Feed

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.notes.model import Entry, FeedPage

_ALL: Final = "everything"
_COLUMNS: Final = (
    OutputColumn("is_new", " ", fixed=True, shown=lambda new: "•" if new else " ", sparse=True),
    OutputColumn("number", "No.", right=True, fixed=True),
    OutputColumn("at", "When", fixed=True, shown=lambda at: at[:16].replace("T", " ")),
    OutputColumn("customer", style="bold"),
    OutputColumn("type"),
    OutputColumn("employee", "Who", sparse=True),
    OutputColumn("summary", "What", wrap=True, sparse=True),
    OutputColumn("because", sparse=True),
)


@click.group(invoke_without_command=True)
@click.option("--mine", is_flag=True, help="Yours: what you follow or look after, and what mentions you.")
@click.option("--team", metavar="TEAM", help="That of a team: what its members follow or look after.")
@click.option("--customer", metavar="REF", help="That of a customer, of an organisation with its people.")
@click.option("--all", "everybodys", is_flag=True, help="What happened with anybody whom you see.")
@click.option("--unread", is_flag=True, help="Of yours only what you have not read.")
@click.option("--since", metavar="TIME", help="Only what was recorded from then on.")
@limited(20, most=1_000)
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@click.option(
    "--read",
    metavar="[NUMBER]",
    is_flag=False,
    flag_value=_ALL,
    help="Mark everything as read, or what is up to NUMBER.",
)
@lists
@click.pass_context
@pass_state
def feed(
    state: CommandState,
    ctx: click.Context,
    *,
    mine: bool,
    team: str | None,
    customer: str | None,
    everybodys: bool,
    unread: bool,
    since: str | None,
    limit: int,
    after: str | None,
    read: str | None,
) -> None:
    """Show what is new: of customers whom you follow or look after, and what mentions you by @name.

    The last recorded comes first; a dot stands before what you have not read.
    """
    if ctx.invoked_subcommand is not None:
        return
    if sum((mine, team is not None, customer is not None, everybodys)) > 1:
        raise click.UsageError("--mine, --team, --customer and --all cannot go together.")
    if read is not None:
        _read(state, read)
        return
    crm, service = state.crm, state.crm.service(Feed)
    if unread and (team or customer or everybodys):
        raise click.UsageError("--unread is of your own feed, and goes with none of another.")
    given: dict[str, Any] = {"limit": limit, "cursor": after, "since": instant_given(crm, since)}
    if team is not None:
        page = service.team(team, **given)
    elif customer is not None:
        page = service.customer(customer, **given)
    elif everybodys or (crm.actor.id is None and not mine and not unread):
        page = service.everything(**given)
    else:
        page = service.mine(unread=unread, **given)
    _print(state, page, unread=unread)


def _print(state: CommandState, page: FeedPage, *, unread: bool) -> None:
    rows = [_row(state.crm, each) for each in page.entries]
    more = _("There are more; go on with: --after {cursor}", cursor=page.next_cursor)
    footer = more if page.next_cursor else ""
    nothing = (
        N_("You have read everything.") if unread else N_("Nothing here yet. Follow somebody: crm follow REF")
    )
    state.output.rows(_COLUMNS, rows, empty=nothing, footer=footer)


def _row(crm: Crm, entry: Entry) -> dict[str, Any]:
    interaction = entry.interaction
    return {
        "number": interaction.seq,
        "is_new": entry.is_new,
        "at": _iso(crm, interaction.occurred_at),
        "recorded_at": _iso(crm, interaction.recorded_at),
        "customer": entry.customer,
        "customer_id": interaction.customer_id,
        "type": interaction.type,
        "channel": interaction.channel,
        "employee": entry.employee,
        "employee_id": interaction.employee_id,
        "summary": crm.interactions.summary(interaction),
        "because": list(entry.because),
    }


def _iso(crm: Crm, at: int) -> str:
    """An instant in ISO 8601, in the business's time zone."""
    moment = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(zone_of(crm))
    return moment.isoformat()


def _read(state: CommandState, up_to: str) -> None:
    if up_to != _ALL and not up_to.isdecimal():
        raise click.UsageError(
            phrase("--read takes the number of an entry, or none, not {up_to!r}.", up_to=up_to)
        )
    found = state.crm.service(Feed).read(None if up_to == _ALL else int(up_to))
    state.output.receipt(
        _("Read up to number {number}", number=found.read_to),
        undo=f"crm feed --read {found.before}" if found.before != found.read_to else "",
        reference=found.read_to,
        record={"read_to": found.read_to, "before": found.before},
    )


@feed.command()
@click.argument("wanted", metavar="on|off", type=click.Choice(["on", "off"]))
@writes
@pass_state
def digest(state: CommandState, wanted: str) -> None:
    """Have an e-mail of what you have not read, or none: on or off."""
    changed = state.crm.service(Feed).digest(wanted == "on")
    other = "off" if wanted == "on" else "on"
    said = {
        ("on", True): _("Digests are on"),
        ("on", False): _("Digests are on already"),
        ("off", True): _("Digests are off"),
        ("off", False): _("Digests are off already"),
    }
    state.output.receipt(
        said[wanted, changed],
        undo=f"crm feed digest {other}" if changed else "",
        reference=wanted,
        record={"digest": wanted == "on", "changed": changed},
    )
