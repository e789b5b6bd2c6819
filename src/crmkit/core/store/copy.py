"""`crm db copy`: all records from one database to another, of either kind, row for row.

Tables of plugins that are gone are copied too: their shape is read from the source. Rows stream in batches,
so memory stays the same however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Conflict, SchemaError, StoreError
from crmkit.core.model.words import Field, RecordType
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import Row, insert_rows, quoted
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import PluginMigrations, schema_state, table_names
from crmkit.core.store.search_index import rebuild_search
from crmkit.core.store.status import is_internal
from crmkit.core.store.tables import NAMING, Key, Tables, Text
from crmkit.core.store.upgrade import upgrade

_BATCH: Final = 5_000
_EXACT: Final = (sa.Float, sa.LargeBinary, sa.Boolean)
_MASK: Final = 2**64 - 1
Progress = Callable[[str, int], None]


@frozen
class CopyReport:
    """How many rows of each table were copied, and verified by count and checksum."""

    rows: dict[str, int]


def copy_store(
    source: Store,
    target: Store,
    tables: Tables,
    plugins: Sequence[PluginMigrations] = (),
    fields: Iterable[Field] = (),
    records: Iterable[RecordType] = (),
    *,
    progress: Progress | None = None,
) -> CopyReport:
    """Copy everything from `source` to the empty `target`, which gets the schema first.

    All rows arrive in one transaction, or none. `SchemaError` when the source is not up to date, `Conflict`
    when the target holds rows, `StoreError` when what arrived is not what left. `progress(table, rows so
    far)`.
    """
    fields, records = list(fields), list(records)
    schema_state(source, plugins, fields, records).require_ready()
    state = schema_state(target, plugins, fields, records)
    state.require_known()
    if not state.empty:
        _require_empty(target)
    upgrade(target, tables, plugins, fields, records)
    with source.reading() as origin, target.altering() as destination:
        shapes = _shapes(origin)
        _make_missing(destination, shapes)
        _clear_bookkeeping(destination, shapes)
        sums = {shape.name: _copy_table(origin, destination, shape, progress) for shape in shapes}
        _number_on(origin, destination, shapes)
        rebuild_search(destination)
        for shape in shapes:
            _verify(destination, shape, sums[shape.name])
        _check_keys(destination)
    _analyse(target)
    return CopyReport({name: count for name, (count, _) in sums.items()})


def _require_empty(target: Store) -> None:
    with target.reading() as connection:
        for name in ("customer", "interaction", "change", "employee", "import_run"):
            found = connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1").first()
            if found is not None:
                raise Conflict(
                    phrase("The database to copy to is not empty: {name} has rows", name=name),
                    hint="Copy to a new, empty database.",
                )


def _shapes(origin: sa.Connection) -> list[sa.Table]:
    """The source's tables as they are, parents first, with types that both engines have."""
    names = {name for name in table_names(origin) if not is_internal(name) or _is_plugin_version(name)}
    metadata = sa.MetaData(naming_convention=NAMING)
    metadata.reflect(origin, only=sorted(names))
    for table in metadata.tables.values():
        for column in table.columns:
            column.type = _portable(table, column)
            if column.identity is not None or not _is_plain(column.server_default):
                column.server_default = None
    return metadata.sorted_tables


def _is_plugin_version(name: str) -> bool:
    return name.endswith("schema_version") and name != "crmkit_schema_version"


def _is_plain(default: Any) -> bool:
    return isinstance(default, sa.DefaultClause) and "nextval" not in str(default.arg)


def _portable(table: sa.Table, column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.Integer):
        return Key if column.primary_key else sa.BigInteger()
    if isinstance(column.type, sa.String):
        return sa.String(column.type.length) if column.type.length else Text
    if isinstance(column.type, _EXACT):
        return column.type.as_generic()
    raise StoreError(
        phrase(
            'The column "{column}" of {table} is of type {type}, which cannot be copied exactly',
            column=column.name,
            table=table.name,
            type=column.type,
        ),
        hint="Let the plugin keep it as integer or text.",
    )


def _make_missing(destination: sa.Connection, shapes: Sequence[sa.Table]) -> None:
    """Make the tables and columns that no installed plugin made, as the source has them."""
    inspector = sa.inspect(destination)
    there = set(inspector.get_table_names())
    for shape in shapes:
        if shape.name not in there:
            shape.dialect_options["sqlite"]["autoincrement"] = _is_numbered(shape)
            for index in list(shape.indexes):
                _carry_where(index)
            shape.create(destination)
            continue
        have = {column["name"] for column in inspector.get_columns(shape.name)}
        for column in shape.columns:
            if column.name not in have:
                ddl = sa.schema.CreateColumn(column).compile(dialect=destination.dialect)
                destination.exec_driver_sql(f"ALTER TABLE {quoted(shape.name)} ADD COLUMN {ddl}")


def _is_numbered(shape: sa.Table) -> bool:
    keys = list(shape.primary_key.columns)
    return len(keys) == 1 and isinstance(keys[0].type, sa.Integer)


def _carry_where(index: sa.Index) -> None:
    options = index.dialect_options
    where = options["sqlite"]["where"]
    if where is None:
        where = options["postgresql"]["where"]
    if where is not None:
        text = sa.text(str(where))
        options["sqlite"]["where"] = options["postgresql"]["where"] = text


def _clear_bookkeeping(destination: sa.Connection, shapes: Sequence[sa.Table]) -> None:
    """The upgrade wrote a few rows of its own; the source's take their place."""
    for shape in reversed(shapes):
        destination.exec_driver_sql(f"DELETE FROM {quoted(shape.name)}")


def _copy_table(
    origin: sa.Connection, destination: sa.Connection, shape: sa.Table, progress: Progress | None
) -> tuple[int, int]:
    """Copy a table; (rows, checksum) of what left."""
    columns = [column.name for column in shape.columns]
    count = checksum = 0
    for rows in _batches(origin, shape):
        insert_rows(destination, quoted(shape.name), columns, rows)
        count += len(rows)
        checksum = _add(checksum, rows)
        if progress is not None:
            progress(shape.name, count)
    return count, checksum


def _batches(connection: sa.Connection, shape: sa.Table) -> Iterator[Sequence[Row]]:
    """The table's rows in the order of its key, which both engines must see alike for the checksums."""
    columns = ", ".join(quoted(column.name) for column in shape.columns)
    keys = ", ".join(_ordered(connection, column) for column in shape.primary_key.columns)
    statement = f"SELECT {columns} FROM {quoted(shape.name)}" + (f" ORDER BY {keys}" if keys else "")
    if connection.dialect.name == "sqlite":
        flags = [place for place, column in enumerate(shape.columns) if isinstance(column.type, sa.Boolean)]
        for rows in _fetched(connection.connection.cursor(), statement):
            yield [_with_flags(row, flags) for row in rows] if flags else rows
        return
    # A cursor of the server's, or the whole table would come at once.
    driver: Any = connection.connection.driver_connection
    yield from _fetched(driver.cursor(name="crmkit_copy"), statement)


def _ordered(connection: sa.Connection, column: sa.Column[Any]) -> str:
    by_bytes = connection.dialect.name == "postgresql" and isinstance(column.type, sa.String)
    return quoted(column.name) + (' COLLATE "C"' if by_bytes else "")


def _with_flags(row: Row, flags: Sequence[int]) -> Row:
    """SQLite keeps true and false as 1 and 0."""
    values = list(row)
    for place in flags:
        values[place] = None if values[place] is None else bool(values[place])
    return tuple(values)


def _fetched(cursor: Any, statement: str) -> Iterator[Sequence[Row]]:
    with closing(cursor):
        cursor.execute(statement)
        while rows := cursor.fetchmany(_BATCH):
            yield rows


def _add(checksum: int, rows: Iterable[Row]) -> int:
    """The checksum after these rows: another when any value, or the order of rows, differs."""
    digest = blake2b(digest_size=8)
    for row in rows:
        digest.update(repr(row).encode())
    return (checksum * 1_000_003 + int.from_bytes(digest.digest())) & _MASK


def _verify(destination: sa.Connection, shape: sa.Table, expected: tuple[int, int]) -> None:
    count = checksum = 0
    for rows in _batches(destination, shape):
        count += len(rows)
        checksum = _add(checksum, rows)
    if (count, checksum) != expected:
        raise StoreError(
            phrase(
                "{shape} arrived otherwise than it left ({expected} rows left, {count} arrived); nothing "
                "was kept",
                shape=shape.name,
                expected=expected[0],
                count=count,
            ),
            hint="Check the source: crm db check",
        )


def _number_on(origin: sa.Connection, destination: sa.Connection, shapes: Sequence[sa.Table]) -> None:
    """Set what numbers the rows, so that a number given out at the source is never given out again."""
    for shape in shapes:
        keys = list(shape.primary_key.columns)
        if not _is_numbered(shape):
            continue
        last = last_number(origin, shape.name, keys[0].name)
        if last > 0:
            _set_last_number(destination, shape.name, keys[0].name, last)


def last_number(connection: sa.Connection, table: str, key: str) -> int:
    """The highest number that was given out in `table`, also to rows that are gone since."""
    highest = connection.exec_driver_sql(
        f"SELECT coalesce(max({quoted(key)}), 0) FROM {quoted(table)}"
    ).scalar_one()
    if connection.dialect.name == "sqlite":
        given = connection.exec_driver_sql(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)
        ).scalar()
        return max(int(highest), int(given or 0))
    sequence = _sequence(connection, table, key)
    if sequence is None:
        return int(highest)
    statement = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}"
    return max(int(highest), int(connection.exec_driver_sql(statement).scalar_one()))


def _sequence(connection: sa.Connection, table: str, key: str) -> str | None:
    statement = "SELECT pg_get_serial_sequence(%s, %s)"
    return connection.exec_driver_sql(statement, (quoted(table), key)).scalar()


def _set_last_number(connection: sa.Connection, table: str, key: str, last: int) -> None:
    if connection.dialect.name == "sqlite":
        numbered = "SELECT 1 FROM sqlite_master WHERE name = ? AND sql LIKE '%AUTOINCREMENT%'"
        if connection.exec_driver_sql(numbered, (table,)).first() is None:
            return
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
        return
    sequence = _sequence(connection, table, key)
    if sequence is not None:
        connection.exec_driver_sql("SELECT setval(%s::regclass, %s)", (sequence, last))


def _check_keys(destination: sa.Connection) -> None:
    if destination.dialect.name != "sqlite":
        return
    broken = destination.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise SchemaError(
            phrase(
                "Row {row} of {table} refers to a row of {other} that is not there; nothing was kept",
                row=broken[1],
                table=broken[0],
                other=broken[2],
            ),
            hint="Check the source: crm db check",
        )


def _analyse(target: Store) -> None:
    """The planner knows nothing of the new rows yet."""
    with target.writing() as connection:
        connection.exec_driver_sql("ANALYZE")
