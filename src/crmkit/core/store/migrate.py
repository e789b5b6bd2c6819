"""Running one alembic revision: in our transaction, on our connection, under the guard.

alembic is driven by code. There is no env.py: a plugin gives a folder of revisions and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from traceback import walk_tb
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from crmkit.core.errors import CrmError, SchemaError
from crmkit.core.phrase import phrase
from crmkit.core.store.engine import Store
from crmkit.core.store.guard import Shape, losses, rebuilt, shape, without
from crmkit.core.store.locks import UPGRADE_LOCK, one_at_a_time
from crmkit.core.store.schema import CORE, PluginMigrations, Step, state_on
from crmkit.core.store.tables import plugin_metadata


def replay(store: Store, parts: Sequence[PluginMigrations]) -> Iterator[Step]:
    """Run every pending step, the first part's first; each when it is done."""
    while (step := run_next(store, parts)) is not None:
        yield step


def run_next(store: Store, parts: Sequence[PluginMigrations]) -> Step | None:
    """Run the next pending step in a transaction of its own; None when there is none.

    What is pending is read under the lock, so an upgrade that was killed resumes, and two at once do each
    step once.
    """
    with store.altering() as connection:
        one_at_a_time(connection, UPGRADE_LOCK)
        state = state_on(connection, parts, ())
        state.require_known()
        if not state.pending:
            return None
        step = state.pending[0]
        _run(connection, next(part for part in parts if part.name == step.owner), step)
        return step


def _run(connection: sa.Connection, part: PluginMigrations, step: Step) -> None:
    assert part.folder is not None
    script = ScriptDirectory(str(part.folder), version_locations=[str(part.folder)])
    # With the naming convention, what a migration leaves unnamed gets the name that the declared table has.
    options = {"version_table": part.version_table, "target_metadata": plugin_metadata()}
    context = MigrationContext.configure(connection, opts=options)
    module: Any = script.get_revision(step.revision).module
    before = shape(connection)
    try:
        with Operations.context(context):
            module.upgrade()
    except CrmError:
        raise
    except Exception as error:
        raise SchemaError(
            phrase(
                'The step {revision} of "{owner}" failed: {one_line}; the schema is as it was',
                revision=step.revision,
                owner=step.owner,
                one_line=_one_line(error),
            ),
            hint=phrase(
                "The step is {short}/{value}. Nothing of it was kept.",
                short=_short(part.folder),
                value=_place(error, Path(module.__file__)),
            ),
        ) from error
    context.stamp(script, step.revision)
    _guard(connection, part, step, before, getattr(module, "intended_losses", ()))


def _place(error: Exception, file: Path) -> str:
    """`0001_card.py:12`: the line of the step's file in which it failed."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)]
    return f"{file.name}:{lines[-1]}" if lines else file.name


def _guard(
    connection: sa.Connection, part: PluginMigrations, step: Step, before: Shape, intended: Sequence[str]
) -> None:
    after = shape(connection)
    lost = without(losses(before, after, prefix=None if part.name == CORE else part.prefix), intended)
    if lost:
        raise SchemaError(
            phrase(
                'The step {revision} of "{owner}" would lose something; the schema is as it was: {lost}',
                revision=step.revision,
                owner=step.owner,
                lost="; ".join(lost),
            ),
            hint=(
                "Rebuild the table with all it had, or name the loss in the revision: intended_losses = (…,)"
            ),
            losses=lost,
        )
    if rebuilt(before, after):
        _check_keys(connection, step)


def _check_keys(connection: sa.Connection, step: Step) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        table, row, parent, _ = broken[0]
        raise SchemaError(
            phrase(
                'The step {revision} of "{owner}" leaves {count} rows that refer to nothing, for example '
                "row {row} of {table}, to {parent}; the schema is as it was",
                revision=step.revision,
                owner=step.owner,
                count=len(broken),
                row=row,
                table=table,
                parent=parent,
            ),
            hint="The step must keep, or move, every row that others refer to.",
        )


def _one_line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error) or type(error).__name__
    return text.strip().splitlines()[0]


def _short(folder: Path) -> str:
    return "/".join(folder.parts[-3:])
