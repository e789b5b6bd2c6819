"""`crm worker`: the work that runs in the background."""

from __future__ import annotations

import signal
from typing import Any

import click

from crmkit.cli.options import shows
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _, ngettext


@click.command()
@click.option("--once", is_flag=True, help="One pass over what is due, then leave.")
@shows
@pass_state
def worker(state: State, once: bool) -> None:
    """Do what is due: catch observers up, run the plugins' jobs.

    Any number of workers may run, on any number of machines. Ctrl-C or SIGTERM ends one after its current
    piece of work; killing it loses nothing.
    """
    from crmkit.core.worker import Worker

    crew = Worker(state.crm.kernel)
    if once:
        busy, left = crew.once(), crew.left()
        if state.output.is_json:
            state.output.json({"worked": busy, "left": left})
        elif left:
            state.output.say(
                ngettext(
                    "Did a part of what was due. {count} entry is left: crm worker --once",
                    "Did a part of what was due. {count} entries are left: crm worker --once",
                    left,
                )
            )
        else:
            state.output.say(_("Did what was due.") if busy else _("Nothing was due."))
        return
    stopping = Stopping()
    with stopping:
        state.output.say(_("Working. Ctrl-C ends it after its current piece of work."))
        crew.run(lambda: stopping.asked)
    state.output.say(_("Stopped."))


class Stopping:
    """Whether a signal has asked the worker to end; handlers are put back afterwards."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stopping:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: object) -> None:
        self.asked = True
