"""`crm consent`: who agreed to be written to, for what and by which channel."""

from __future__ import annotations

from typing import Any

import click

from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, writes
from crmkit.cli.output import Column, safe
from crmkit.cli.records import consent_record, local_time
from crmkit.cli.state import State, pass_state
from crmkit.cli.values import instant

_COLUMNS = (
    Column("at", "When", fixed=True, shown=local_time),
    Column("purpose", style="bold"),
    Column("channel"),
    Column("state"),
    Column("source"),
    Column("wording_version", "Wording", right=True),
    Column("evidence"),
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
        empty=f"Nothing is on record.\nEnter what they said: crm consent grant {safe(ref)} PURPOSE CHANNEL",
    )


def _entered(command: Any) -> Any:
    for option in (
        click.option("--at", metavar="TIME", help="When, if not now."),
        click.option(
            "--evidence", metavar="TEXT", default="", help="What proves it: a form's number, a file."
        ),
        click.option("--wording-version", type=int, help="Which version of the text they saw."),
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
    _enter(state, given, "grant", "withdraw", "may be written to")


@consent.command()
@_entered
@writes
@pass_state
def withdraw(state: State, **given: Any) -> None:
    """Enter that customer REF may no longer be written to for PURPOSE by CHANNEL."""
    _enter(state, given, "withdraw", "grant", "may no longer be written to")


def _enter(state: State, given: dict[str, Any], verb: str, opposite: str, meaning: str) -> None:
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
    state.output.receipt(
        f"Entered: {customer.name} (#{customer_id}) {meaning} for {purpose} by {channel}",
        undo=f"crm consent {opposite} {customer_id} {purpose} {channel}",
        reference=customer_id,
        record={"consent": consent_record(crm, current) if current else None},
    )
