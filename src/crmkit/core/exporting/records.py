"""Records of a business's own types as rows of an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import NotFound
from crmkit.core.exporting.columns import Column
from crmkit.core.exporting.source import Batches, Source
from crmkit.core.model.money import Money
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.records.reading import Filter, Reader
from crmkit.core.records.rows import names_of
from crmkit.core.records.states import state_named

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.people import Actor
    from crmkit.core.model.record import Record
    from crmkit.core.model.words import RecordType

_BATCH: Final = 5_000
_BEFORE: Final = (
    Column("id", "number", "id", 0), Column("customer_uid", target="customer"),
    Column("customer_id", "number", scale=0), Column("customer"),
    Column("title"), Column("state", target="state"), Column("owner", target="owner"),
)  # fmt: skip
_AFTER: Final = (
    Column("version", "number", scale=0), Column("created_at", "instant"), Column("updated_at", "instant"),
    Column("archived_at", "instant"),
)  # fmt: skip


def records_source(
    crm: Crm,
    connection: sa.Connection,
    actor: Actor,
    name: str,
    customer: int | str | None,
    states: Sequence[str] | None,
    columns: Sequence[str] | None,
    *,
    archived: bool,
) -> Source:
    """The records of the type `name`, ready to be written."""
    kernel = crm.kernel
    type_ = kernel.words.record_types[name]
    wanted = Filter(
        customer_id=None if customer is None else resolve(connection, kernel, actor, customer),
        states=None if states is None else [state_named(type_, each) for each in states],
        archived=archived,
    )
    reader = Reader(kernel, actor, type_)
    every = _columns(type_)
    places = list(range(len(every))) if columns is None else [_place(every, each) for each in columns]
    rows, people = reader.count_people(wanted)
    return Source(
        what=f"records:{type_.name}",
        columns=[every[at] for at in places],
        rows=rows,
        customers=people,
        batches=_rows(connection, reader, type_, wanted, places),
        detail={"states": list(states)} if states else {},
    )


def _columns(type_: RecordType) -> list[Column]:
    fields = [Column.of_field(each.name, each, f"field:{each.name}") for each in type_.fields]
    return [*_BEFORE, *fields, *_AFTER]


def _place(columns: Sequence[Column], name: str) -> int:
    headers = [column.header for column in columns]
    if name in headers:
        return headers.index(name)
    near = nearest(name, headers)
    meant = phrase("Did you mean {near}? ", near=near) if near else ""
    raise NotFound(
        phrase("There is no column {name}", name=quoted(name)),
        hint=phrase("{meant}There are: {headers}", meant=meant, headers=", ".join(headers)),
    )


def _rows(
    connection: sa.Connection, reader: Reader, type_: RecordType, wanted: Filter, places: Sequence[int]
) -> Batches:
    for batch in reader.every(wanted, _BATCH):
        customers = names_of(connection, "customer", (each.customer_id for each in batch))
        owners = names_of(connection, "employee", (each.owner_id for each in batch))
        ids = sorted({each.customer_id for each in batch})
        uids: dict[int, str] = dict(rows_among(connection, "SELECT id, uid FROM customer WHERE id", ids))
        rows = [_row(type_, each, uids, customers, owners) for each in batch]
        yield [[row[at] for at in places] for row in rows]


def _row(
    type_: RecordType,
    record: Record,
    uids: Mapping[int, str],
    customers: Mapping[int, str],
    owners: Mapping[int, str],
) -> list[Any]:
    owner = owners.get(record.owner_id) if record.owner_id else None
    return [
        record.id, uids.get(record.customer_id), record.customer_id, customers.get(record.customer_id),
        record.title, record.state, owner,
        *(_value(record.fields.get(each.name)) for each in type_.fields),
        record.version, record.created_at, record.updated_at, record.archived_at,
    ]  # fmt: skip


def _value(value: Any) -> Any:
    return value.minor if isinstance(value, Money) else value
