"""A database that is only read, with scratch tables of its own that stand in front of some of the real ones.

Whoever asks for `effect` on this connection finds the scratch table: both engines look for temporary tables
first. So the code that reads a ledger reads another one, unchanged. Nothing else can be written: SQLite
refuses it by an authorizer, PostgreSQL by a READ ONLY transaction, in which temporary tables are exempt.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

import sqlalchemy as sa

from crmkit.core.errors import ReadOnly
from crmkit.core.store.bulk import driver_rows
from crmkit.core.store.engine import Store, translated

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_TEMPORARY: Final = "temp"
# What SQLite asks leave for when something is only read.
_READING: Final = frozenset(
    {
        sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT, sqlite3.SQLITE_PRAGMA,
    }
)  # fmt: skip


class Scratch(Store):
    """A store over one connection, on which only scratch tables can be written."""

    def __init__(self, url: URL, connection: sa.Connection, homes: dict[str, str]) -> None:
        self.url = url
        self.dialect = connection.dialect.name
        self.connection = connection
        self._homes = homes

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """The one connection: a consistent state, and what the scratch tables hold."""
        with translated():
            yield self.connection

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """Raise `ReadOnly`."""
        raise _refusal()

    @contextmanager
    def altering(self) -> Iterator[sa.Connection]:
        """Raise `ReadOnly`."""
        with self.writing() as connection:
            yield connection

    def kept(self) -> NoReturn:
        """Raise `ReadOnly`."""
        raise _refusal()

    def close(self) -> None:
        """Do nothing: whoever opened it closes it."""

    def copy(self, table: str, columns: Sequence[str], where: str, values: Sequence[Any] = ()) -> None:
        """Fill the scratch table `table` with these columns of the rows of the real one for which `where`, a
        fixed text with `?` marks, holds."""
        names = ", ".join(columns)
        source, mark = self._homes[table], "?" if self.is_sqlite else "%s"
        target = f"{'temp' if self.is_sqlite else 'pg_temp'}.{table}"
        # Names and conditions are fixed words of ours; values are bound.
        statement = f"INSERT INTO {target} ({names}) SELECT {names} FROM {source}.{table} WHERE {where}"
        driver_rows(self.connection, statement.replace("?", mark), tuple(values))

    def copy_whole(self, table: sa.Table) -> None:
        """Fill the scratch table with all rows of the real one; new rows get higher keys than those."""
        self.copy(table.name, [column.name for column in table.columns], "1 = 1")
        if not self.is_sqlite:
            name = f"pg_temp.{table.name}"
            number = "setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 0) + 1, false)"
            driver_rows(self.connection, f"SELECT {number} FROM {name}", (name,))


@contextmanager
def scratch(
    store: Store,
    tables: Sequence[tuple[sa.Table, Sequence[Sequence[str]]]],
    *,
    whole: Sequence[sa.Table] = (),
    new: Sequence[tuple[sa.Table, Sequence[Sequence[str]]]] = (),
) -> Iterator[Scratch]:
    """A scratch store over `store`, with an empty scratch table for each of `tables`, indexed by each of the
    lists of columns beside it; and one for each of `whole`, which number and index their rows and refuse what
    is there already, as the real ones do; and those of `new` that there are nowhere else. All of it is gone
    at the end.

    Raises `StoreError` where the database's user may not make temporary tables.
    """
    with translated(), store.unpooled() as connection:
        before = connection.begin() if connection.dialect.name == "postgresql" else None
        names = [*(table.name for table, _ in tables), *(table.name for table in whole)]
        homes = {name: _home(connection, name) for name in names}
        if before is None:
            driver_rows(connection, "PRAGMA query_only=OFF")
            # Written all the time: in files each small write would be one to a journal as well.
            driver_rows(connection, "PRAGMA temp_store=MEMORY")
        for table, indexes in (*tables, *new):
            _make(connection, table, indexes)
        for table in whole:
            _make_whole(connection, table)
        _seal(connection, before)
        yield Scratch(store.url, connection, homes)


def _seal(connection: sa.Connection, before: sa.RootTransaction | None) -> None:
    """From here on only scratch tables can be written."""
    if before is None:
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(_permitted)
        return
    before.commit()
    connection.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _permitted(
    action: int, first: str | None, _second: str | None, database: str | None, _trigger: str | None
) -> int:
    """What SQLite's authorizer answers."""
    if action in _READING or database == _TEMPORARY:
        return sqlite3.SQLITE_OK
    # It asks for this when it meets json_each; by a statement nobody can change that table anyway.
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _home(connection: sa.Connection, table: str) -> str:
    """The schema in which the real table is."""
    if connection.dialect.name == "sqlite":
        return "main"
    asked = "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = %s::regclass"
    return str(driver_rows(connection, asked, (table,))[0][0])


def _make(connection: sa.Connection, table: sa.Table, indexes: Sequence[Sequence[str]]) -> None:
    """The table with the same columns and defaults, and with none of its keys and references."""
    columns = [sa.Column(each.name, each.type, server_default=_default(each)) for each in table.columns]
    made = sa.Table(table.name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    made.create(connection, checkfirst=False)
    for index in indexes:
        sa.Index(f"scratch_{table.name}_{'_'.join(index)}", *(made.c[name] for name in index)).create(
            connection
        )


def _make_whole(connection: sa.Connection, table: sa.Table) -> None:
    """The table with its key, its uniqueness and its indexes, and with no references."""
    columns = [
        sa.Column(
            each.name, each.type, primary_key=each.primary_key, nullable=each.nullable,
            server_default=_default(each),
        )
        for each in table.columns
    ]  # fmt: skip
    made = sa.Table(table.name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    made.create(connection, checkfirst=False)
    unique = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    found = [([column.name for column in each.columns], True) for each in unique]
    found += [([column.name for column in each.columns], bool(each.unique)) for each in table.indexes]
    for number, (names, is_unique) in enumerate(found):
        index = sa.Index(
            f"scratch_{table.name}_{number}", *(made.c[name] for name in names), unique=is_unique
        )
        index.create(connection)


def _default(column: sa.Column[Any]) -> Any:
    found = column.server_default
    return found.arg if isinstance(found, sa.DefaultClause) else None


def _refusal() -> ReadOnly:
    return ReadOnly(
        "Nothing is written while the rules are tried out",
        hint="A plugin's word or gate tried to; only applying a plan acts.",
    )
