"""`crm records` itself: commands about all records, and those of one type under the type's name."""

from __future__ import annotations

from typing import Any, Final

import click

from crmkit.cli.deprecated import tell_of_word
from crmkit.cli.groups import Noun
from crmkit.cli.state import State
from crmkit.core.phrase import phrase

_ANY: Final = "TYPE"


class ByType(Noun):
    """Commands about records: `types`, `find`, and under the name of each type those of its records."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *(_declared(ctx) or [_ANY])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or of_type

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        if name in of_type.commands:
            names = ", ".join(_declared(ctx))
            raise click.UsageError(
                phrase(
                    "Of which records? Say their type first: crm records TYPE {name}\n{known}",
                    name=name,
                    known=phrase("There are: {names}. All of them: crm records types", names=names)
                    if names
                    else phrase("There are none yet. All of them: crm records types"),
                ),
                ctx,
            )
        return name, of_type, args[1:]


def _declared(ctx: click.Context) -> list[str]:
    """The types of `crm.toml`, for the help; those of plugins are not worth importing them."""
    from crmkit.core.errors import CrmError

    try:
        return sorted(State.of(ctx).config.records)
    except CrmError:
        return []


@click.group(cls=ByType)
def records() -> None:
    """Add, move, list and find what this business keeps of its customers: orders, deals, bookings.

    Types of records are declared in crm.toml under [records.NAME], with fields, states and allowed moves, or
    come with plugins.
    """


@click.group(cls=Noun, short_help="The records of one type: add, list, move and so on")
def of_type() -> None:
    """The records of one type.

    REF names a customer, as everywhere. ID is a record's number, TYPE:NUMBER, or words that only its title
    has.
    """


def pass_type(function: Any) -> Any:
    """Give a command the state of the run and the record type under whose name it stands."""
    from functools import update_wrapper

    def command(*args: Any, **kwargs: Any) -> Any:
        ctx = click.get_current_context()
        state = State.of(ctx)
        name = ctx.parent.info_name if ctx.parent else None
        type_ = state.crm.words.record_types[name or _ANY]
        tell_of_word(state, "record_types", type_)
        return ctx.invoke(function, state, type_, *args, **kwargs)

    return update_wrapper(command, function)
