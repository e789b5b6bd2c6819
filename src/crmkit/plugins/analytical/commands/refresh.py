"""`crm analytics refresh`: bring the replica up to date."""

from __future__ import annotations

from typing import Any

import click
from attrs import asdict

from crmkit.plugin import CommandState, _, ngettext, pass_state, shown, writes


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
    with state.progress(_("Reading the log")):
        done = bring_up_to_date(crm, rebuild=rebuild)
    if done.why:
        state.output.say(_("Made anew: {why}.", why=shown(done.why)))
    record: dict[str, Any] = {**asdict(done), "folder": str(folder_of(crm).path)}
    state.output.receipt(_sentence(done), record=record)


def _sentence(done: Any) -> str:
    held = ngettext("{count} interaction", "{count} interactions", done.rows)
    parts = ngettext("{count} part", "{count} parts", done.parts)
    if not done.added and not done.written:
        return _("The replica was up to date: {held} in {parts}", held=held, parts=parts)
    what = [] if done.rebuilt else [ngettext("{count} added", "{count} added", done.added)]
    what.append(ngettext("{count} written", "{count} written", done.written))
    return _(
        "The replica has {held} ({what}) in {parts}, {megabytes} MB, {seconds} s",
        held=held,
        what=", ".join(what),
        parts=parts,
        megabytes=f"{done.bytes / 1_000_000:,.1f}",
        seconds=f"{done.seconds:.2f}",
    )
