"""`crm go-live`: from rehearsing to writing to real people."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit.cli.options import asks, rehearses, writes
from crmkit.cli.prompts import confirm_typed
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import _, ngettext
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    from crmkit.core.effects.going_live import Readiness

_WORD = "live"


@click.command("go-live")
@click.option("--back", is_flag=True, help="Rehearse again, such as after a restore.")
@asks
@rehearses
@writes
@pass_state
def go_live(state: State, back: bool, dry_run: bool) -> None:
    """End the rehearsal: from then on messages and other acts of rules leave the house.

    Shows what becomes real before it asks. What was rehearsed counts as never done.
    """
    crm = state.crm
    found = crm.rehearsal.readiness()
    if dry_run:
        state.output.preview("\n".join(_lines(state, found)), _record(state, found))
    elif back:
        crm.rehearsal.begin_again()
        state.output.receipt(
            _("Rehearsing again: what would leave the house goes to files"),
            undo="crm go-live", reference="rehearsal", record={"rehearsal": True},
        )  # fmt: skip
    else:
        if found.is_rehearsing and found.clock is None:  # anything else is refused, and needs no yes
            for line in _lines(state, found):
                state.output.say(safe(line))
            confirm_typed(_("Go live now?"), _WORD, yes=state.yes, no_input=state.no_input)
        crm.rehearsal.end()
        state.output.receipt(
            _("Live: what rules send leaves the house from now on"),
            undo="crm go-live --back", reference=_WORD, record={"rehearsal": False},
        )  # fmt: skip


def note_rehearsal(state: State, rules: Collection[str]) -> None:
    """Say that this is a rehearsal, and where the files go, if one of these rules reaches outside."""
    from crmkit.core.strategy.rules import Rule

    crm = state.crm
    reaching = any(
        isinstance(rule, Rule) and rule.name in rules and any(step.action.prepare for step in rule.steps)
        for rule in crm.strategy.rules()
    )
    if reaching and crm.rehearsal.is_on:
        state.output.say(said_of_rehearsal(state))


def said_of_rehearsal(state: State) -> str:
    """That this is a rehearsal, where its files go, and how to end it."""
    folder = safe(f"{near(state.crm.rehearsal.folder)}/")
    return _(
        "This is a rehearsal: what would go out is written to {folder}. To make it real: crm go-live",
        folder=folder,
    )


def near(path: Path) -> str:
    """A path as short as it can be typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _lines(state: State, found: Readiness) -> Iterator[str]:
    """What becomes real, and what is not ready."""
    if found.live_at is not None:
        yield _("Live since {when}.", when=local_time(moment(state.crm, found.live_at) or ""))
    yield _("What reaches outside:") if found.rules else _("No rule reaches outside yet.")
    for rule, says in found.rules:
        yield f"  {rule}: {says}"
    if found.clock is not None:
        yield "! " + _("crm.toml sets the clock, and while it does nobody goes live: crm clock --real")
    yield from _about_channels(found)
    for purpose in found.unworded:
        yield "! " + _("{purpose} has no wording: nobody can tell what customers agreed to.", purpose=purpose)
        yield "    " + _('[purposes.{purpose}] wording = "I want …"', purpose=purpose)
    if found.unlinked:
        names = ", ".join(found.unlinked)
        said = _("Marketing by which nobody can unsubscribe: {names}. See: crm templates check", names=names)
        yield f"! {said}"
    for rule, reason in found.broken:
        yield "! " + _("The rule {rule} is left out: {reason}", rule=rule, reason=shown(reason))
    if found.rehearsed:
        yield ngettext(
            "{count} act is rehearsed; they will count as never done.",
            "{count} acts are rehearsed; they will count as never done.",
            found.rehearsed,
        )
    if found.pending:
        yield "! " + ngettext(
            "{count} act is waiting in the ledger, and will go out: crm effects list",
            "{count} acts are waiting in the ledger, and will go out: crm effects list",
            found.pending,
        )


def _about_channels(found: Readiness) -> Iterator[str]:
    for channel, delivers in found.channels:
        if delivers:
            yield _("Messages by {channel} are delivered.", channel=channel)
        else:
            undelivered = _(
                "Nothing delivers by {channel}: no plugin hands its messages over, and they will fail.",
                channel=channel,
            )
            yield f"! {undelivered}"
    for finding in found.findings:
        message = shown(finding.message)
        yield f"! {message}" if finding.level != "note" else f"{message}."
        if finding.hint:
            yield f"    {shown(finding.hint)}"


def _record(state: State, found: Readiness) -> dict[str, object]:
    return {
        "rehearsal": found.is_rehearsing,
        "live_at": None if found.live_at is None else moment(state.crm, found.live_at),
        "rules": [{"rule": rule, "does": says} for rule, says in found.rules],
        "channels": [{"channel": channel, "delivers": delivers} for channel, delivers in found.channels],
        "findings": [
            {"level": each.level, "message": each.message, "hint": each.hint} for each in found.findings
        ],
        "unworded": list(found.unworded),
        "unlinked": list(found.unlinked),
        "broken": [{"rule": rule, "problem": reason} for rule, reason in found.broken],
        "rehearsed": found.rehearsed,
        "pending": found.pending,
        "clock": found.clock,
    }
