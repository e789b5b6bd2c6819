"""Records as rows: loaded for a change, written, and turned into values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.fields import from_driver, reader_of, show_field
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Conflict
from crmkit.core.model.record import Record, titled
from crmkit.core.model.words import RecordType
from crmkit.core.normalise import fold
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import insert_rows, quoted
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

OWN: Final = (
    "id", "customer_id", "employee_id", "state", "title", "version", "created_at", "updated_at",
    "archived_at",
)  # fmt: skip
_CHANGEABLE: Final = ("employee_id", "state", "title", "archived_at")


class Row:
    """A record while it is being changed. `values` are as the database keeps them, by field; `changed` are
    the attributes and fields that are no longer as they are stored."""

    __slots__ = ("values", *OWN, "stored_version", "changed")

    id: int
    customer_id: int
    employee_id: int | None
    state: str | None
    title: str
    version: int
    created_at: int
    updated_at: int
    archived_at: int | None

    def __init__(self, own: Sequence[Any], values: dict[str, Any], stored_version: int = 0) -> None:
        for name, value in zip(OWN, own, strict=True):
            setattr(self, name, value)
        self.values = values
        self.stored_version = stored_version
        self.changed: set[str] = set()


def columns_of(type_: RecordType) -> list[str]:
    """The columns of the type's table in the order that `row_of` and `records_of` read."""
    return [*OWN, *(column_name(each) for each in type_.fields)]


def row_of(type_: RecordType, found: Sequence[Any]) -> Row:
    """The record of a row of `columns_of`, for a change."""
    own = found[: len(OWN)]
    names = (each.name for each in type_.fields)
    return Row(own, dict(zip(names, found[len(OWN) :], strict=True)), own[OWN.index("version")])


def records_of(type_: RecordType, rows: Iterable[Sequence[Any]], currency: str) -> list[Record]:
    """The values of rows of `columns_of`."""
    fields = [
        (place, each.name, reader_of(each, currency)) for place, each in enumerate(type_.fields, len(OWN))
    ]
    return [
        Record(
            type=type_.name,
            id=row[0],
            customer_id=row[1],
            owner_id=row[2],
            state=row[3],
            title=row[4] or untitled(type_, row[0]),
            version=row[5],
            created_at=row[6],
            updated_at=row[7],
            archived_at=row[8],
            fields={
                name: read(kept) if read else kept
                for place, name, read in fields
                if (kept := row[place]) is not None
            },
        )
        for row in rows
    ]


def public(type_: RecordType, row: Row, currency: str) -> Record:
    """The value of a record that was changed."""
    return records_of(type_, [_written(type_, row)], currency)[0]


def untitled(type_: RecordType, id_: int) -> str:
    """What a record is called whose title is empty: `Cake order 12`."""
    return f"{type_.shown} {id_}"


def retitle(type_: RecordType, row: Row, kernel: Kernel) -> None:
    """Give the record the title that its fields make."""
    title, pattern = "", type_.title_pattern
    if pattern:
        shown = {
            each.name: show_field(
                each, from_driver(each, row.values.get(each.name), kernel.currency), kernel.tz
            )
            for each in type_.fields
            if each.name in pattern
        }
        title = " ".join(titled(pattern, shown).split())
    if title != row.title:
        row.title = title
        row.changed.add("title")


def load_rows(
    connection: sa.Connection, type_: RecordType, ids: Collection[int], *, lock: bool = False
) -> dict[int, Row]:
    """Records by id; with `lock` nobody else can change them until the unit of work ends."""
    locked = "ORDER BY id" + (" FOR UPDATE" if lock and connection.dialect.name == "postgresql" else "")
    select = f"SELECT {', '.join(map(quoted, columns_of(type_)))} FROM {type_.table} WHERE id"
    found = rows_among(connection, select, sorted(ids), after=locked)
    return {row[0]: row_of(type_, row) for row in found}


def insert_records(connection: sa.Connection, type_: RecordType, rows: Iterable[Row]) -> None:
    """Write new records."""
    columns = [*columns_of(type_), "fold"]
    insert_rows(connection, type_.table, columns, [(*_written(type_, row), fold(row.title)) for row in rows])


def update_records(connection: sa.Connection, type_: RecordType, rows: Collection[Row]) -> None:
    """Write what was changed of records. `Conflict` when a version moved on in the meantime.

    Columns that no record of the batch has changed are left alone, and so are their indexes.
    """
    if not rows:
        return
    changed = set().union(*(row.changed for row in rows))
    own = [name for name in _CHANGEABLE if name in changed]
    fields = [each for each in type_.fields if each.name in changed]
    folded = ["fold"] if "title" in own else []
    columns = [*own, *folded, "version", "updated_at", *map(column_name, fields)]
    assignments = ", ".join(f"{quoted(column)} = ?" for column in columns)
    statement = f'UPDATE {type_.table} SET {assignments} WHERE id = ? AND "version" = ?'
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    names = [each.name for each in fields]
    written = [_changed(row, own, names) for row in rows]
    result = connection.exec_driver_sql(statement, written[0] if len(written) == 1 else written)
    if result.rowcount != len(written):
        raise Conflict(
            phrase(
                "A {type} was changed by somebody else in the meantime; nothing was written", type=type_.name
            ),
            hint="Look at it again, then repeat the change.",
        )


def names_of(connection: sa.Connection, table: str, ids: Iterable[int | None]) -> Mapping[int, str]:
    """The names of customers or employees by id."""
    wanted = sorted({id_ for id_ in ids if id_ is not None})
    return {
        row[0]: row[1] for row in rows_among(connection, f"SELECT id, name FROM {table} WHERE id", wanted)
    }


def _written(type_: RecordType, row: Row) -> tuple[Any, ...]:
    own = (getattr(row, name) for name in OWN)
    return (*own, *(row.values.get(each.name) for each in type_.fields))


def _changed(row: Row, own: Sequence[str], fields: Sequence[str]) -> tuple[Any, ...]:
    values = [getattr(row, name) for name in own]
    if "title" in own:
        values.append(fold(row.title))
    values += (row.version, row.updated_at, *(row.values.get(name) for name in fields))
    return (*values, row.id, row.stored_version)
