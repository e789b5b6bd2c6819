"""Options that the commands have in common, and what is shown under their tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crmkit.plugin import parse_duration, written_percent

if TYPE_CHECKING:
    from crmkit.plugin import Chart, CommandState, Duration

F = TypeVar("F", bound=Callable[..., Any])


def asked(command: F) -> F:
    """`--where` and `--as-of`; the command gets `where` and the date `as_of`."""
    command = click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]),
        callback=_day,
        metavar="D",
        help="By what was on record at the end of that day.",
    )(command)
    return click.option("--where", metavar="PREDICATE", help="Only customers for whom this condition holds.")(
        command
    )


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return None if value is None else value.date()


def length(_: click.Context, __: click.Parameter, text: str | None) -> Duration | None:
    """A length of time such as `30 days`, as an option's callback."""
    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def draw(state: CommandState, chart: Chart | None) -> None:
    """The chart as text under the table, on a terminal."""
    if chart is None or state.output.format != "table" or state.output.quiet or not sys.stdout.isatty():
        return
    from shutil import get_terminal_size

    from crmkit.charts import terminal

    state.output.say(f"\n{terminal(chart, get_terminal_size().columns)}")


def percent(share: float | None) -> str:
    """A share as a person reads it: `12.5 %`."""
    return "-" if share is None else written_percent(f"{share * 100:.1f}")
