"""Options that many commands share. Each lays its value down in the state of the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from crmkit.cli.state import State
from crmkit.core.language import speak_english

F = TypeVar("F", bound=Callable[..., Any])


def _json(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        _set_format(ctx, "json")


def _csv(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        _set_format(ctx, "csv")


def _set_format(ctx: click.Context, chosen: str) -> None:
    output = State.of(ctx).output
    if output.format not in ("table", chosen):
        raise click.UsageError("--json and --csv cannot go together.", ctx)
    output.format = chosen
    speak_english()  # programs read this, whatever people here speak


def _fields(ctx: click.Context, _parameter: click.Parameter, names: str | None) -> None:
    if names is not None:
        State.of(ctx).output.chosen = tuple(split_columns(names))


def _talk(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        setattr(State.of(ctx).output, str(parameter.name), True)


def _answers(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        setattr(State.of(ctx), str(parameter.name), True)


def _flag(*names: str, callback: Any, help: str) -> Callable[[F], F]:  # noqa: A002 - click's own word
    return click.option(*names, is_flag=True, expose_value=False, callback=callback, help=help)


def talks(command: F) -> F:
    """`-q` and `-v`."""
    command = _flag("-v", "--verbose", callback=_talk, help="Say more.")(command)
    return _flag("-q", "--quiet", callback=_talk, help="Print the bare result, say nothing else.")(command)


def limited(default: int = 50, *, most: int = 100_000) -> Callable[[F], F]:
    """The option `limit` of a command that lists: how many rows there are at most."""
    kind = click.IntRange(1, most)
    return click.option("--limit", type=kind, default=default, show_default=True, help="At most so many.")


def writes(command: F) -> F:
    """The options of a command that writes and prints a receipt."""
    return _flag("--json", callback=_json, help="Print the result as JSON.")(talks(command))


def shows(command: F) -> F:
    """The options of a command that shows one thing."""
    return _flag("--json", callback=_json, help="Print it as JSON.")(talks(command))


def lists(command: F) -> F:
    """The options of a command that prints a list."""
    command = click.option(
        "--fields",
        metavar="A,B,…",
        expose_value=False,
        callback=_fields,
        help="Only these columns, in this order.",
    )(talks(command))
    command = _flag("--csv", callback=_csv, help="Print it as CSV.")(command)
    return _flag("--json", callback=_json, help="Print it as JSON.")(command)


def asks(command: F) -> F:
    """The options of a command that asks before it acts."""
    command = _flag("--no-input", "no_input", callback=_answers, help="Never ask; fail instead.")(command)
    return _flag("-y", "--yes", "yes", callback=_answers, help="Do not ask, go ahead.")(command)


def rehearses(command: F) -> F:
    """`--dry-run`: show what would be done, and do nothing."""
    return click.option("--dry-run", is_flag=True, help="Show what would be done; do nothing.")(command)


def split_columns(text: str) -> list[str]:
    """`"name,sum(purchase, last 90 days)"` as its two parts."""
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        if char == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]
