"""`crm mail`: e-mail on timelines."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click
from attrs import asdict

from crmkit.plugin import CommandState, pass_state, writes
from crmkit.plugins.email.preflight.command import preflight
from crmkit.plugins.email.reading import messages_in, read_messages


@click.group()
def mail() -> None:
    """E-mail: read messages onto timelines, and look whether those that go out are believed."""


@mail.command("read")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@writes
@pass_state
def read(state: CommandState, paths: tuple[Path, ...]) -> None:
    """Read messages onto the timelines of the customers who sent or received them.

    PATHS are files of one message each, mbox files or Maildirs. Reading one again changes nothing.
    """
    report = read_messages(state.crm, chain.from_iterable(map(messages_in, paths)))
    state.output.receipt(
        f"{report.recorded} put onto timelines, {report.repeated} there before, "
        f"{report.strangers} from or to nobody on record",
        record=asdict(report),
    )


mail.add_command(preflight)
