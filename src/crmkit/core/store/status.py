"""`crm db status`: versions, rows, size and what an upgrade would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.model.words import Field, RecordType
from crmkit.core.store.bulk import quoted
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import PluginMigrations, SchemaState, schema_state, table_names


@frozen(kw_only=True)
class StoreStatus:
    """A database at a glance. `size` is in bytes, with what SQLite keeps beside the file; `rows` by table."""

    address: str
    engine: str
    size: int
    rows: Mapping[str, int]
    schema: SchemaState


def store_status(
    store: Store,
    plugins: Sequence[PluginMigrations] = (),
    fields: Iterable[Field] = (),
    records: Iterable[RecordType] = (),
) -> StoreStatus:
    """The status of a database, also of an empty one. Counts every row, so it takes seconds on a big one."""
    state = schema_state(store, plugins, fields, records)
    if store.path is not None and not store.path.exists():
        return StoreStatus(address=address(store), engine=store.dialect, size=0, rows={}, schema=state)
    with store.reading() as connection:
        names = sorted(name for name in table_names(connection) if not is_internal(name))
        rows = {name: _count(connection, name) for name in names}
        size, engine = _size(store, connection), _engine(connection)
    return StoreStatus(address=address(store), engine=engine, size=size, rows=rows, schema=state)


def address(store: Store) -> str:
    """Where the database is, its password left out."""
    return str(store.path) if store.path else store.url.render_as_string(hide_password=True)


def is_internal(table: str) -> bool:
    """Whether a table is a part of the search index or a note of versions, and none of the records."""
    return table.startswith("customer_search") or table.endswith("schema_version")


def _count(connection: sa.Connection, name: str) -> int:
    statement = f"SELECT count(*) FROM {quoted(name)}"
    return int(connection.exec_driver_sql(statement).scalar_one())


def _size(store: Store, connection: sa.Connection) -> int:
    if store.path is None:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    beside = [store.path, store.path.with_name(store.path.name + "-wal")]
    return sum(path.stat().st_size for path in beside if path.exists())


def _engine(connection: sa.Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
    return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"
