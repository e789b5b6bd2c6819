"""`crm incoming`: what other programs sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists
from crmkit.cli.state import State, pass_state
from crmkit.core.language import N_

if TYPE_CHECKING:
    from crmkit.core.incoming.service import Received

_LISTED = (
    Column("at", "When", fixed=True),
    Column("from", fixed=True, style="bold"),
    Column("import", "Became"),
    Column("created", right=True),
    Column("updated", right=True),
    Column("unchanged", right=True),
    Column("rejected", "Refused", right=True),
    Column("why", "Refused rows, or why it was not read", wrap=True),
)
_DOORS = (
    Column("from", fixed=True, style="bold"),
    Column("url", "Where", fixed=True),
    Column("what", "Sends"),
    Column("doc", "What for", wrap=True),
)
_NONE = N_("Nothing came within the last month.")
_NO_DOORS = N_(
    "No program reports here yet. Declare one in crm.toml:\n"
    '[incoming.shop]\nwhat = "interactions"\nsecret = "env:SHOP_SECRET"'
)


@click.group(cls=Noun)
def incoming() -> None:
    """What other programs report by signed requests, taken in by `crm serve`."""


@incoming.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="How many.")
@lists
@pass_state
def list_(state: State, limit: int) -> None:
    """List what came within the last month, the newest first; refused rows stand in files."""
    rows = [_row(state, each) for each in state.crm.incoming.list(limit)]
    state.output.rows(_LISTED, rows, empty=_NONE)


@incoming.command("doors")
@lists
@pass_state
def doors(state: State) -> None:
    """List who may report here, and the address each is to be told."""
    base = state.crm.config.web.base or ""
    rows = [
        {"from": name, "url": f"{base}/in/{name}", "what": door.what, "doc": door.doc}
        for name, door in state.crm.config.incoming.items()
    ]
    state.output.rows(_DOORS, rows, empty=_NO_DOORS)


def _row(state: State, each: Received) -> dict[str, Any]:
    from crmkit.core.instants import format_instant

    counts = each.counts
    return {
        "at": format_instant(each.at, state.crm.kernel.tz),
        "from": each.name,
        "import": each.ref,
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "why": each.error or (str(each.rejects_file) if each.rejects_file else None),
    }
