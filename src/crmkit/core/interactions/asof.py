"""What was on record, and in force, at an instant."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.core.store.tables import Tables


def known_and_current(tables: Tables, as_of: int) -> sa.ColumnElement[bool]:
    """The condition over `tables.interaction` that an interaction was known at `as_of` and in force then.

    In force: not superseded, or superseded by something that became known later. For many customers at once,
    `current_as_of` gives the same rows and reads them from the index of its type.
    """
    interaction = tables.interaction
    successor = interaction.alias("successor")
    replaced = (
        sa.select(sa.literal(1))
        .where(successor.c.seq == interaction.c.superseded_by, successor.c.known_at <= as_of)
        .correlate(interaction)
    )
    superseded_by = interaction.c.superseded_by
    return sa.and_(interaction.c.known_at <= as_of, sa.or_(superseded_by.is_(None), ~sa.exists(replaced)))


def current_as_of(
    tables: Tables, as_of: int, *columns: sa.ColumnElement[Any], type_: str | None = None
) -> sa.Subquery:
    """The `columns` of the interactions known at `as_of` and in force then, of one type or of all.

    `columns` are those of `tables.interaction`. What is in force now comes from the index that leaves out
    what was superseded; what was superseded by something known later is added back.
    """
    interaction = tables.interaction
    standing = sa.select(*columns).where(interaction.c.superseded_by.is_(None))
    successor = interaction.alias("successor")
    replaced_later = sa.select(successor.c.corrects).where(
        successor.c.corrects.is_not(None), successor.c.known_at > as_of
    )
    added_back = sa.select(*columns).where(interaction.c.seq.in_(replaced_later))
    parts = [part.where(interaction.c.known_at <= as_of) for part in (standing, added_back)]
    if type_ is not None:
        parts = [part.where(interaction.c.type == type_) for part in parts]
    return sa.union_all(*parts).subquery("current_as_of")
