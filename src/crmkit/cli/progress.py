"""Progress of long work: a bar on a terminal's stderr, silence otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from crmkit.cli.terminal import is_terminal


class Advance(Protocol):
    """Called now and then with how much is done, and how much there is where that is known."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Advance]:
    """Show progress while the block runs; what it yields is called with (done, total)."""
    if quiet or not is_terminal(sys.stderr):
        yield _silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from crmkit.cli.tables import console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def advance(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def _silent(done: int, total: int | None = None) -> None:
    """Nobody is looking."""
