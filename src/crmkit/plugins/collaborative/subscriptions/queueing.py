"""Queueing: what happened since, that a subscription wants to hear, becomes deliveries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugins.collaborative.subscriptions.tables import DELIVERY, SUBSCRIPTION, WAITING

if TYPE_CHECKING:
    from crmkit import Crm, Event
    from crmkit.plugin import Transaction
    from crmkit.plugins.collaborative.subscriptions.settings import Subscription

_AT_ONCE: Final = 5_000


def queue(crm: Crm, name: str, wanted: Subscription) -> bool:
    """Take the next events into the queue of a subscription, together with where it is in the log; whether
    there may be more. One that is new begins with what happens from now on."""
    row = known(crm, name)
    page = crm.events.after(row.cursor, on=wanted.on, limit=_AT_ONCE, full=wanted.full)
    with crm.transaction() as tx:
        table = crm.plugins.table(SUBSCRIPTION)
        mine = sa.and_(table.c.id == row.id, table.c.cursor == row.cursor)
        if not tx.execute(sa.update(table).where(mine).values(cursor=page.cursor)).rowcount:
            return True  # another worker took them
        enter(crm, tx, row.id, [*meant(crm, wanted, page.events)])
    return not page.is_end


def known(crm: Crm, name: str) -> Any:
    """The row of a subscription, made where there is none."""
    table = crm.plugins.table(SUBSCRIPTION)
    chosen = sa.select(table).where(table.c.name == name)
    with crm.reading() as execute:
        row = execute(chosen).first()
    if row is not None:
        return row
    with crm.transaction() as tx:
        if (row := tx.execute(chosen).first()) is None:
            tx.execute(sa.insert(table).values(name=name, cursor=crm.events.end()))
            row = tx.execute(chosen).first()
        return row


def enter(crm: Crm, tx: Transaction, subscription_id: int, events: Sequence[Event]) -> int:
    """Put events into the queue that are not there yet; how many."""
    table = crm.plugins.table(DELIVERY)
    ids = [event.id for event in events]
    mine = table.c.subscription_id == subscription_id
    there: set[str] = set()
    for start in range(0, len(ids), 500):
        chosen = sa.select(table.c.event).where(mine, table.c.event.in_(ids[start : start + 500]))
        there.update(tx.execute(chosen).scalars())
    rows = [
        {
            "subscription_id": subscription_id, "customer_id": event.customer_id, "event": event.id,
            "name": event.name, "body": body_of(event), "state": WAITING, "attempts": 0, "queued_at": tx.at,
            "due_at": tx.at, "reason": "",
        }
        for event in events
        if event.id not in there
    ]  # fmt: skip
    if rows:
        tx.execute(sa.insert(table), rows)
    return len(rows)


def body_of(event: Event) -> str:
    """What is sent of an event: no more of the customer than their uid, unless `full` asks for it."""
    at = datetime.fromtimestamp(event.at / 1_000_000, UTC).isoformat().replace("+00:00", "Z")
    said = {"id": event.id, "type": event.name, "at": at, "customer": event.customer, "data": {**event.data}}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def meant(crm: Crm, wanted: Subscription, events: Sequence[Event]) -> Iterator[Event]:
    """Those of customers for whom the condition holds now. That somebody is erased concerns every program
    that is told of such events: it may know them."""
    if not wanted.where:
        yield from events
        return
    ids = sorted({event.customer_id for event in events if event.customer_id is not None})
    among = {
        id_
        for start in range(0, len(ids), 10_000)
        for id_ in crm.predicates.members(wanted.where, among=ids[start : start + 10_000])
    }
    for event in events:
        if event.customer_id in among or event.name in ("customer.erased", "customer.merged"):
            yield event
