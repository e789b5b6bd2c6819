"""The numbers by which other systems know records: `hubspot` calls `deal:12` its `9001`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.sets import change_among, rows_among
from crmkit.core.store.bulk import insert_rows, reserve

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.model.words import RecordType
    from crmkit.core.store.unit import Transaction

# In the change log, before the name of the system; no field is called so.
LOGGED: Final = "number:"
_COLUMNS: Final = ("id", "customer_id", "record_table", "record_id", "source", "value")


class Number(NamedTuple):
    """By which number which system knows a record."""

    source: str
    value: str

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class Given(NamedTuple):
    """A record that is known by a number from now on; `is_new` where it was made with it."""

    record_id: int
    customer_id: int
    number: Number
    is_new: bool


def known_numbers(
    connection: sa.Connection, type_: RecordType, numbers: Iterable[Number]
) -> dict[Number, int]:
    """The ids of the records that are known by any of `numbers`."""
    by_source: dict[str, list[str]] = {}
    for number in set(numbers):
        by_source.setdefault(number.source, []).append(number.value)
    select = "SELECT value, record_id FROM record_number WHERE record_table = ? AND source = ? AND value"
    return {
        Number(source, value): id_
        for source, values in by_source.items()
        for value, id_ in rows_among(connection, select, values, type_.table, source)
    }


def numbers_of(connection: sa.Connection, type_: RecordType, id_: int) -> list[Number]:
    """By which numbers other systems know a record, in the order in which they were given."""
    select = "SELECT source, value FROM record_number WHERE record_table = ? AND record_id"
    return [Number(*row) for row in rows_among(connection, select, [id_], type_.table, after="ORDER BY id")]


def give_numbers(tx: Transaction, type_: RecordType, given: Collection[Given], source: str) -> None:
    """Keep the numbers; that a record which there was got one is in the change log, with the `source`."""
    if not given:
        return
    ids = reserve(tx.connection, "record_number", "id", len(given))
    rows = [
        (id_, each.customer_id, type_.table, each.record_id, *each.number)
        for id_, each in zip(ids, given, strict=True)
    ]
    insert_rows(tx.connection, "record_number", _COLUMNS, rows)
    for each in given:
        if not each.is_new:
            _log(tx, type_, each.record_id, each.customer_id, each.number, source, is_given=True)


def take_number(
    tx: Transaction, type_: RecordType, id_: int, customer_id: int, number: Number, source: str
) -> None:
    """Forget that a record is known by a number."""
    delete = "DELETE FROM record_number WHERE record_table = ? AND source = ? AND record_id = ? AND value"
    if change_among(tx.connection, delete, [number.value], type_.table, number.source, id_):
        _log(tx, type_, id_, customer_id, number, source, is_given=False)


def drop_numbers(tx: Transaction, type_: RecordType, ids: Collection[int]) -> None:
    """Forget the numbers of records that are removed."""
    delete = "DELETE FROM record_number WHERE record_table = ? AND record_id"
    change_among(tx.connection, delete, sorted(ids), type_.table)


def owners_of(connection: sa.Connection, type_: RecordType, ids: Collection[int]) -> Mapping[int, int]:
    """Whose the records with these ids are."""
    select = f"SELECT id, customer_id FROM {type_.table} WHERE id"
    return {row[0]: row[1] for row in rows_among(connection, select, sorted(ids))}


def _log(
    tx: Transaction,
    type_: RecordType,
    id_: int,
    customer_id: int,
    number: Number,
    source: str,
    *,
    is_given: bool,
) -> None:
    value = as_json(number.value)
    old, new = (None, value) if is_given else (value, None)
    entry = ("changed", f"record:{type_.name}", id_, customer_id, f"{LOGGED}{number.source}", old, new)
    tx.append_change((*entry, source, f"{type_.name}:{id_}"))
