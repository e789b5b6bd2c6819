"""`crm webhooks`: what other programs are told, how far they are, and the stream itself."""

from __future__ import annotations

from typing import Any

import click
from attrs import asdict

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    instant_given,
    lists,
    ngettext,
    pass_state,
    shown_instant,
    writes,
)
from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions


@click.group()
def webhooks() -> None:
    """What other programs are told as it happens, and how far they are."""


@webhooks.command("list")
@lists
@pass_state
def list_(state: CommandState) -> None:
    """List the subscriptions of crm.toml, and what waits for each."""
    crm = state.crm
    rows = [asdict(each) for each in crm.service(Subscriptions).list()]
    if crm.rehearsal.is_on and rows:
        state.output.detail(_("Nothing is queued or sent while the business rehearses: crm go-live"))
    state.output.rows(
        (
            OutputColumn("name", style="bold"),
            OutputColumn("webhook", "Told"),
            OutputColumn("on", "Of", shown=lambda on: ", ".join(on) or _("everything")),
            OutputColumn("waiting", "Waiting", right=True),
            OutputColumn("parked", "Not taken", right=True),
            OutputColumn("delivered_at", "Last", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("paused_at", "Paused since", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("reason", "Trouble"),
            OutputColumn("doc", "What for"),
        ),
        rows,
        empty=N_("No program is told. Declare one in crm.toml: [plugins.collaborative.subscriptions.NAME]"),
    )


@webhooks.command("show")
@click.argument("name")
@click.option("--parked", is_flag=True, help="Only what was not taken.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@lists
@pass_state
def show(state: CommandState, name: str, parked: bool, limit: int) -> None:
    """Show the newest deliveries of a subscription."""
    crm = state.crm
    found = crm.service(Subscriptions).deliveries(name, state="parked" if parked else None, limit=limit)
    state.output.rows(
        (
            OutputColumn("event", "Event", style="bold"),
            OutputColumn("name", "What"),
            OutputColumn("state"),
            OutputColumn("attempts", "Tries", right=True),
            OutputColumn("queued_at", "Since", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("due_at", "Next try", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("reason", "Why not"),
        ),
        [asdict(each) for each in found],
        empty=_("Nothing was sent to {name} yet.", name=name),
    )


@webhooks.command("run")
@writes
@pass_state
def run(state: CommandState) -> None:
    """Send now what waits, without the worker."""
    crm = state.crm
    service = crm.service(Subscriptions)
    if crm.rehearsal.is_on:
        state.output.warn(_("Nothing is sent while the business rehearses: crm go-live"))
        return
    while service.run():
        pass
    standing = service.list()
    waiting, parked = sum(each.waiting for each in standing), sum(each.parked for each in standing)
    said = [ngettext("{count} event waits", "{count} events wait", waiting)]
    if parked:
        said.append(ngettext("{count} was not taken", "{count} were not taken", parked))
    done = _("Sent what was due; {rest}", rest=", ".join(said))
    state.output.receipt(done, record={"waiting": waiting, "parked": parked})


@webhooks.command("pause")
@click.argument("name")
@writes
@pass_state
def pause(state: CommandState, name: str) -> None:
    """Send nothing until it is resumed; nothing is lost."""
    state.crm.service(Subscriptions).pause(name)
    state.output.receipt(
        _("{name} is told nothing", name=name), undo=f"crm webhooks resume {name}", reference=name
    )


@webhooks.command("resume")
@click.argument("name")
@writes
@pass_state
def resume(state: CommandState, name: str) -> None:
    """Go on where it was paused."""
    state.crm.service(Subscriptions).resume(name)
    state.output.receipt(
        _("{name} is told again", name=name), undo=f"crm webhooks pause {name}", reference=name
    )


@webhooks.command("retry")
@click.argument("name")
@writes
@pass_state
def retry(state: CommandState, name: str) -> None:
    """Try at once what waits, and again what was not taken."""
    many = state.crm.service(Subscriptions).retry(name)
    said = ngettext("{count} event is tried again", "{count} events are tried again", many)
    state.output.receipt(said, reference=name, record={"retried": many})


@webhooks.command("replay")
@click.argument("name")
@click.option("--since", metavar="TIME", required=True, help="From when on: 2026-05-01, or with a time.")
@writes
@pass_state
def replay(state: CommandState, name: str, since: str) -> None:
    """Send again what happened since a time, under the ids that it had."""
    at = instant_given(state.crm, since)
    many = state.crm.service(Subscriptions).replay(name, since=at or 0)
    said = ngettext("{count} event is sent again", "{count} events are sent again", many)
    state.output.receipt(said, reference=name, record={"replayed": many})


@webhooks.command("events")
@click.option("--after", metavar="CURSOR", help="Where the last page ended; without it, from the beginning.")
@click.option("--on", "on", metavar="NAME", multiple=True, help="Only these: purchase, case.*")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Entries.")
@click.option("--full", is_flag=True, help="Also what is in interactions, and from what to what.")
@pass_state
def events(state: CommandState, **asked: Any) -> None:
    """Write the stream of what happened: a JSON object a line, the cursor of the next page in the last."""
    import json

    page = state.crm.events.after(asked["after"], on=asked["on"], limit=asked["limit"], full=asked["full"])
    for each in page.events:
        said = {key: value for key, value in asdict(each).items() if key != "customer_id"}
        state.output.data(json.dumps(said, ensure_ascii=False))
    state.output.data(json.dumps({"cursor": page.cursor, "is_end": page.is_end}))
