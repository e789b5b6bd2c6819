"""Messages in the ledger as rules leave them there, without sending any."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit import Crm, InteractionDraft

DAY = 86_400_000_000


def wrote(crm: Crm, customer: int, at: int, **said: Any) -> int:
    """The number of a message of `campaign:spring` that went out at an instant, unless it is `said`
    otherwise."""
    effect = crm.tables.effect
    row = {
        "origin": "campaign:spring", "step": "do", "occasion": f"at:{at}", "customer_id": customer,
        "action": "message.send", "params": "{}", "state": "done", "actor": "test", "created_at": at,
        "settled_at": at, "channel": "email", "purpose": "news", "contact_at": at, "rehearsed": 0,
    } | said  # fmt: skip
    with crm.transaction() as tx:
        return int(tx.execute(sa.insert(effect).values(row).returning(effect.c.id)).scalar_one())


def heard(crm: Crm, customer: int, type_: str, effect: int, at: int, **said: Any) -> None:
    """Something was heard of a message."""
    payload = {"effect": effect} | said
    draft = InteractionDraft(customer=customer, type=type_, at=at, channel="email", payload=payload)
    assert not crm.interactions.record_all([draft]).refused
