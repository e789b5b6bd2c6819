"""Whether migrations make the tables that the code declares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from crmkit.core.store.engine import Store


def schema_difference(store: Store, tables: Iterable[sa.Table]) -> list[str]:
    """How the database differs from the declared `tables`, a line for each difference; `[]` when they are
    equal.

    Compares tables, columns, types, NULL, keys, unique constraints and indexes. Other tables are left out, as
    are columns and indexes of declared fields.
    """
    wanted = {table.name: table for table in tables}
    # Several are fine with alembic, which only does not say so.
    metadata: Any = list({id(table.metadata): table.metadata for table in wanted.values()}.values())

    def ours(thing: Any, name: str | None, kind: str, _reflected: bool, _against: Any) -> bool:
        table = thing.name if kind == "table" else thing.table.name
        if table not in wanted or name == "ix_customer_search":
            return False
        return not (
            table == "customer_field" and kind in ("index", "column") and _is_declared_field(wanted, name)
        )

    with store.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": ours, "include_name": _name_filter(set(wanted))},
        )
        differences = [_line(found) for found in compare_metadata(context, metadata)]
        if connection.dialect.name == "sqlite":
            differences += _unnumbered(connection, wanted)
    return differences


def _name_filter(wanted: set[str]) -> Any:
    return lambda name, kind, _parents: kind != "table" or name in wanted


def _is_declared_field(wanted: dict[str, sa.Table], name: str | None) -> bool:
    table = wanted["customer_field"]
    known = {column.name for column in table.columns} | {index.name for index in table.indexes}
    return name not in known


def _line(found: Any) -> str:
    return repr(found) if isinstance(found, tuple) else "; ".join(repr(each) for each in found)


def _unnumbered(connection: sa.Connection, wanted: dict[str, sa.Table]) -> list[str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    numbered = {name: "AUTOINCREMENT" in sql for name, sql in rows}
    return [
        f"{name}: AUTOINCREMENT is {'missing' if declared else 'not declared'}"
        for name, table in wanted.items()
        if (declared := bool(table.dialect_options["sqlite"]["autoincrement"]))
        != numbered.get(name, declared)
    ]
