"""`crm send`: write to one customer, by a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import rehearses, writes
from crmkit.cli.output import safe
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.messages.sending import Sent

_NOT_SENT = ("dropped", "failed", "skipped")


@click.command()
@click.argument("ref", metavar="REF")
@click.option("--template", metavar="NAME", required=True, help="What to write: crm templates list")
@click.option("--purpose", metavar="NAME", help="What for, if there are several: crm words purposes")
@click.option("--channel", metavar="NAME", help="How; their preferred one, or e-mail, if not given.")
@rehearses
@writes
@pass_state
def send(
    state: State, ref: str, template: str, purpose: str | None, channel: str | None, dry_run: bool
) -> None:
    """Write to customer REF by a template: if they agreed to it, and no limit is reached.

    Until crm go-live it is written to a file under rehearsal/ and goes nowhere. Exits with 5 when it may not
    be sent, with 1 when it could not be.
    """
    what_for = purpose or _only_purpose(state)
    sent = state.crm.messages.send(ref, template, purpose=what_for, channel=channel, dry_run=dry_run)
    record = _record(state, sent)
    if dry_run:
        state.output.preview(_would(sent), record)
        return
    _refuse(sent, ref)
    state.output.receipt(_told(state, sent), reference=f"effect:{sent.effect}", record=record)


def _only_purpose(state: State) -> str:
    """The purpose that a business with a single one means. Raises `click.UsageError` for several, or none."""
    names = [word.name for word in state.crm.words.purposes]
    if len(names) == 1:
        return names[0]
    if not names:
        raise click.UsageError("No purposes are declared.\nWrite one in crm.toml: [purposes.news]")
    raise click.UsageError(phrase("What for?\nSay one of them: --purpose {names}", names=", ".join(names)))


def _would(sent: Sent) -> str:
    if sent.state == "dropped":
        return f"It would not be sent: {sent.reason}"
    held = f"\n\nIt would wait: {sent.reason}." if sent.state == "held" else ""
    return f"This would be {'rehearsed' if sent.is_rehearsal else 'sent'}:\n\n{sent.text}{held}"


def _refuse(sent: Sent, ref: str) -> None:
    """Leave with an error where nothing went out."""
    from crmkit.core.errors import Conflict, CrmError

    if sent.state == "dropped":
        raise Conflict(
            phrase("Not sent: {reason}", reason=sent.reason),
            hint=phrase("What they agreed to: crm consent show {ref}", ref=ref),
        )
    if sent.state in _NOT_SENT:
        raise CrmError(
            phrase("Not sent: {reason}", reason=sent.reason),
            hint=phrase("See it: crm effects show {effect}", effect=sent.effect),
        )


def _told(state: State, sent: Sent) -> str:
    """What became of it, in a line."""
    from crmkit.cli.going_live import near
    from crmkit.core.effects.rehearsal import file_of

    assert sent.message is not None
    to = f"{safe(sent.message.name or sent.message.to)} by {sent.message.channel}"
    if sent.state == "done" and sent.is_rehearsal:
        file = file_of(state.crm.kernel, sent.effect or 0)
        where = f": {near(file)}" if file is not None else ""
        return f"Rehearsed a message to {to}{where}"
    if sent.state == "done":
        return f"Sent a message to {to}"
    if sent.state == "unconfirmed":
        return f"A message to {to} may have been sent, nobody knows: {sent.reason}"
    when = local_time(moment(state.crm, sent.until) or "")
    return f"A message to {to} waits until {when}: {sent.reason or 'it is tried again then'}"


def _record(state: State, sent: Sent) -> dict[str, Any]:
    message = sent.message
    return {
        "effect": sent.effect,
        "state": sent.state,
        "reason": sent.reason,
        "until": moment(state.crm, sent.until) if sent.until is not None else None,
        "rehearsal": sent.is_rehearsal,
        "channel": message.channel if message else None,
        "to": message.to if message else None,
        "language": message.language if message else None,
        "subject": message.subject if message else None,
        "text": message.text if message else None,
    }
