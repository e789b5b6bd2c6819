"""Whether migrations make the tables that the code declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.core.store.engine import Store

# What an upgrade makes for declared fields: the columns of records are in their tables here, too.
_OF_FIELDS: Final = {"customers": ("index", "column"), "records": ("index",)}


_LACKING: Final = N_("the migrations do not make {thing}")
_BESIDE: Final = N_("the migrations make {thing}, which is not declared")


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
        return not (kind in _OF_FIELDS.get(_shape(wanted[table]), ()) and _is_declared(wanted[table], name))

    with store.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": ours, "include_name": _name_filter(set(wanted))},
        )
        differences = [line for found in compare_metadata(context, metadata) for line in _lines(found)]
        if connection.dialect.name == "sqlite":
            differences += _unnumbered(connection, wanted)
    return differences


def _name_filter(wanted: set[str]) -> Any:
    return lambda name, kind, _parents: kind != "table" or name in wanted


def _shape(table: sa.Table) -> str:
    """What declared fields a table has: of customers, of records, or none."""
    if table.name == "customer_field":
        return "customers"
    return "records" if {"fold", "version", "employee_id", "archived_at"} <= set(table.c.keys()) else ""


def _is_declared(table: sa.Table, name: str | None) -> bool:
    known = {column.name for column in table.columns} | {index.name for index in table.indexes}
    return name not in known


def _lines(found: Any) -> Iterator[str]:
    """What alembic found: one difference, or several of one column."""
    for kind, *rest in [found] if isinstance(found, tuple) else found:
        what, _, _ = kind.partition("_")
        if what == "modify":
            yield _altered(kind, *rest)
        else:
            yield phrase(_LACKING if what == "add" else _BESIDE, thing=_thing(rest))


def _altered(
    kind: str, _schema: Any, table: str, column: str, _context: Any, made: Any, declared: Any
) -> str:
    return phrase(
        "{what} of {table}.{column} is {made} by the migrations, and declared as {declared}",
        what=kind.removeprefix("modify_"),
        table=table,
        column=column,
        made=made,
        declared=declared,
    )


def _thing(rest: Sequence[Any]) -> str:
    """A table, a column, an index or a constraint; a column comes with its table's name before it."""
    thing: Any = rest[-1]
    if isinstance(thing, sa.Table):
        return phrase("the table {name}", name=thing.name)
    if isinstance(thing, sa.Column):
        return phrase("the column {table}.{name}", table=rest[-2], name=thing.name)
    kind = type(thing).__name__
    columns = ", ".join(each.name for each in thing.columns)
    return phrase("the {kind} of {table} ({columns})", kind=kind, table=thing.table.name, columns=columns)


def _unnumbered(connection: sa.Connection, wanted: dict[str, sa.Table]) -> list[str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    numbered = {name: "AUTOINCREMENT" in sql for name, sql in rows}
    return [
        f"{name}: AUTOINCREMENT is {'missing' if declared else 'not declared'}"
        for name, table in wanted.items()
        if (declared := bool(table.dialect_options["sqlite"]["autoincrement"]))
        != numbered.get(name, declared)
    ]
