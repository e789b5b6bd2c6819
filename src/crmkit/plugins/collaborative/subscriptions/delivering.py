"""Delivering: in the order of each customer's events, at least once, and later where that does not work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import Later, Performed, Refusal, WebhookRequest
from crmkit.plugins.collaborative.subscriptions.tables import (
    DELIVERED,
    DELIVERY,
    PARKED,
    SUBSCRIPTION,
    WAITING,
)

if TYPE_CHECKING:
    from crmkit import Crm

_SECOND: Final = 1_000_000
_AT_ONCE: Final = 500
_SETTLED_AT_ONCE: Final = 100
_LEASE: Final = 15 * 60 * _SECOND
_FIRST_PAUSE: Final = 30.0
_LONGEST_PAUSE: Final = 6 * 3600.0
_GIVEN_UP_AFTER: Final = 48 * 3600 * _SECOND


def deliver(crm: Crm, subscription: Any, webhook: str) -> bool:
    """Hand over what is due, of each customer the oldest first; whether there may be more.

    A delivery is claimed by setting when it is due to the end of a lease: a process that is killed leaves it
    to the next one, and the other side knows it again by its id.
    """
    claimed = _claimed(crm, subscription.id)
    calls = [
        WebhookRequest(webhook, f"{subscription.name}:{row.event}", row.body.encode()) for row in claimed
    ]
    answers, settled = crm.webhooks.call(calls), 0
    while some := list(islice(answers, _SETTLED_AT_ONCE)):
        settled += _settle(crm, subscription.id, claimed, some)
    return settled > 0


def _claimed(crm: Crm, subscription_id: int) -> Sequence[Any]:
    table = crm.plugins.table(DELIVERY)
    earlier = table.alias("earlier")
    mine = sa.and_(table.c.subscription_id == subscription_id, table.c.state == WAITING)
    is_behind = sa.exists().where(
        earlier.c.subscription_id == subscription_id, earlier.c.state == WAITING,
        earlier.c.customer_id == table.c.customer_id, earlier.c.id < table.c.id,
    )  # fmt: skip
    now = crm.clock.now()
    due = sa.select(table).where(mine, table.c.due_at <= now, sa.not_(is_behind)).order_by(table.c.id)
    with crm.transaction() as tx:
        rows = tx.execute(due.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
        claim = sa.update(table).where(table.c.id.in_([row.id for row in rows]))
        if rows:
            tx.execute(claim.values(due_at=tx.at + _LEASE, attempts=table.c.attempts + 1))
        return rows


def _settle(crm: Crm, subscription_id: int, claimed: Sequence[Any], answers: Sequence[Any]) -> int:
    """Write down what became of these; how many are done with."""
    table, subscription = crm.plugins.table(DELIVERY), crm.plugins.table(SUBSCRIPTION)
    done = [claimed[each.index].id for each in answers if isinstance(each, Performed)]
    with crm.transaction() as tx:
        if done:
            settled = {"state": DELIVERED, "settled_at": tx.at, "due_at": None, "reason": ""}
            tx.execute(sa.update(table).where(table.c.id.in_(done)).values(settled))
            tx.execute(
                sa.update(subscription).where(subscription.c.id == subscription_id).values(delivered_at=tx.at)
            )
        parked = 0
        for each in answers:
            if not isinstance(each, Performed):
                values = _unsettled(claimed[each.index], each, tx.at)
                parked += values["state"] == PARKED
                tx.execute(sa.update(table).where(table.c.id == claimed[each.index].id).values(values))
    return len(done) + parked


def _unsettled(row: Any, answer: Refusal | Later, now: int) -> dict[str, Any]:
    """Later, twice as long each time, for two days; then, or when it is refused, it is parked."""
    is_over = isinstance(answer, Refusal) or now - row.queued_at > _GIVEN_UP_AFTER
    if is_over:
        return {"state": PARKED, "settled_at": now, "due_at": None, "reason": answer.reason}
    asked = answer.seconds if isinstance(answer, Later) else None
    pause = asked or min(_FIRST_PAUSE * 2**row.attempts, _LONGEST_PAUSE)
    return {"state": WAITING, "due_at": now + int(pause * _SECOND), "reason": answer.reason}


def prune(crm: Crm, older_than: int) -> None:
    """Forget what was delivered before an instant."""
    table = crm.plugins.table(DELIVERY)
    with crm.transaction() as tx:
        tx.execute(sa.delete(table).where(table.c.state == DELIVERED, table.c.settled_at < older_than))


def open_counts(crm: Crm) -> Iterator[tuple[int, str, int, int | None]]:
    """(subscription, state, how many, since when) of what waits or is parked."""
    table = crm.plugins.table(DELIVERY)
    query = (
        sa.select(table.c.subscription_id, table.c.state, sa.func.count(), sa.func.min(table.c.queued_at))
        .where(table.c.state != DELIVERED)
        .group_by(table.c.subscription_id, table.c.state)
    )
    with crm.reading() as execute:
        yield from (tuple(row) for row in execute(query).all())
