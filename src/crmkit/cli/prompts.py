"""Questions to the person at the terminal."""

from __future__ import annotations

import sys

import click

from crmkit.cli.output import is_terminal, safe
from crmkit.core.phrase import phrase


def confirm(question: str, *, yes: bool, no_input: bool) -> None:
    """Go on when the answer is yes, leave otherwise; without a terminal nobody is asked.

    Raises `click.UsageError` where there is nobody to ask and `--yes` was not given.
    """
    if yes:
        return
    if no_input or not is_terminal(sys.stdin):
        raise click.UsageError(
            phrase("{question} This needs a yes.\nAdd --yes to go ahead.", question=safe(question))
        )
    if not click.confirm(safe(question), default=False, err=True):
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(1)


def confirm_typed(question: str, word: str, *, yes: bool, no_input: bool) -> None:
    """As `confirm`, for what must not be done by habit: the answer is `word`, typed out."""
    if yes:
        return
    if no_input or not is_terminal(sys.stdin):
        raise click.UsageError(
            phrase("{question} This needs a yes.\nAdd --yes to go ahead.", question=safe(question))
        )
    answer = click.prompt(
        f"{safe(question)} Type {word} to go ahead", default="", show_default=False, err=True
    )
    if answer.strip().casefold() != word.casefold():
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(1)
