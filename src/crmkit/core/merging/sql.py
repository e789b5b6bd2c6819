"""The few statements of merging that differ by engine, or that run for very many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.store.bulk import Row, driver_changed, driver_many, driver_rows, quoted


def run(connection: sa.Connection, statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement with `?` marks; how many rows it changed."""
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return driver_changed(connection, statement, tuple(parameters))


def run_many(connection: sa.Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement with `?` marks for each of `rows`."""
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    if len(rows) == 1:
        driver_changed(connection, statement, rows[0])
    elif rows:
        driver_many(connection, statement, rows)


def fetch(connection: sa.Connection, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """The rows of one statement with `?` marks."""
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    return driver_rows(connection, statement, tuple(parameters))


def rows_by(
    connection: sa.Connection,
    table: str,
    columns: Sequence[str],
    where: str,
    keys: Sequence[int],
    *,
    lock: bool = False,
) -> list[Row]:
    """The `columns` (SQL) of the rows whose column `where` is one of `keys`; locked until the end, if wanted.

    Locked so that on PostgreSQL nobody changes between reading and writing what is decided about.
    """
    after = "FOR UPDATE" if lock and connection.dialect.name == "postgresql" else ""
    select = f"SELECT {', '.join(columns)} FROM {quoted(table)} WHERE {quoted(where)}"
    return list(rows_among(connection, select, keys, after=after))


def delete(connection: sa.Connection, table: str, key: str, keys: Sequence[int]) -> None:
    """Delete the rows with these keys."""
    if connection.dialect.name == "sqlite":
        statement = f"DELETE FROM {quoted(table)} WHERE {quoted(key)} = ?"
        if len(keys) == 1:
            driver_changed(connection, statement, (keys[0],))
        else:
            driver_many(connection, statement, [(each,) for each in keys])
    else:
        statement = f"DELETE FROM {quoted(table)} WHERE {quoted(key)} = ANY(%s)"
        driver_changed(connection, statement, (list(keys),))


def set_where(
    connection: sa.Connection,
    table: str,
    key: str,
    columns: Sequence[str],
    rows: Sequence[tuple[int, Sequence[Any], Sequence[Any] | None]],
) -> int:
    """Give rows new values: (key, new values, the values they must have now or None); how many had them.

    All columns of a row change at once, so that a unique set over several of them is never broken between.
    """
    if not rows:
        return 0
    checked = rows[0][2] is not None
    if connection.dialect.name == "postgresql" and all(_is_whole(row) for row in rows):
        return _set_by_arrays(connection, table, key, columns, rows, checked=checked)
    assigned = ", ".join(f"{quoted(column)} = ?" for column in columns)
    unless = "".join(f" AND {quoted(column)} = ?" for column in columns) if checked else ""
    statement = f"UPDATE {quoted(table)} SET {assigned} WHERE {quoted(key)} = ?{unless}"
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    parameters = [(*new, key_, *(now or ())) for key_, new, now in rows]
    if len(parameters) == 1:
        return driver_changed(connection, statement, parameters[0])
    return driver_many(connection, statement, parameters)


def _is_whole(row: tuple[int, Sequence[Any], Sequence[Any] | None]) -> bool:
    return all(type(value) is int for value in (*row[1], *(row[2] or ())))


def _set_by_arrays(
    connection: sa.Connection,
    table: str,
    key: str,
    columns: Sequence[str],
    rows: Sequence[tuple[int, Sequence[Any], Sequence[Any] | None]],
    *,
    checked: bool,
) -> int:
    """One statement for all rows: `executemany` is a round trip for each of them on PostgreSQL."""
    count = len(columns)
    named = ["k", *(f"n{place}" for place in range(count))]
    arrays = [[row[0] for row in rows], *([row[1][place] for row in rows] for place in range(count))]
    if checked:
        named += [f"o{place}" for place in range(count)]
        arrays += [[(row[2] or ())[place] for row in rows] for place in range(count)]
    assigned = ", ".join(f"{quoted(column)} = d.n{place}" for place, column in enumerate(columns))
    unless = "".join(f" AND t.{quoted(c)} = d.o{place}" for place, c in enumerate(columns)) if checked else ""
    unnest = ", ".join(["%s::bigint[]"] * len(arrays))
    statement = (
        f"UPDATE {quoted(table)} t SET {assigned} FROM unnest({unnest}) AS d({', '.join(named)}) "
        f"WHERE t.{quoted(key)} = d.k{unless}"
    )
    return driver_changed(connection, statement, tuple(arrays))
