"""What conditions can say about records: `exists(cake_order where state = 'open' and price > 100)`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.model.words import Field
from crmkit.core.predicates import context

if TYPE_CHECKING:
    from crmkit.core.model.words import RecordType
    from crmkit.core.store.tables import Tables
    from crmkit.core.words.registry import Words


def record_columns(words: Words, tables: Tables) -> dict[str, context.RecordType]:
    """The record types as conditions see them, by every name that means one; the archived are left out."""
    found: dict[str, context.RecordType] = {}
    for word in words.record_types:
        made = _seen(word, tables.records[word.name])
        found[word.name] = made
        found.setdefault(words.record_types.shown(word), made)
    return found


def _seen(type_: RecordType, table: sa.Table) -> context.RecordType:
    present = sa.select(table).where(table.c.archived_at.is_(None)).subquery(type_.table)
    return context.RecordType(name=type_.name, fields=_fields(type_), table=present)


def _fields(type_: RecordType) -> Mapping[str, Field]:
    """What every record has, under the name it has in a condition, and the type's own fields.

    A field's own name is that of its column.
    """
    state = "choice" if type_.states else "text"
    return {
        "id": Field(name="id", type="number", doc="Its number"),
        "title": Field(name="title", type="text", doc="Its title"),
        "state": Field(name="state", type=state, doc="Its state", choices=type_.states),
        "created": Field(name="created_at", type="datetime", doc="When it was added"),
        "updated": Field(name="updated_at", type="datetime", doc="When it last changed"),
        **{each.name: each for each in type_.fields},
    }
