"""Noting who brought whom, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Conflict, Invalid, NotFound
from crmkit_referrals.model import Link
from crmkit_referrals.tables import LINK

if TYPE_CHECKING:
    from crmkit import Crm


def record(crm: Crm, referrer: int | str, referred: int | str) -> Link:
    """Note that `referrer` brought `referred`. Raises `NotFound`, `Invalid` and `Conflict`."""
    crm.require("customers.write")
    by, whom = crm.customers.resolve(referrer), crm.customers.resolve(referred)
    if by == whom:
        raise Invalid("Nobody brings themselves", hint="Name two customers: who brought whom.")
    table = crm.plugins.table(LINK)
    with crm.transaction() as tx:
        row = tx.execute(sa.select(table).where(table.c.referred_id == whom)).one_or_none()
        if row is not None and row.referrer_id != by:
            name = crm.customers.summaries([row.referrer_id])[0].name
            raise Conflict(f"{name} brought them", hint=f"If not: crm referrals forget {whom}")
        if row is not None:
            return _link(row)
        tx.execute(sa.insert(table).values(referrer_id=by, referred_id=whom, at=tx.at, reward=0))
        return Link(by, whom, tx.at)


def forget(crm: Crm, referred: int | str) -> Link:
    """Take back that somebody brought `referred`. Raises `NotFound`."""
    crm.require("customers.write")
    whom, table = crm.customers.resolve(referred), crm.plugins.table(LINK)
    with crm.transaction() as tx:
        row = tx.execute(sa.select(table).where(table.c.referred_id == whom)).one_or_none()
        if row is None:
            raise NotFound("Nobody brought them", hint="Note who did: crm referrals record WHO WHOM")
        tx.execute(sa.delete(table).where(table.c.id == row.id))
        return _link(row)


def _link(row: Any) -> Link:
    return Link(row.referrer_id, row.referred_id, row.at, row.reward)
