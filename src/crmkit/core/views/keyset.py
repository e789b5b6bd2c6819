"""Pages of any list, each beginning where the last one ended: stable while rows come and go, and with NULLs.

Rows without a value to order by come last in either direction; equal values are ordered by the row's number.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

Test = sa.ColumnElement[bool]
_LONGEST: Final = 4_000
_PLAIN: Final = (int, float, str)


@frozen(eq=False)
class Key:
    """Something to order by."""

    value: sa.ColumnElement[Any]
    descending: bool = False


def in_order(
    statement: sa.Select[Any],
    keys: Sequence[Key],
    number: sa.ColumnElement[int],
    limit: int,
    after: str | None = None,
) -> sa.Select[Any]:
    """`statement` in the order of `keys`, then of `number`; at most `limit` rows, those after a cursor.

    Raises `Invalid` for a cursor of another list.
    """
    if after is not None:
        position = read_cursor(after, len(keys))
        if not all(_fits(key, at) for key, at in zip(keys, position, strict=False)):
            raise _foreign(after)
        statement = statement.where(_beyond(keys, number, position))
    for key in keys:
        statement = statement.order_by(key.value.is_(None), key.value.desc() if key.descending else key.value)
    return statement.order_by(number).limit(limit)


def cursor(values: Sequence[Any], number: int) -> str:
    """The cursor of a row: its number, after the values it is ordered by."""
    if not values:
        return str(number)
    return base64.urlsafe_b64encode(msgspec.json.encode([*map(_kept, values), number])).decode().rstrip("=")


def read_cursor(text: str, count: int) -> list[Any]:
    """The values and the number in a cursor over `count` keys. Raises `Invalid`."""
    found = _decoded(text) if count else _number(text)
    if found is None or len(found) != count + 1 or type(found[-1]) is not int:
        raise _foreign(text)
    return found


def _foreign(text: str) -> Invalid:
    return Invalid(
        phrase("{text} is not a cursor of this list", text=quoted(text)), hint="Begin again without it."
    )


def _fits(key: Key, at: Any) -> bool:
    """Whether a value of a cursor can be compared with what the list is ordered by."""
    type_ = key.value.type
    if at is None or isinstance(type_, sa.types.NullType):
        return True
    if isinstance(type_, sa.String):
        return isinstance(at, str)
    return isinstance(at, int) if isinstance(type_, sa.Integer) else not isinstance(at, str)


def _number(text: str) -> list[Any] | None:
    return [int(text)] if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _decoded(text: str) -> list[Any] | None:
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = msgspec.json.decode(raw)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
    plain = isinstance(found, list) and all(each is None or type(each) in _PLAIN for each in found)
    fits = plain and all(type(each) is not int or abs(each) < 2**63 for each in found)
    return found if fits else None


def _kept(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return int(value) if isinstance(value, bool) else value


def _beyond(keys: Sequence[Key], number: sa.ColumnElement[int], position: Sequence[Any]) -> Test:
    """The condition that a row comes after `position`."""
    found: Test = number > sa.literal(position[-1], sa.BigInteger)
    for key, at in reversed(list(zip(keys, position, strict=False))):
        if at is None:
            found = sa.and_(key.value.is_(None), found)
            continue
        bound = sa.literal(at, key.value.type)
        further = key.value < bound if key.descending else key.value > bound
        found = sa.or_(key.value.is_(None), further, sa.and_(key.value == bound, found))
    return found
