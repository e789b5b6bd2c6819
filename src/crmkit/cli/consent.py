"""`crm consent`: who agreed to be written to, for what and by which channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, writes
from crmkit.cli.records import consent_record, local_time
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import instant
from crmkit.core.language import _, translated
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

# Channels whose messages need a contact point, of which kind.
_ADDRESSED = {"email": "email", "phone": "phone", "sms": "phone"}
_COLUMNS = (
    Column("at", "When", fixed=True, shown=local_time),
    Column("purpose", style="bold"),
    Column("channel"),
    Column("state", shown=translated),
    Column("source", shown=translated),
    Column("wording_version", "Wording", right=True),
    Column("evidence", shown=translated),
    Column("actor", "Entered by"),
)


@click.group(cls=Noun)
def consent() -> None:
    """Who may be written to, and for what. The history is only ever added to."""


@consent.command()
@click.argument("ref")
@lists
@pass_state
def show(state: State, ref: str) -> None:
    """Show every consent that customer REF has given or withdrawn."""
    crm = state.crm
    rows = [consent_record(crm, entry) for entry in crm.consent.show(ref)]
    state.output.rows(
        _COLUMNS,
        rows,
        empty=_(
            "Nothing is on record.\nEnter what they said: crm consent grant {ref} PURPOSE CHANNEL",
            ref=safe(ref),
        ),
    )


def _entered(command: Any) -> Any:
    for option in (
        click.option("--at", metavar="TIME", help="When, if not now."),
        click.option(
            "--evidence", metavar="TEXT", default="", help="What proves it: a form's number, a file."
        ),
        click.option("--wording-version", type=click.IntRange(1), help="Which version of the text they saw."),
        click.option("--source", metavar="TEXT", default="", help="Where: web form, till, letter."),
        click.argument("channel"),
        click.argument("purpose"),
        click.argument("ref"),
    ):
        command = option(command)
    return command


@consent.command()
@_entered
@writes
@pass_state
def grant(state: State, **given: Any) -> None:
    """Enter that customer REF may be written to for PURPOSE by CHANNEL."""
    _enter(state, given, "grant")


@consent.command()
@_entered
@writes
@pass_state
def withdraw(state: State, **given: Any) -> None:
    """Enter that customer REF may no longer be written to for PURPOSE by CHANNEL."""
    _enter(state, given, "withdraw")


@consent.command()
@click.argument("ref")
@click.argument("purpose")
@click.option("--channel", metavar="NAME", default="email", show_default=True, help="By which channel.")
@click.option("--source", metavar="TEXT", default="", help="Where they said so: web form, till, letter.")
@click.option("--evidence", metavar="TEXT", default="", help="What proves it: a form's number, a file.")
@writes
@pass_state
def ask(state: State, ref: str, purpose: str, channel: str, source: str, evidence: str) -> None:
    """Ask customer REF by a message to confirm that they may be written to for PURPOSE.

    It is no consent until they follow the link in it, within 30 days. Exits with 5 when nobody is asked.
    """
    from crmkit.core.errors import Conflict
    from crmkit.core.strategy.reasons import told

    crm = state.crm
    found = crm.consents.ask(ref, purpose, channel, source=source, evidence=evidence)
    (customer,) = crm.customers.summaries([found.customer_id])
    name = f"{safe(customer.name)} (#{customer.id})"
    if found.state == "refused":
        raise Conflict(
            phrase("{name} was not asked: {reason}", name=name, reason=told(found.reason)),
            hint=phrase("See: crm consent show {customer}", customer=customer.id),
        )
    said = _(
        "{name} agreed before to {purpose} by {channel}; nobody was asked",
        name=name,
        purpose=found.purpose,
        channel=found.channel,
    )
    if found.effect is not None:
        said = _(
            "Asked {name} to confirm {purpose} by {channel}: effect:{effect}",
            name=name,
            purpose=found.purpose,
            channel=found.channel,
            effect=found.effect,
        )
    state.output.receipt(
        said,
        reference=f"effect:{found.effect}" if found.effect is not None else "",
        record={
            "state": found.state, "effect": found.effect, "customer_id": found.customer_id,
            "purpose": found.purpose, "channel": found.channel,
            "consent": consent_record(crm, found.consent) if found.consent else None,
        },
    )  # fmt: skip


def _enter(state: State, given: dict[str, Any], verb: str) -> None:
    crm = state.crm
    customer_id = crm.customers.resolve(given["ref"])
    purpose = crm.words.purposes[given["purpose"]].name
    channel = crm.words.channels[given["channel"]].name
    enter = getattr(crm.consent, verb)
    enter(
        customer_id,
        purpose,
        channel,
        source=given["source"],
        wording_version=given["wording_version"],
        evidence=given["evidence"],
        at=instant(crm, given["at"]),
    )
    (customer,) = crm.customers.summaries([customer_id])
    current = crm.consent.current(customer_id).get((purpose, channel))
    named = f"{safe(customer.name)} (#{customer_id})"
    opposite = "withdraw" if verb == "grant" else "grant"
    state.output.receipt(
        _(
            "Entered: {customer} may be written to for {purpose} by {channel}",
            customer=named,
            purpose=purpose,
            channel=channel,
        )
        if verb == "grant"
        else _(
            "Entered: {customer} may no longer be written to for {purpose} by {channel}",
            customer=named,
            purpose=purpose,
            channel=channel,
        ),
        undo=f"crm consent {opposite} {customer_id} {purpose} {channel}",
        reference=customer_id,
        record={"consent": consent_record(crm, current) if current else None},
    )
    if verb == "grant" and channel in _ADDRESSED and not _has_address(crm, customer_id, channel):
        state.output.say(
            "  ! "
            + _(
                "They have no address for it yet, so nothing can be sent: crm customers update {customer}",
                customer=customer_id,
            )
        )


def _has_address(crm: Crm, customer_id: int, channel: str) -> bool:
    points = crm.customers.get(customer_id).contact_points
    return any(each.kind == _ADDRESSED[channel] for each in points)
