"""`crm log` and `crm note`: what happened just now, written down in one line."""

from __future__ import annotations

import sys
from typing import Any

import click

from crmkit.cli.options import writes
from crmkit.cli.recording import describes_contact, record_one
from crmkit.cli.state import State, pass_state


@click.command()
@click.argument("ref", metavar="REF")
@click.argument("type_", metavar="TYPE")
@click.argument("said", metavar="[AMOUNT or TEXT]", required=False)
@describes_contact
@writes
@pass_state
def log(state: State, ref: str, type_: str, said: str | None, **described: Any) -> None:
    """Record a contact with customer REF, such as: crm log anna@example.org purchase 12.50

    What comes after a TYPE without money is what was said: crm log anna complaint "The rolls were old"

    REF is an id, e-mail, phone number, SCHEME:VALUE or name. The types are listed by: crm interactions types
    """
    is_text = (
        said is not None
        and not state.crm.words.interaction_types[type_].amount
        and any(char.isalpha() for char in said)
        and not described["text"]
    )
    described |= {"text": said} if is_text else {}
    record_one(state, ref, type_, None if is_text else said, described)


@click.command()
@click.argument("ref", metavar="REF")
@click.argument("words", metavar="[TEXT…]", nargs=-1)
@click.option("--text", metavar="TEXT", help="The note, instead of words after REF; - reads it from stdin.")
@click.option("--at", metavar="TIME", help="When, if not now: 2026-05-01 10:00, yesterday.")
@writes
@pass_state
def note(state: State, ref: str, words: tuple[str, ...], text: str | None, at: str | None) -> None:
    """Write down something to remember about customer REF."""
    said = text if text is not None else " ".join(words)
    if said.strip() == "-":
        said = sys.stdin.read()
    if not said.strip():
        raise click.UsageError(
            'What is to be noted?\nSuch as: crm note anna@example.org "Asks for rye bread"'
        )
    record_one(state, ref, "note", None, {"text": said, "at": at})
