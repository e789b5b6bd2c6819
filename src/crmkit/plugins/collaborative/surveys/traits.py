"""What conditions ask of a customer's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import known_and_current, payload_value
from crmkit.plugins.collaborative.surveys.kinds import CSAT, NPS
from crmkit.plugins.collaborative.surveys.words import ANSWER, SURVEY

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.plugin import Duration, Tables

_DAY: Final = 86_400_000_000


def _answers(as_of: int, tables: Tables, kind: str) -> Any:
    """(customer_id, score, occurred_at, seq) of the answers that stood at that instant."""
    interaction = tables.interaction
    return sa.select(
        interaction.c.customer_id,
        sa.cast(payload_value(interaction, "score"), sa.BigInteger).label("score"),
        interaction.c.occurred_at,
        interaction.c.seq,
    ).where(
        interaction.c.type == ANSWER,
        payload_value(interaction, "kind") == kind,
        interaction.c.occurred_at <= as_of,
        known_and_current(tables, as_of),
    )


def nps_last(as_of: int, tables: Tables) -> Any:
    """(customer, the last score up to `as_of`)."""
    given = _answers(as_of, tables, NPS).subquery("given")
    place = sa.func.row_number().over(
        partition_by=given.c.customer_id, order_by=(given.c.occurred_at.desc(), given.c.seq.desc())
    )
    ranked = sa.select(given.c.customer_id, given.c.score.label("value"), place.label("place")).subquery(
        "ranked"
    )
    return sa.select(ranked.c.customer_id, ranked.c.value).where(ranked.c.place == 1)


def csat_avg(as_of: int, tables: Tables, tz: tzinfo, window: Duration) -> Any:
    """(customer, the average score within the window)."""
    given = _answers(as_of, tables, CSAT).subquery("given")
    value = sa.func.avg(sa.cast(given.c.score, sa.Double))
    return (
        sa.select(given.c.customer_id, sa.cast(value, sa.Double).label("value"))
        .where(given.c.occurred_at > window.before(as_of, tz))
        .group_by(given.c.customer_id)
    )


def surveyed_last(as_of: int, tables: Tables) -> Any:
    """(customer, whole days since they were asked last)."""
    table = tables.records[SURVEY]
    age = (as_of - sa.func.max(table.c.sent_at)) // sa.literal(_DAY, sa.BigInteger)
    return (
        sa.select(table.c.customer_id, sa.cast(age, sa.BigInteger).label("value"))
        .where(table.c.sent_at <= as_of, table.c.archived_at.is_(None))
        .group_by(table.c.customer_id)
    )
