"""The interactions that count: in force, in a period, and by what was known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.model.interaction import VOIDED
from crmkit.core.store.tables import Tables

_COLUMNS: Final = (
    "seq", "customer_id", "type", "channel", "direction", "outlet", "employee_id", "source", "occurred_at",
)  # fmt: skip


def facts(
    tables: Tables,
    types: Sequence[str],
    *,
    start: int,
    end: int,
    known_by: int | None,
    scope: Sequence[sa.Select[Any]] = (),
    money: bool = False,
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """SELECT of interactions of `types` (none: all but voids) with `start <= occurred_at < end`.

    `known_by` None: as the record stands now. Otherwise what was known by then, in which case what was
    superseded by something known later is added back.
    """
    interaction = tables.interaction
    names = (*_COLUMNS, "amount", "currency") if money else _COLUMNS
    columns = [interaction.c[name] for name in names]
    of_type = interaction.c.type.in_(types) if types else interaction.c.type != VOIDED
    where = [of_type, interaction.c.occurred_at >= start, interaction.c.occurred_at < end]
    where += [interaction.c.customer_id.in_(each) for each in scope]
    standing = sa.select(*columns).where(*where, interaction.c.superseded_by.is_(None))
    if known_by is None:
        return standing
    successor = interaction.alias("successor")
    replaced_later = sa.select(successor.c.corrects).where(
        successor.c.corrects.is_not(None), successor.c.known_at > known_by
    )
    restored = sa.select(*columns).where(*where, interaction.c.seq.in_(replaced_later))
    known = interaction.c.known_at <= known_by
    return sa.union_all(standing.where(known), restored.where(known))
