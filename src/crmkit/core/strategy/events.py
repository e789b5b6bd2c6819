"""The events that rules act upon: what came in lately, was news when it came, and still stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.interactions.asof import known_and_current
from crmkit.core.messages.action import SOURCE as SENT
from crmkit.core.strategy.schedules import duration

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.rules import Rule

USUAL_AGE: Final = "2 days"


def events_of(kernel: Kernel, connection: sa.Connection, rule: Rule, now: int) -> list[tuple[int, int]]:
    """(customer, number of the event) of what happened within the rule's `max_age`.

    What was imported as history is known as of its own day, and is no news; nor is what a rule has sent, or
    two rules could answer each other for ever. A correction is the same event
    as what it corrects, so it has that one's number.
    """
    if kernel.past is not None:
        return _events_then(kernel, connection, rule, now)
    interaction = kernel.tables.interaction
    since = _since(kernel, rule, now)
    chosen = sa.select(interaction.c.customer_id, interaction.c.seq, interaction.c.corrects).where(
        interaction.c.seq > _last_before(kernel, connection, since),
        # As an expression it keeps SQLite from reading every event of the type since the beginning.
        sa.func.coalesce(interaction.c.type, "") == rule.on,
        interaction.c.occurred_at >= since,
        interaction.c.known_at == interaction.c.recorded_at,
        interaction.c.superseded_by.is_(None),
        interaction.c.customer_id.is_not(None),
        interaction.c.source.is_distinct_from(SENT),
    )
    rows = connection.execute(chosen).all()
    first = _first_of(connection, [row.corrects for row in rows if row.corrects is not None])
    return [
        (row.customer_id, root)
        for row in rows
        if (root := row.seq if row.corrects is None else first.get(row.corrects)) is not None
    ]


def _events_then(kernel: Kernel, connection: sa.Connection, rule: Rule, now: int) -> list[tuple[int, int]]:
    """The same as of an instant in the past, as if all history had come in when it was known."""
    interaction, since = kernel.tables.interaction, _since(kernel, rule, now)
    chosen = sa.select(interaction.c.customer_id, interaction.c.seq, interaction.c.corrects).where(
        interaction.c.type == rule.on,
        interaction.c.occurred_at.between(since, now),
        interaction.c.known_at >= since,
        known_and_current(kernel.tables, now),
        interaction.c.customer_id.is_not(None),
        interaction.c.source.is_distinct_from(SENT),
    )
    rows = connection.execute(chosen.order_by(interaction.c.known_at, interaction.c.seq)).all()
    first = _first_of(connection, [row.corrects for row in rows if row.corrects is not None], news=False)
    return [(row.customer_id, row.seq if row.corrects is None else first[row.corrects] or 0) for row in rows]


def news_since(
    kernel: Kernel, connection: sa.Connection, rule: Rule, after: int | None, now: int
) -> tuple[bool, int]:
    """Whether there is any interaction of the rule's type after number `after`; and the newest of all."""
    interaction = kernel.tables.interaction
    first = _last_before(kernel, connection, _since(kernel, rule, now)) if after is None else after
    newest = connection.execute(sa.select(sa.func.max(interaction.c.seq))).scalar() or 0
    of_type = sa.func.coalesce(interaction.c.type, "") == rule.on
    chosen = sa.select(interaction.c.seq).where(interaction.c.seq > first, of_type).limit(1)
    return connection.execute(chosen).first() is not None, int(newest)


def _since(kernel: Kernel, rule: Rule, now: int) -> int:
    return duration(rule.declared.max_age or USUAL_AGE).before(now, kernel.tz)


def _last_before(kernel: Kernel, connection: sa.Connection, since: int) -> int:
    """A number such that what came in up to it came before the instant `since`, and what came in later after.

    Numbers are given in the order in which things come in, so that halving finds it. The instants of the log
    have no index of their own.
    """
    interaction = kernel.tables.interaction
    middle = sa.bindparam("middle", type_=sa.BigInteger())
    nearest = sa.select(interaction.c.seq, interaction.c.recorded_at).where(interaction.c.seq <= middle)
    nearest = nearest.order_by(interaction.c.seq.desc()).limit(1)
    low, high = 0, connection.execute(sa.select(sa.func.max(interaction.c.seq))).scalar() or 0
    while low < high:
        half = (low + high + 1) // 2
        row = connection.execute(nearest, {"middle": half}).first()
        if row is None or row.recorded_at < since:
            low = half
        else:
            high = row.seq - 1
    return low


def _first_of(
    connection: sa.Connection, corrected: Sequence[int], *, news: bool = True
) -> Mapping[int, int | None]:
    """For each corrected interaction the number that it all began with; with `news`, None where that was
    none."""
    select = "SELECT seq, corrects, known_at, recorded_at FROM interaction WHERE seq"
    before: dict[int, tuple[int | None, bool]] = {}
    missing = set(corrected)
    while missing:
        rows = list(rows_among(connection, select, sorted(missing)))
        before.update({row[0]: (row[1], not news or row[2] == row[3]) for row in rows})
        missing = {row[1] for row in rows if row[1] is not None} - set(before)
    return {seq: _root(seq, before) for seq in corrected}


def _root(seq: int, before: Mapping[int, tuple[int | None, bool]]) -> int | None:
    corrects, is_news = before[seq]
    while corrects is not None:
        seq = corrects
        corrects, is_news = before[seq]
    return seq if is_news else None
