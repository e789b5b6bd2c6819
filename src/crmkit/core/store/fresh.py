"""An empty database gets its tables at once: what the migrations come to, without running them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from crmkit.core.errors import SchemaError
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.engine import Store
from crmkit.core.store.locks import UPGRADE_LOCK, one_at_a_time
from crmkit.core.store.schema import CORE, PluginMigrations, Step, revisions_of, state_on, table_names
from crmkit.core.store.search_index import create_search
from crmkit.core.store.tables import build_tables


def make_fresh(store: Store, parts: Sequence[PluginMigrations]) -> list[Step]:
    """Make the declared tables of the core and of the plugins that are `fresh`, and note the newest
    revisions; the steps that this stands for.

    All in one transaction. Nothing is done, and `[]` returned, unless the database is empty.
    """
    with store.altering() as connection:
        one_at_a_time(connection, UPGRADE_LOCK)
        state = state_on(connection, parts, ())
        state.require_known()
        if not state.empty:
            return []
        done: list[Step] = []
        for part, tables in _ready_made(parts, table_names(connection)):
            steps = list(revisions_of(part))
            _make(connection, part, tables)
            _stamp(connection, part, steps[-1].revision)
            done += steps
        return done


def _ready_made(
    parts: Sequence[PluginMigrations], there: set[str]
) -> Iterator[tuple[PluginMigrations, Sequence[sa.Table]]]:
    """The parts whose declared tables are all that their migrations make, and refer to no other part's."""
    made: set[str] = set()
    for part in parts:
        if not part.fresh or part.folder is None or part.version_table in there:
            continue
        tables = _tables_of(part)
        names = {table.name for table in tables}
        if _referred(tables) <= made | names:
            made |= names
            yield part, tables


def _tables_of(part: PluginMigrations) -> Sequence[sa.Table]:
    """Each after those that it refers to."""
    return list(build_tables().by_name.values()) if part.name == CORE else part.metadata.sorted_tables


def _referred(tables: Sequence[sa.Table]) -> set[str]:
    return {key.target_fullname.rpartition(".")[0] for table in tables for key in table.foreign_keys}


def _make(connection: sa.Connection, part: PluginMigrations, tables: Sequence[sa.Table]) -> None:
    try:
        for table in tables:
            table.create(connection, checkfirst=False)
        if part.name == CORE:
            create_search(connection)
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise SchemaError(
            phrase(
                'The tables of "{part}" could not be made: {reason}; the database is empty as it was',
                part=part.name,
                reason=reason,
            ),
            hint="Point `database` under [crs] in crm.toml at a database without tables.",
        ) from error


def _stamp(connection: sa.Connection, part: PluginMigrations, revision: str) -> None:
    """Note the revision as alembic would, whose table this is from the next step on."""
    table = part.version_table
    connection.exec_driver_sql(
        f"CREATE TABLE {quoted(table)} (version_num VARCHAR(32) NOT NULL, "
        f"CONSTRAINT {quoted(table + '_pkc')} PRIMARY KEY (version_num))"
    )
    insert = sa.text(f"INSERT INTO {quoted(table)} (version_num) VALUES (:revision)")
    connection.execute(insert, {"revision": revision})
