"""The root of the command line: global options, and commands that load when they are called."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.commands import ENTRIES, GROUPS, PLUGINS, Entry, entries_by_name
from crmkit.cli.groups import unknown_command
from crmkit.cli.state import State
from crmkit.core.errors import CrmError
from crmkit.core.language import ENGLISH, N_, speaking, spoken, translated
from crmkit.core.phrase import joined, phrase, shown

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit.cli.mounted import Offered

_PROLOGUE = N_("Customers, every contact with them, and who may write to them: kept, found, and never lost.")
_EPILOGUE = N_("Help on a command: crm COMMAND --help. Start here: crm demo, or crm init.")


class Root(click.Group):
    """`crm`: knows its commands by name and help line, and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [entry.name for entry in ENTRIES] + sorted(self._from_plugins(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = entries_by_name().get(cmd_name)
        if entry is not None:
            return _load(entry)
        offered = self._from_plugins(ctx).get(cmd_name)
        if offered is None:
            return None
        from crmkit.cli.mounted import load_command

        return load_command(cmd_name, *offered)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is None:
            if args[0].startswith("-"):
                ctx.fail(phrase("No such option: {name}", name=args[0]))
            raise unknown_command(ctx, args[0], self.list_commands(ctx), self._missed(ctx, args[0]))
        return args[0], self._spoken(ctx, command, args), args[1:]

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CrmError, click.ClickException, click.Abort, click.exceptions.Exit, OSError):
            raise
        except Exception as error:
            name = ctx.invoked_subcommand or ""
            offered = self._from_plugins(ctx).get(name)
            if offered is None or offered[0].bundled:
                raise
            from crmkit.cli.mounted import failed_command

            raise failed_command(name, offered[0], error) from error

    def _missed(self, ctx: click.Context, name: str) -> str:
        """What to do to have a command: use the plugin that brings it, or see to those that do not load."""
        from crmkit.cli.mounted import brought_by
        from crmkit.core.nearest import nearest

        state = State.of(ctx)
        known = self.list_commands(ctx)
        if brought := brought_by(state, name, known):
            return brought
        about = [each for each in state.plugin_problems if f'"{name}"' in each]
        others = [] if nearest(name, known) else state.plugin_problems
        return joined("\n", about or others)

    def _spoken(self, ctx: click.Context, command: click.Command, args: list[str]) -> click.Command:
        """The command with its texts in the language spoken, where they may be shown."""
        from crmkit.cli.language import leads_to_help

        if not leads_to_help(command, args[1:]) or spoken() == ENGLISH:
            return command
        from crmkit.cli.translated import localised

        entry = None if args[0] in entries_by_name() else self._from_plugins(ctx).get(args[0])
        bundled = entry is None or entry[0].bundled
        return localised(command) if bundled or entry is None else localised(command, entry[0].name)

    def get_help(self, ctx: click.Context) -> str:
        if spoken() == ENGLISH:
            return super().get_help(ctx)
        from crmkit.cli.translated import localised_root

        return localised_root(self, ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(name) for name in self.list_commands(ctx))
        lines: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
        for entry in ENTRIES:
            lines[entry.group].append((entry.name.ljust(width), translated(entry.help)))
        for name, (plugin, command) in sorted(self._from_plugins(ctx).items()):
            lines[PLUGINS].append((name.ljust(width), translated(command.help, plugin.name)))
        for group, rows in lines.items():
            if rows:
                with formatter.section(translated(group)):
                    formatter.write_dl(rows)
        for problem in State.of(ctx).plugin_problems:
            formatter.write_paragraph()
            formatter.write_text(shown(problem))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        lines = {entry.name: translated(entry.help) for entry in ENTRIES}
        lines |= {
            name: translated(command.help, plugin.name)
            for name, (plugin, command) in self._from_plugins(ctx).items()
        }
        found = [CompletionItem(n, help=h) for n, h in lines.items() if n.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        from crmkit.cli.errors import guarded
        from crmkit.cli.language import chosen_locale

        given = list(sys.argv[1:] if args is None else args)
        extra.pop("standalone_mode", None)
        run = super().main
        with speaking(chosen_locale, _places):
            sys.exit(guarded(lambda: run(given, prog_name or "crm", standalone_mode=False, **extra), given))

    def _from_plugins(self, ctx: click.Context) -> Offered:
        return State.of(ctx).plugin_commands


def _load(entry: Entry) -> click.Command:
    module, _, attribute = entry.target.partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


def _places() -> Iterator[tuple[str, Path]]:
    """Where plugins' catalogues are; before this run's options are read, as the environment names it."""
    from crmkit.cli.language import places

    ctx = click.get_current_context(silent=True)
    state = State(config_path=os.environ.get("CRMKIT_CONFIG") or None) if ctx is None else State.of(ctx)
    return places(state)


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from crmkit.version import __version__

        click.echo(f"crmkit {__version__}")
        ctx.exit()


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    setattr(State.of(ctx), str(parameter.name), value)


@click.command(
    "crm",
    cls=Root,
    help=_PROLOGUE,
    epilog=_EPILOGUE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_path",
    metavar="PATH",
    envvar="CRMKIT_CONFIG",
    type=click.Path(dir_okay=True),
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="The crm.toml to use; otherwise the nearest one, from here upwards.",
)
@click.option(
    "--as",
    "actor",
    metavar="EMPLOYEE",
    envvar="CRMKIT_AS",
    expose_value=False,
    callback=_remember,
    help="On whose behalf: an employee's name, e-mail or id.",
)
@click.option(
    "--no-plugins",
    "no_plugins",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="Safe mode: import no plugin, refuse to write.",
)
@click.option(
    "--strict",
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help="Stop when a plugin cannot be loaded, instead of going on without it.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def crm(ctx: click.Context) -> None:
    """The program; its text is above, where `crm --help` finds it."""
    State.of(ctx)
