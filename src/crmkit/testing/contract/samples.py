"""Made-up values for a plugin's words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import sqlalchemy as sa
from attrs import NOTHING, fields

from crmkit.core.model.money import Money
from crmkit.core.store.ownership import links

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Field, InteractionType

_DAY: Final = date(1971, 7, 1)
_PLAIN: Final[Mapping[Any, Any]] = {int: 1, float: 1.0, bool: True, Decimal: Decimal(1), date: _DAY}

_KEPT: Final[Mapping[Any, Any]] = {**_PLAIN, Money: "7.00 EUR"}


def field_values(crm: Crm, owner: str, text: str) -> dict[str, Any]:
    """A value for each field that `owner` contributes; `text` where any text will do."""
    found = {word.name: _field_value(word, text, crm.config.crs.currency) for word in _fields_of(crm, owner)}
    return {name: value for name, value in found.items() if value is not None}


def _fields_of(crm: Crm, owner: str) -> Iterator[Field]:
    return (word for word in crm.words.fields if word.owner == owner)


def _field_value(word: Field, text: str, currency: str) -> Any:
    first = word.choices[:1]
    values = {
        "text": text,
        "number": 7,
        "money": Money(700, currency),
        "date": _DAY,
        "datetime": 47_174_400_000_000,
        "bool": True,
        "choice": first[0] if first else None,
        "multi-choice": first,
    }
    return values.get(word.type)


def payload(word: InteractionType, text: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of a type's payload: as `given`, else `text` wherever text is kept."""
    if amount(word, given) is not None:
        given = {key: value for key, value in given.items() if key != "amount"}
    if word.payload is None:
        return {"text": text, **given}
    hints = get_type_hints(word.payload)
    made = {}
    for each in fields(word.payload):
        kind = _plain_kind(hints[each.name])
        if kind is str:
            made[each.name] = text
        elif each.default is NOTHING:
            made[each.name] = _KEPT.get(kind, ())
    return {**made, **given}


def amount(word: InteractionType, given: Mapping[str, Any]) -> Any:
    """The amount that is `given` for a contact of a type, where that is not a key of its payload."""
    keys = {each.name for each in fields(word.payload)} if word.payload is not None else set()
    return given.get("amount") if word.amount and "amount" not in keys else None


def _plain_kind(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def row(
    table: sa.Table, ids: Mapping[str, int], personal: frozenset[str], text: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """A row of a plugin's table for the customer and the parents in `ids`; `text` in personal columns."""
    made: dict[str, Any] = {}
    owners = links(table)
    for column in table.columns:
        parent = next((key.column.table.name for key in column.foreign_keys), "")
        if column.name in owners:
            made[column.name] = ids[owners[column.name].via or "customer"]
        elif parent in ids and not column.nullable:
            made[column.name] = ids[parent]
        elif column.name in personal:
            made[column.name] = _column_value(column.type, text, 7)
        elif not column.nullable and not column.primary_key:
            made[column.name] = _column_value(column.type, "x", 1)
    return {**made, **given}


def _column_value(kind: sa.types.TypeEngine[Any], text: str, number: int) -> Any:
    """A value that a column of this type takes: `text` or `number` where it can be one."""
    if isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    if isinstance(kind, sa.JSON):
        return {"text": text}
    values: Mapping[Any, Any] = {
        str: text, int: number, float: float(number), Decimal: Decimal(number), bool: True, date: _DAY,
        datetime: datetime.combine(_DAY, time()), time: time(7), bytes: text.encode(), UUID: UUID(int=number),
    }  # fmt: skip
    return values.get(kind.python_type, number)


def parameters(cls: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of an action: as `given`, else made up where there is no default."""
    hints, made = get_type_hints(cls), {}
    for each in fields(cls):
        kind = _plain_kind(hints[each.name])
        if each.default is NOTHING:
            made[each.name] = "text" if kind is str else _PLAIN.get(kind, ())
    return {**made, **given}
