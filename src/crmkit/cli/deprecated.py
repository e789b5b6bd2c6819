"""Who calls a command or an option that will go hears so, once, beside what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from click.core import ParameterSource

from crmkit.core.deprecation import Deprecation, deprecated
from crmkit.core.language import _
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    import click

    from crmkit.cli.state import State


def tell_of_deprecated(state: State, ctx: click.Context) -> None:
    """Say on stderr what of this command line is deprecated, and what to call instead."""
    for each in deprecated("command", "option"):
        if _is_used(each, ctx):
            _tell(state, each.sentence, each.instead)


def tell_of_word(state: State, vocabulary: str, word: Any) -> None:
    """Say on stderr that a word on this command line will go, if it will, and what to use instead."""
    from crmkit.core.words.deprecated import DeprecatedWord

    if word.deprecated is not None:
        old = DeprecatedWord(vocabulary, word.name, word.owner, word.deprecated)
        _tell(state, old.sentence, old.instead)


def _tell(state: State, sentence: str, instead: str) -> None:
    state.output.warn(_("This uses {sentence}: use {instead}", sentence=shown(sentence), instead=instead))


def _is_used(each: Deprecation, ctx: click.Context) -> bool:
    """Whether this call is of the command or below it, or gives the option.

    An option that got a new name keeps its old one as a parameter of its own: so one knows which was given.
    """
    if each.kind == "command":
        return f"{ctx.command_path} ".startswith(f"{each.what} ")
    command, _, option = each.what.rpartition(" ")
    return ctx.command_path == command and any(
        option in parameter.opts
        and ctx.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
        for parameter in ctx.command.params
    )
