"""Many rows at once, as driver tuples: `executemany` on SQLite, `COPY` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]
# Below this, the round trips of COPY cost more than they save.
_COPY_FROM: Final = 20


def insert_rows(connection: sa.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert `rows`, tuples in the order of `columns`, of plain driver values."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _COPY_FROM:
        _copy(connection, table, columns, rows)
        return
    statement = _insertion(table, tuple(columns), "?" if connection.dialect.name == "sqlite" else "%s")
    if len(rows) == 1:
        driver_rows(connection, statement, rows[0])
    else:
        driver_many(connection, statement, rows)


def driver_rows(connection: sa.Connection, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Run one statement in the driver's own words and fetch what it gives.

    For the few statements that every single record needs: it leaves out SQLAlchemy's result objects, which
    cost ten times as much as SQLite's work. Errors are SQLAlchemy's, as everywhere.
    """
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_usual(connection, statement, parameters, error) from error


def driver_changed(connection: sa.Connection, statement: str, parameters: Sequence[Any] = ()) -> int:
    """As `driver_rows`, for a statement that changes rows: how many it did."""
    driver: Any = connection.connection.driver_connection
    try:
        return int(driver.execute(statement, parameters).rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_usual(connection, statement, parameters, error) from error


def driver_many(connection: sa.Connection, statement: str, rows: Sequence[Sequence[Any]]) -> int:
    """As `driver_changed`, once for each of `rows`: how many rows it changed in all."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_usual(connection, statement, rows[0], error) from error
    finally:
        cursor.close()


def marked(connection: sa.Connection, statement: str) -> str:
    """A statement with `?` marks, and no other `?` or `%`, as the driver takes it."""
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")


@contextmanager
def savepoint(connection: sa.Connection) -> Iterator[None]:
    """A part of a transaction: when it fails, its own writes are undone and the rest stays.

    Parts may nest; the name means the innermost.
    """
    driver_rows(connection, "SAVEPOINT part")
    try:
        yield
    except BaseException:
        driver_rows(connection, "ROLLBACK TO SAVEPOINT part")
        driver_rows(connection, "RELEASE SAVEPOINT part")
        raise
    driver_rows(connection, "RELEASE SAVEPOINT part")


def _as_usual(
    connection: sa.Connection, statement: str, parameters: Sequence[Any], error: Exception
) -> Exception:
    """The driver's error as SQLAlchemy tells it."""
    base = connection.dialect.loaded_dbapi.Error
    return DBAPIError.instance(statement, tuple(parameters), error, base, dialect=connection.dialect)


@cache
def _insertion(table: str, columns: tuple[str, ...], mark: str) -> str:
    names, marks = ", ".join(map(quoted, columns)), ", ".join([mark] * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"


@cache
def quoted(column: str) -> str:
    """A column's name as both engines take it in text statements; names come from declarations, never
    users.
    """
    return '"' + column.replace('"', '""') + '"'


def _copy(connection: sa.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(map(quoted, columns))}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_usual(connection, statement, (), error) from error


def reserve(connection: sa.Connection, table: str, key: str, count: int) -> range | list[int]:
    """`count` fresh key values of `table`, ascending. On SQLite the caller holds the write lock."""
    if connection.dialect.name == "sqlite":
        found = driver_rows(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        last = (found or driver_rows(connection, f"SELECT coalesce(max({key}), 0) FROM {table}"))[0][0]
        return range(last + 1, last + 1 + count)
    sequence = f"{table}_{key}_seq"
    select = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
    return [row[0] for row in driver_rows(connection, select, (sequence, count))]
