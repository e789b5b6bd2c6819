"""Pages of help in the language spoken: commands as their authors wrote them, with translated texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from inspect import cleandoc

import click

from crmkit.core.language import DOMAIN, N_, _, laid_out, translated

# What click adds to the help of an option, such as `  [default: 20; required]`.
_EXTRAS = re.compile(r"(?P<help>.*?)(?:  \[(?P<extras>[^\]]*)\])?", re.DOTALL)
# A command or option before what is said of it: it begins the line, in whatever direction the rest goes.
_TERM = re.compile(r"(?P<term>\s*[^\s\u0590-\u08ff][^\u0590-\u08ff]*?\s{2,})(?P<said>\S.*)")
_CLICK_SAYS = (
    N_("Options"), N_("Arguments"), N_("Commands"), N_("Show this message and exit."), N_("required"),
)  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.۔])\s")


class Formatter(click.HelpFormatter):
    """Writes a page of help: what click says itself is translated here."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, f"{_('Usage:')} " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(translated(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(term, _with_extras(said)) for term, said in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        return "\n".join(map(_line_laid_out, super().getvalue().split("\n")))


class Context(click.Context):
    """A context whose pages of help are written by `Formatter`."""

    formatter_class = Formatter


def localised(command: click.Command, domain: str = DOMAIN) -> click.Command:
    """A copy of a command, and of those below it, with its texts in the language spoken.

    `domain` is the name of the plugin that brings it. The command itself stays as it is: two runs in one
    process may speak two languages.
    """
    twin = copy(command)
    twin.context_class = Context
    twin.help, twin.epilog = (_text(each, domain) for each in (command.help, command.epilog))
    twin.short_help = _line(command, twin.help, domain)
    twin.params = [_parameter(each, domain) for each in command.params]
    twin.options_metavar = command.options_metavar and _("[OPTIONS]")
    if isinstance(twin, click.Group):
        twin.subcommand_metavar = _("COMMAND [ARGS]...")
        twin.commands = {name: localised(each, domain) for name, each in twin.commands.items()}
    return twin


def localised_root(root: click.Group, ctx: click.Context) -> str:
    """The help of the whole program; it lists its commands itself."""
    twin = copy(root)
    twin.help, twin.epilog = (_text(each, DOMAIN) for each in (root.help, root.epilog))
    twin.params = [_parameter(each, DOMAIN) for each in root.params]
    twin.options_metavar, twin.subcommand_metavar = _("[OPTIONS]"), _("COMMAND [ARGS]...")
    formatter = Formatter(width=ctx.terminal_width, max_width=ctx.max_content_width)
    twin.format_help(ctx, formatter)
    return formatter.getvalue().rstrip("\n")


def _text(text: str | None, domain: str) -> str | None:
    return text and translated(cleandoc(text), domain)


def _line(command: click.Command, said: str | None, domain: str) -> str | None:
    """What is said of a command in a list: its own line, or the first sentence of its help."""
    if command.short_help:
        return translated(command.short_help, domain)
    if not said or said == cleandoc(command.help or ""):
        return command.short_help
    paragraph = " ".join(said.split("\n\n")[0].split())
    return _SENTENCE.split(paragraph, maxsplit=1)[0].rstrip(".۔")


def _parameter(parameter: click.Parameter, domain: str) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    twin = copy(parameter)
    twin.help = _text(parameter.help, domain)
    return twin


def _with_extras(said: str) -> str:
    found = _EXTRAS.fullmatch(said)
    assert found is not None  # everything matches: the extras may be missing
    told, extras = translated(found["help"]), found["extras"]
    return f"{told}  [{'; '.join(map(_extra, extras.split('; ')))}]" if extras else told


def _extra(extra: str) -> str:
    name, colon, value = extra.partition(": ")
    if colon and name == "default":
        return _("default: {value}", value=value)
    return translated(extra)


def _line_laid_out(line: str) -> str:
    found = _TERM.fullmatch(line)
    return found["term"] + laid_out(found["said"]) if found else laid_out(line)
