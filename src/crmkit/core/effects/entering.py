"""Entering effects in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.model.strategy import PENDING
from crmkit.core.store.bulk import insert_rows

_COLUMNS: Final = (
    "id", "origin", "step", "occasion", "customer_id", "plan_id", "action", "params", "state", "reason",
    "result", "actor", "created_at", "settled_at", "channel", "purpose", "contact_at", "due_at",
    "recipient", "rehearsed", "arm",
)  # fmt: skip


@frozen(kw_only=True)
class Entry:
    """A row of the ledger: what is done for whom, upon which occasion. `params` is JSON.

    What reaches outside is `pending` until it is handed over at `due_at`; `channel` and `purpose` say how it
    reaches the customer, `contact_at` when: what is `pending` when it is due, if nothing is given. Everything
    else is settled within the transaction that enters it. `arm` is the customer's group where a rule is
    measured.
    """

    number: int
    origin: str
    step: str
    occasion: str
    customer_id: int
    plan_id: int | None
    action: str
    params: str
    actor: str
    state: str = PENDING
    reason: str | None = None
    result: str | None = None
    channel: str | None = None
    purpose: str | None = None
    due_at: int | None = None
    contact_at: int | None = None
    recipient: str | None = None
    rehearsed: bool = False
    arm: str | None = None


def enter(connection: sa.Connection, entries: Sequence[Entry], at: int) -> None:
    """Write the ledger. An occasion that is in it already is the database's error: nothing is done twice."""
    rows = [
        (
            each.number, each.origin, each.step, each.occasion, each.customer_id, each.plan_id, each.action,
            each.params, each.state, each.reason, each.result, each.actor, at,
            None if each.state == PENDING else max(at, each.contact_at or at), each.channel, each.purpose,
            each.contact_at or (None if each.channel is None else each.due_at), each.due_at,
            each.recipient, int(each.rehearsed), each.arm,
        )
        for each in entries
    ]  # fmt: skip
    insert_rows(connection, "effect", _COLUMNS, rows)
