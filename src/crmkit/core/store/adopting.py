"""Rows that become records: what a plugin kept in a table of its own is taken over with its numbers."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.errors import Conflict
from crmkit.core.model.words import RecordType
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.schema import table_names

_CREATED = "created_at"


def to_adopt(connection: sa.Connection, type_: RecordType) -> int:
    """How many rows wait to become records of the type."""
    adopted = type_.adopts
    if adopted is None or adopted.table not in table_names(connection):
        return 0
    return _count(connection, adopted.table)


def adopt(connection: sa.Connection, type_: RecordType) -> int:
    """Make records of them and drop the table they were in; how many they were. Titles are made later.

    The new table has all its columns and is empty. Raises `Conflict` when not every row could be taken.
    """
    adopted = type_.adopts
    if adopted is None or adopted.table not in table_names(connection):
        return 0
    there = _count(connection, adopted.table)
    columns = {"version": "1", "title": "''", "fold": "''", **adopted.columns}
    columns.setdefault("updated_at", columns[_CREATED])
    if type_.first_state is not None:
        columns.setdefault("state", f"'{type_.first_state}'")
    names = ", ".join(map(quoted, columns))
    connection.exec_driver_sql(
        f"INSERT INTO {quoted(type_.table)} ({names}) SELECT {', '.join(columns.values())} "
        f"FROM {quoted(adopted.table)}"
    )
    taken = _count(connection, type_.table)
    if taken != there:
        raise Conflict(
            phrase(
                'Only {taken:,} of {there:,} rows of {table} could become records "{type}"; nothing was '
                "changed",
                taken=taken,
                there=there,
                table=adopted.table,
                type=type_.name,
            ),
            hint="Whoever makes the plugin has to correct what it says of them.",
        )
    _count_on(connection, adopted.table, type_.table)
    connection.exec_driver_sql(f"DROP TABLE {quoted(adopted.table)}")
    return taken


def _count(connection: sa.Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {quoted(table)}").scalar_one())


def _count_on(connection: sa.Connection, former: str, table: str) -> None:
    """No number is given out again, also not one of a row that was deleted."""
    highest = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {quoted(table)}").scalar_one()
    if connection.dialect.name == "sqlite":
        query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        last = max(highest, connection.exec_driver_sql(query, (former,)).scalar() or 0)
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
        return
    sequence = "SELECT pg_get_serial_sequence(%s, 'id')"
    old = connection.exec_driver_sql(sequence, (former,)).scalar()
    if old is not None:
        query = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {old}"
        highest = max(highest, connection.exec_driver_sql(query).scalar_one())
    if highest:
        new = connection.exec_driver_sql(sequence, (table,)).scalar_one()
        connection.exec_driver_sql("SELECT setval(%s::regclass, %s)", (new, highest))
