"""`crm analytics refresh`: bring the replica up to date."""

from __future__ import annotations

from typing import Any

import click
from attrs import asdict

from crmkit.plugin import CommandState, pass_state, writes


@click.command()
@click.option("--rebuild", is_flag=True, help="From the start, not only what is new.")
@writes
@pass_state
def refresh(state: CommandState, rebuild: bool) -> None:
    """Bring the replica up to date: the copy of the log from which answers over many customers are read."""
    from crmkit.plugins.analytical.replica.folder import folder_of
    from crmkit.plugins.analytical.replica.refreshing import refresh as bring_up_to_date

    crm = state.crm
    crm.require("database.manage")
    with state.progress("Reading the log"):
        done = bring_up_to_date(crm, rebuild=rebuild)
    if done.why:
        state.output.say(f"Made anew: {done.why}.")
    record: dict[str, Any] = {**asdict(done), "folder": str(folder_of(crm).path)}
    state.output.receipt(_sentence(done), record=record)


def _sentence(done: Any) -> str:
    if not done.added and not done.written:
        return f"The replica was up to date: {done.rows:,} interactions in {_parts(done.parts)}"
    what = f"{done.added:,} added, " if not done.rebuilt else ""
    size = f"{done.bytes / 1_000_000:,.1f} MB, {done.seconds:.2f} s"
    held = f"{done.rows:,} interactions ({what}{done.written:,} written)"
    return f"The replica has {held} in {_parts(done.parts)}, {size}"


def _parts(count: int) -> str:
    return "1 part" if count == 1 else f"{count} parts"
