"""`crm send`: write to one customer, by a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import rehearses, writes
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import _
from crmkit.core.phrase import phrase
from crmkit.core.strategy.reasons import recorded_reason, told

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
        return _("It would not be sent: {reason}", reason=told(sent.reason))
    head = _("This would be rehearsed:") if sent.is_rehearsal else _("This would be sent:")
    said = f"{head}\n\n{sent.text}"
    if sent.state != "held":
        return said
    return f"{said}\n\n{_('It would wait: {reason}.', reason=told(sent.reason))}"


def _refuse(sent: Sent, ref: str) -> None:
    """Leave with an error where nothing went out."""
    from crmkit.core.errors import Conflict, CrmError

    if sent.state == "dropped":
        raise Conflict(
            phrase("Not sent: {reason}", reason=recorded_reason(sent.reason or "")),
            hint=phrase("What they agreed to: crm consent show {ref}", ref=ref),
        )
    if sent.state in _NOT_SENT:
        raise CrmError(
            phrase("Not sent: {reason}", reason=recorded_reason(sent.reason or "")),
            hint=phrase("See it: crm effects show {effect}", effect=sent.effect),
        )


def _told(state: State, sent: Sent) -> str:
    """What became of it, in a line."""
    from crmkit.cli.going_live import near
    from crmkit.core.effects.rehearsal import file_of

    assert sent.message is not None
    said = {
        "name": safe(sent.message.name or sent.message.to), "channel": sent.message.channel,
        "reason": told(sent.reason) or _("it is tried again then"),
        "when": local_time(moment(state.crm, sent.until) or ""),
    }  # fmt: skip
    if sent.state == "done" and sent.is_rehearsal:
        file = file_of(state.crm.kernel, sent.effect or 0)
        rehearsed = _("Rehearsed a message to {name} by {channel}", **said)
        return f"{rehearsed}: {near(file)}" if file is not None else rehearsed
    if sent.state == "done":
        return _("Sent a message to {name} by {channel}", **said)
    if sent.state == "unconfirmed":
        return _("A message to {name} by {channel} may have been sent, nobody knows: {reason}", **said)
    return _("A message to {name} by {channel} waits until {when}: {reason}", **said)


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
