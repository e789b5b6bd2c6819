"""Reviews: what customers say in public."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.plugin import Tables, known_and_current, payload_value

REVIEW = "review.posted"


def last_rating(as_of: int, tables: Tables) -> sa.Select[Any]:
    """(customer, the stars of the last review up to `as_of`)."""
    interaction = tables.interaction
    newest = sa.func.row_number().over(
        partition_by=interaction.c.customer_id,
        order_by=(interaction.c.occurred_at.desc(), interaction.c.seq.desc()),
    )
    ranked = (
        sa.select(
            interaction.c.customer_id,
            sa.cast(payload_value(interaction, "rating"), sa.BigInteger).label("value"),
            newest.label("place"),
        )
        .where(
            interaction.c.type == REVIEW,
            interaction.c.occurred_at <= as_of,
            known_and_current(tables, as_of),
        )
        .subquery()
    )
    return sa.select(ranked.c.customer_id, ranked.c.value).where(ranked.c.place == 1)
