"""Everything that a database is made of beside its rows, as lines that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.store.engine import Store

_POSTGRESQL: Final = (
    """
    SELECT table_name, 'column', ordinal_position, column_name, data_type, collation_name, is_nullable,
        column_default, is_identity
    FROM information_schema.columns WHERE table_schema = current_schema()
    """,
    """
    SELECT c.relname, 'constraint', k.conname, k.contype, k.convalidated, pg_get_constraintdef(k.oid)
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
    WHERE k.connamespace = current_schema()::regnamespace
    """,
    "SELECT tablename, 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    """
    SELECT sequencename, 'sequence', data_type::text, start_value, increment_by, max_value, cycle, last_value
    FROM pg_sequences WHERE schemaname = current_schema()
    """,
    """
    SELECT c.relname, 'trigger', t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    """,
    "SELECT viewname, 'view', definition FROM pg_views WHERE schemaname = current_schema()",
)
_NAMED: Final = re.compile(r"\bCONSTRAINT\s+\"?(\w+)\"?\s+(\w+)", re.IGNORECASE)
_WORDS: Final = ("AUTOINCREMENT", "COLLATE", "CHECK", "WITHOUT ROWID", "STRICT", "DEFERRABLE")


def structure(store: Store) -> list[str]:
    """Columns in their order, keys, constraints, indexes, triggers, views and sequences, sorted.

    How a statement was written makes no difference, only what it made.
    """
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            return sorted(_sqlite(connection))
        rows = [row for query in _POSTGRESQL for row in connection.exec_driver_sql(query)]
        return sorted(" ".join(map(str, row)) for row in rows)


def _sqlite(connection: sa.Connection) -> Iterator[str]:
    master = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
    for kind, name, table, sql in master:
        if kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL"):
            yield from _sqlite_table(connection, name, sql)
        elif sql is not None:
            yield f"{table} {kind} {name} {' '.join(sql.split())}"


def _sqlite_table(connection: sa.Connection, table: str, sql: str) -> Iterator[str]:
    for row in _pragma(connection, "table_xinfo", table):
        yield f"{table} column {row}"
    for row in _pragma(connection, "foreign_key_list", table):
        yield f"{table} refers {row[1:]}"  # the first is a number in the order of writing
    for row in _pragma(connection, "index_list", table):
        name = "" if row[1].startswith("sqlite_autoindex") else row[1]
        yield f"{table} index {name} {row[2:]} {_pragma(connection, 'index_xinfo', row[1])}"
    for found in _NAMED.finditer(sql):
        yield f"{table} constraint {found[1]} {found[2].upper()}"
    yield f"{table} words {[sql.upper().count(word) for word in _WORDS]}"


def _pragma(connection: sa.Connection, pragma: str, name: str) -> list[tuple[Any, ...]]:
    rows = connection.exec_driver_sql(f"SELECT * FROM pragma_{pragma}(?)", (name,))  # noqa: S608
    return [tuple(row) for row in rows]
