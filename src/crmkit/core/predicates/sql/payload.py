"""Values inside of payloads, alike on SQLite and PostgreSQL: of another type than wanted means unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.predicates.tree import Type

_NUMBER: Final = r"^-?[0-9]{1,200}(\.[0-9]{1,200})?([eE][-+]?[0-9]{1,2})?$"


def payload_key(
    payload: sa.ColumnElement[Any], name: str, type_: Type, dialect: str
) -> sa.ColumnElement[Any]:
    """The value under `name` of a payload column; a number as a double, true and false as 1 and 0."""
    if dialect == "sqlite":
        return _sqlite(payload, f'$."{name}"', type_)
    return _postgresql(sa.cast(payload, _postgresql_types().JSONB), name, type_)


def matching_rows(
    interaction: sa.Table,
    where: Any,
    list_name: str,
    key: str | None,
    type_: Type,
    test: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[bool]],
    dialect: str,
) -> sa.Select[Any]:
    """The numbers of the interactions of which an element of the list meets the test.

    Elements are objects with the `key`, or the values themselves.
    """
    rows = interaction.alias()
    if dialect == "sqlite":
        each = sa.func.json_each(rows.c.payload, f'$."{list_name}"').table_valued(
            "value", "type", name="line"
        )
        value = each.c.value if key is None else _sqlite(each.c.value, f'$."{key}"', type_)
        is_object = sa.true() if key is None else each.c.type == "object"
        return (
            sa.select(rows.c.seq)
            .select_from(rows.join(each, sa.true()))
            .where(where(rows), is_object, test(value))
        )
    jsonb = _postgresql_types().JSONB
    found = sa.cast(rows.c.payload, jsonb)[list_name]
    empty = sa.cast(sa.literal("[]", sa.Text), jsonb)
    listed = sa.case((sa.func.jsonb_typeof(found) == "array", found), else_=empty)
    line = (
        sa.func.jsonb_array_elements(listed)
        .table_valued(sa.column("value", jsonb), name="line")
        .render_derived()
    )
    value = _scalar(line.c.value) if key is None else _postgresql(line.c.value, key, type_)
    return sa.select(rows.c.seq).select_from(rows.join(line, sa.true())).where(where(rows), test(value))


def _postgresql_types() -> Any:
    """Loaded when they are used: they bring all of SQLAlchemy's part for PostgreSQL."""
    from sqlalchemy.dialects import postgresql

    return postgresql


def _scalar(value: Any) -> sa.ColumnElement[Any]:
    whole = sa.cast(sa.literal("{}", sa.Text), _postgresql_types().ARRAY(sa.Text))
    return value.op("#>>", return_type=sa.Text())(whole).collate("C")  # type: ignore[no-any-return]


def _sqlite(payload: sa.ColumnElement[Any], path: str, type_: Type) -> sa.ColumnElement[Any]:
    value = sa.func.json_extract(payload, sa.literal(path, sa.Text))
    kind = sa.func.json_type(payload, sa.literal(path, sa.Text))
    if type_.is_numeric:
        digits = sa.and_(
            kind == "text",
            value.op("GLOB")("[-0-9]*"),
            sa.not_(value.op("GLOB")("*[^-+0-9.eE]*")),
            value.op("GLOB")("*[0-9]*"),
        )
        return sa.case((sa.or_(kind.in_(["integer", "real"]), digits), sa.cast(value, sa.Double())))
    if type_.kind == "bool":
        return sa.case((kind == "true", 1), (kind == "false", 0))
    return sa.case((kind == "text", value))


def _postgresql(document: Any, name: str, type_: Type) -> sa.ColumnElement[Any]:
    found = document[name]
    text = found.astext
    if type_.is_numeric:
        return sa.case((text.op("~")(_NUMBER), sa.cast(text, sa.Double())))
    if type_.kind == "bool":
        return sa.case((text == "true", 1), (text == "false", 0))
    return sa.case((sa.func.jsonb_typeof(found) == "string", text)).collate("C")
