"""`crm mail`: e-mail on timelines."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import asdict

from crmkit import CrmError
from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    lists,
    number,
    pass_state,
    phrase,
    shown_instant,
    writes,
)
from crmkit.plugins.email.keys import key
from crmkit.plugins.email.preflight.command import preflight

if TYPE_CHECKING:
    from crmkit.plugins.email.incoming.imap_account import Unreachable
    from crmkit.plugins.email.incoming.report import ReadReport

# What becomes of a message that is read, so whoever reads some needs it; one by one they would be parked.
_RECORD: Final = "interactions.record"


@click.group()
def mail() -> None:
    """E-mail: read messages onto timelines, and have those that go out believed."""


mail.add_command(key)
mail.add_command(preflight)


@mail.command("read")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@writes
@pass_state
def read(state: CommandState, paths: tuple[Path, ...]) -> None:
    """Read messages onto the timelines of the customers who sent or received them.

    PATHS are files of one message each, mbox files or Maildirs. Reading one again changes nothing.
    """
    from crmkit.plugins.email.incoming.folders import messages_in
    from crmkit.plugins.email.incoming.reading import read_messages

    state.crm.require(_RECORD)
    _tell(state, read_messages(state.crm, chain.from_iterable(map(messages_in, paths))))


@mail.command("poll")
@writes
@pass_state
def poll(state: CommandState) -> None:
    """Read what is new in the mailbox on the mail server, as `crm worker` does by itself."""
    from crmkit.plugins.email.incoming.imap_account import Unreachable
    from crmkit.plugins.email.incoming.polling import poll as read_new

    try:
        report = read_new(state.crm)
    except Unreachable as error:
        raise _unreachable(error) from None
    _tell(state, report)


@mail.command("parked")
@lists
@pass_state
def parked(state: CommandState) -> None:
    """Messages that could not be read: where each lies, and why. What is in them is not kept here."""
    from crmkit.plugins.email.incoming.parking import parked as waiting

    state.crm.require(_RECORD)
    columns = (
        OutputColumn("id", "No.", right=True, fixed=True),
        OutputColumn("at", "Since", fixed=True),
        OutputColumn("place", "In"),
        OutputColumn("key"),
        OutputColumn("reason", "Why"),
        OutputColumn("tries", right=True, fixed=True),
    )
    rows = [{**asdict(each), "at": shown_instant(state.crm, each.at)} for each in waiting(state.crm)]
    state.output.rows(columns, rows, empty=N_("No message waits: all could be read."))


@mail.command("retry")
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@writes
@pass_state
def retry(state: CommandState, numbers: tuple[int, ...]) -> None:
    """Read parked messages again: those with these NUMBERs, or all."""
    from crmkit.plugins.email.incoming.imap_account import Unreachable
    from crmkit.plugins.email.incoming.retrying import retry as read_again

    state.crm.require(_RECORD)
    try:
        report, gone = read_again(state.crm, numbers)
    except Unreachable as error:
        raise _unreachable(error) from None
    _tell(state, report, gone)


def _tell(state: CommandState, report: ReadReport, gone: int = 0) -> None:
    said = (
        _("{text}, {gone} gone from their mailbox", text=report.text, gone=number(gone))
        if gone
        else report.text
    )
    state.output.receipt(said, record={**asdict(report), **({"gone": gone} if gone else {})})


def _unreachable(error: Unreachable) -> CrmError:
    return CrmError(
        phrase("The mailbox cannot be read now: {problem}", problem=error.reason),
        hint="Correct [plugins.email.imap], or try again later.",
    )
