"""Questions to the person at the terminal, in the language spoken; what click says itself is said here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from crmkit.cli.terminal import is_terminal, safe
from crmkit.core.language import N_, _, laid_out, translated
from crmkit.core.phrase import phrase, shown

T = TypeVar("T")
# What may be typed, words beside each other; those of English are understood in every language.
_YES, _NO = N_("y, yes"), N_("n, no")


def confirm(question: str, *, yes: bool, no_input: bool) -> None:
    """Go on when the answer is yes, leave otherwise; without a terminal nobody is asked.

    Raises `click.UsageError` where there is nobody to ask and `--yes` was not given.
    """
    if yes:
        return
    _require_somebody(question, no_input=no_input)
    if not ask(_("{question} [y/N]", question=safe(question)), "", _is_yes, shows_default=False):
        _leave()


def confirm_typed(question: str, word: str, *, yes: bool, no_input: bool) -> None:
    """As `confirm`, for what must not be done by habit: the answer is `word`, typed out."""
    if yes:
        return
    _require_somebody(question, no_input=no_input)
    asked = _("{question} Type {word} to go ahead", question=safe(question), word=word)
    if ask(asked, "", str.strip, shows_default=False).casefold() != word.casefold():
        _leave()


def ask(question: str, proposed: str, reading: Callable[[str], T], *, shows_default: bool = True) -> T:
    """An answer as `reading` understands it; asks again while that raises `click.UsageError` or
    `ValueError`, having said why. Enter takes what is `proposed`."""
    while True:
        answer = click.prompt(
            laid_out(question), default=proposed, show_default=shows_default, type=str, err=True
        )
        try:
            return reading(answer)
        except (click.UsageError, ValueError) as error:
            lines = (getattr(error, "message", str(error)), getattr(error, "hint", ""))
            said = "\n".join(shown(each) for each in lines if each)
            click.echo(laid_out(f"{_('Error:')} {safe(said, lines=True)}"), err=True)


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number from `least` to `most`. What it returns raises `ValueError`."""

    def reading(text: str) -> int:
        digits = text.strip()
        number = int(digits) if digits.isdecimal() else least - 1
        if number < least or (most is not None and number > most):
            raise ValueError(
                _("It is a whole number from {least} to {most}", least=least, most=most)
                if most is not None
                else _("It is a whole number, {least} or more", least=least)
            )
        return number

    return reading


def _require_somebody(question: str, *, no_input: bool) -> None:
    if no_input or not is_terminal(sys.stdin):
        raise click.UsageError(
            phrase("{question} This needs a yes.\nAdd --yes to go ahead.", question=safe(question))
        )


def _is_yes(text: str) -> bool:
    answer = text.strip().casefold()
    if answer in _words(_YES):
        return True
    if answer and answer not in _words(_NO):
        raise ValueError(_("Answer with one of: {words}", words=f"{translated(_YES)}, {translated(_NO)}"))
    return False


def _words(words: str) -> list[str]:
    return [each.strip().casefold() for text in (words, translated(words)) for each in text.split(",")]


def _leave() -> None:
    click.echo(laid_out(_("Nothing was changed.")), err=True)
    raise click.exceptions.Exit(1)
