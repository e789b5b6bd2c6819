"""Whose turn it is: a line that is due is taken by one worker, for a time.

Whoever takes it raises its token, so that what an earlier worker says later counts for nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import change_among
from crmkit.core.effects.holding import holds
from crmkit.core.effects.line import Line, Outcome, columns, line_of
from crmkit.core.effects.pausing import GIVE_UP_AFTER, later
from crmkit.core.effects.settling import write
from crmkit.core.language import N_
from crmkit.core.model.strategy import CLAIMED, HANDING_OVER, PENDING, UNCONFIRMED
from crmkit.core.store.bulk import driver_many, marked

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

CLAIM_LEASE: Final = 120_000_000
# What is due so soon is waited for, where a worker has the time.
_SOON: Final = 1_000_000
INTERRUPTED: Final = "interrupted while it was handed over; nobody knows whether it arrived"
log = logging.getLogger("crmkit.effects")


def is_anything_due(kernel: Kernel, plan: int | None) -> bool:
    """Whether a pass would find anything to do."""
    table, now = kernel.tables.effect, kernel.clock.now()
    held = table.c.state.in_((CLAIMED, HANDING_OVER))
    expired = sa.select(sa.literal(1)).where(table.c.lease_until <= now, held).limit(1)
    with kernel.reading() as connection:
        due = sa.select(sa.literal(1)).where(*_due(kernel, connection, now, plan)).limit(1)
        return any(connection.execute(chosen).first() is not None for chosen in (due, expired))


def recover(kernel: Kernel) -> int:
    """Take up what somebody left behind who was interrupted; how many lines.

    What was only claimed is due again. What was being handed over may have arrived: it is tried again where
    the other side would notice, and is unconfirmed elsewhere.
    """
    table = kernel.tables.effect
    with kernel.unit(kernel.house) as tx:
        expired = table.c.lease_until <= tx.at
        claimed = table.update().where(table.c.state == CLAIMED, expired)
        afresh = sa.case((table.c.attempts == 0, None), else_=table.c.give_up_at)
        given_back = claimed.values(state=PENDING, lease_until=None, give_up_at=afresh)
        count = tx.execute(given_back).rowcount
        chosen = (
            sa.select(*columns(kernel.tables), table.c.rehearsed, table.c.due_at)
            .where(table.c.state == HANDING_OVER, expired)
            .order_by(table.c.id)
            .with_for_update(skip_locked=True)
        )
        lines = [_interrupted(kernel, row, tx.at) for row in tx.execute(chosen).all()]
        write(tx, lines)
        return count + len(lines)


def _interrupted(kernel: Kernel, row: Any, now: int) -> Line:
    *values, rehearsed, due_at = row
    line = line_of(values)
    line.is_cancelled = due_at is None
    if rehearsed:  # a file that is written twice is one file
        line.outcome = Outcome(state=PENDING, due_at=now)
    elif is_repeatable(kernel, line.action, line.channel):
        line.outcome = later(line, INTERRUPTED, now, kernel.random, may_have_arrived=True)
    else:
        log.warning(N_("Effect %d was %s"), line.id, INTERRUPTED)
        line.outcome = Outcome(state=UNCONFIRMED, reason=INTERRUPTED)
    return line


def is_repeatable(kernel: Kernel, name: str, channel: str | None) -> bool:
    """Whether the other side would notice that the same comes twice."""
    action, way = kernel.words.actions.get(name), kernel.words.channels.get(channel or "")
    return (action is not None and action.repeatable) or (way is not None and way.repeatable)


def claim(
    kernel: Kernel, size: int, plan: int | None, number: int | None = None, like: Line | None = None
) -> list[Line]:
    """Up to `size` lines that are due, all of one action and one channel, the most overdue first; of one
    plan, or only number `number`. None where the most overdue is not of the action and channel of `like`."""
    with kernel.unit(kernel.house) as tx:
        lines = _oldest(kernel, tx, size, plan, number, like)
        claimed = (
            "UPDATE effect SET state = ?, token = token + 1, lease_until = ?, "
            "give_up_at = coalesce(give_up_at, ?) WHERE id"
        )
        ids, give_up_at = [line.id for line in lines], tx.at + GIVE_UP_AFTER
        change_among(tx.connection, claimed, ids, CLAIMED, tx.at + CLAIM_LEASE, give_up_at)
        for line in lines:
            line.token += 1
            line.give_up_at = line.give_up_at or give_up_at
            line.leased_at = tx.at
    return sorted(lines, key=lambda line: line.id)


def soon(kernel: Kernel, plan: int | None, like: Line | None) -> float | None:
    """In how many seconds the next line is due; None where that is not soon, or where it is not of the kind
    of `like`: then it is another's turn, which nobody may sleep through."""
    table, now = kernel.tables.effect, kernel.clock.now()
    with kernel.reading() as connection:
        due = sa.select(table.c.due_at, table.c.action, table.c.channel).where(
            *_due(kernel, connection, now + _SOON, plan)
        )
        first = connection.execute(due.order_by(table.c.due_at).limit(1)).first()
    if first is None or (like and (first.action, first.channel) != (like.action, like.channel)):
        return None
    return max(0.001, float(first.due_at - now) / 1_000_000)


def give_back(tx: Transaction, lines: Sequence[Line]) -> None:
    """Leave lines that are claimed, or were opened and not taken, to others: they are due as before, as if
    nobody had had them."""
    statement = """
        UPDATE effect SET state = CASE WHEN due_at IS NULL THEN 'skipped' ELSE 'pending' END,
          settled_at = CASE WHEN due_at IS NULL THEN ? END, lease_until = NULL, attempts = ?,
          give_up_at = CASE WHEN ? = 0 THEN NULL ELSE give_up_at END,
          contact_at = CASE WHEN channel IS NULL THEN NULL ELSE due_at END, rehearsed = 0
        WHERE id = ? AND token = ? AND state IN ('claimed', 'handing_over')"""
    rows = [(tx.at, line.attempts, line.attempts, line.id, line.token) for line in lines]
    if rows:
        driver_many(tx.connection, marked(tx.connection, statement), rows)


def renew(tx: Transaction, lines: Sequence[Line]) -> None:
    """Keep claimed lines in hand, where their lease has run for a while."""
    if lines and not 0 <= tx.at - lines[-1].leased_at < CLAIM_LEASE // 4:
        ids = [line.id for line in lines]
        renewed = "UPDATE effect SET lease_until = ? WHERE state = 'claimed' AND id"
        change_among(tx.connection, renewed, ids, tx.at + CLAIM_LEASE)
        for line in lines:
            line.leased_at = tx.at


def _oldest(
    kernel: Kernel, tx: Transaction, size: int, plan: int | None, number: int | None, like: Line | None
) -> list[Line]:
    table = kernel.tables.effect
    # In the order of the index: the lines that are due at the same instant need not be sorted.
    due = (
        sa.select(*columns(kernel.tables))
        .where(*_due(kernel, tx.connection, tx.at, plan, number))
        .order_by(table.c.due_at)
    )
    first = tx.execute(due.limit(1).with_for_update(skip_locked=True)).first()
    if first is None or (like and (first.action, first.channel) != (like.action, like.channel)):
        return []
    alike = due.where(
        table.c.action == first.action, table.c.channel.is_not_distinct_from(first.channel)
    ).limit(size)
    return [line_of(row) for row in tx.execute(alike.with_for_update(skip_locked=True))]


def _due(
    kernel: Kernel, connection: sa.Connection, now: int, plan: int | None, number: int | None = None
) -> list[sa.ColumnElement[bool]]:
    table = kernel.tables.effect
    conditions = [table.c.state == PENDING, table.c.due_at <= now]
    conditions += [] if plan is None else [table.c.plan_id == plan]
    conditions += [hold.spares(table) for hold in holds(connection, now)]
    return conditions if number is None else [*conditions, table.c.id == number]
