"""Groups of commands, and what is said about a command that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

import click

from crmkit.core.phrase import phrase


class Noun(click.Group):
    """The commands about one thing, listed in the order in which they are written."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise unknown_command(ctx, args[0], self.commands)
        return super().resolve_command(ctx, args)


def unknown_command(ctx: click.Context, name: str, known: Iterable[str], hint: str = "") -> click.UsageError:
    """The error for a command that there is not: with `hint`, or what may have been meant."""
    from crmkit.cli.meant import meant
    from crmkit.core.normalise.text import quoted

    commands = meant(ctx.command_path, name, frozenset(known))
    hint = hint or (
        phrase("Did you mean: {commands}", commands=", ".join(commands))
        if commands
        else phrase("All commands: {command} --help", command=ctx.command_path)
    )
    return click.UsageError(phrase("There is no command {name}.\n{hint}", name=quoted(name), hint=hint), ctx)


class Listed(Noun):
    """Commands about one thing that is listed when no command is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)
