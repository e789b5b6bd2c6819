"""Of which Arrow type each column of a statement is: certain before the first row is there."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

# SQLAlchemy's types, the narrower ones first, and what they are called in Arrow.
_TYPES = (
    (sa.Boolean, "bool"),
    (sa.Integer, "int64"),
    (sa.Float, "double"),
    (sa.String, "string"),
)


def columns_of(select: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[tuple[str, str]]:
    """(name, Arrow type) of each column. Raises `Invalid` for a type that has no certain counterpart."""
    return [(name, _type(name, column.type)) for name, column in select.selected_columns.items()]


def _type(name: str, type_: Any) -> str:
    for known, called in _TYPES:
        if isinstance(type_, known):
            return called
    raise Invalid(
        phrase('The column "{name}" has no type that Arrow knows for certain', name=name),
        hint="Cast it: sa.cast(column, sa.BigInteger), sa.Double or sa.Text.",
    )
