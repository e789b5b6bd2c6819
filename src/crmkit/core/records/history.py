"""What happened to records, out of the change log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.customers.fields import plain_value
from crmkit.core.logs import change_of
from crmkit.core.model.interaction import Change
from crmkit.core.model.words import RecordType
from crmkit.core.records.rows import names_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

PREFIX: Final = "record:"
_AFTER_PREFIX: Final = "record;"
_NAMES: Final = (
    "seq", "at", "actor", "action", "entity", "entity_id", "customer_id", "field", "old", "new", "source",
)  # fmt: skip


def history_of(
    connection: sa.Connection, kernel: Kernel, type_: RecordType, id_: int, customer_id: int, limit: int
) -> list[Change]:
    """What changed about one record, newest first, values as people read them."""
    table = kernel.tables.change
    query = _changes(table).where(
        table.c.customer_id == customer_id,
        table.c.entity.in_([f"{PREFIX}{name}" for name in type_.names]),
        table.c.entity_id == id_,
    )
    found = connection.execute(query.order_by(table.c.seq.desc()).limit(limit)).all()
    return [readable(change_of(row), kernel) for row in found]


def latest_of(connection: sa.Connection, kernel: Kernel, customer_id: int, limit: int) -> list[Change]:
    """The last additions and moves of a customer's records, newest first."""
    table = kernel.tables.change
    query = _changes(table).where(
        table.c.customer_id == customer_id,
        table.c.entity >= PREFIX,
        table.c.entity < _AFTER_PREFIX,
        table.c.field.in_(("", "state")),
    )
    found = connection.execute(query.order_by(table.c.seq.desc()).limit(limit)).all()
    return [readable(change_of(row), kernel) for row in found]


def type_of(change: Change, kernel: Kernel) -> RecordType | None:
    """The type of the record that a change is about, whatever it was called then; None if it is gone."""
    name = change.entity.removeprefix(PREFIX)
    types = kernel.words.record_types
    return types.get(name) or next((each for each in types if each.was == name), None)


def readable(change: Change, kernel: Kernel) -> Change:
    """A change of a record with values as people read them; the initial values of a creation too."""
    type_ = type_of(change, kernel)
    if type_ is None:
        return change
    change = evolve(change, entity=f"{PREFIX}{type_.name}")
    if change.field:
        old, new = (_plain(type_, change.field, kept, kernel) for kept in (change.old, change.new))
        return evolve(change, old=old, new=new)
    if isinstance(change.new, Mapping):
        return evolve(
            change, new={name: _plain(type_, name, kept, kernel) for name, kept in change.new.items()}
        )
    return change


def replayed(changes: Iterable[Change]) -> dict[str, Any]:
    """The values to which changes of one record lead, oldest first; what has none is left out."""
    values: dict[str, Any] = {}
    for change in changes:
        given = change.new if not change.field and isinstance(change.new, Mapping) else {}
        values |= given if not change.field else {change.field: change.new}
    return {name: value for name, value in values.items() if value is not None}


def _plain(type_: RecordType, name: str, kept: Any, kernel: Kernel) -> Any:
    if name == "owner" and kept is not None:
        with kernel.reading() as connection:
            return names_of(connection, "employee", (kept,)).get(kept)
    word = type_.field_named(name)
    return kept if word is None else plain_value(word, kept, kernel.currency)


def _changes(table: sa.Table) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in _NAMES))
