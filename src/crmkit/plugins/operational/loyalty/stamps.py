"""Stamp cards: a full one becomes a coupon, and a new card begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugins.operational.loyalty.coupons import Wanted, issue_coupons
from crmkit.plugins.operational.loyalty.ledger import post, theirs, total
from crmkit.plugins.operational.loyalty.model import Movement
from crmkit.plugins.operational.loyalty.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings


def fill_cards(
    crm: Crm, tx: Transaction, settings: LoyaltySettings, moved: Sequence[Movement], trigger: str
) -> None:
    """Issue the coupons of the cards that these movements have filled."""
    entry = crm.plugins.table(ENTRY)
    wanted: list[Wanted] = []
    spent: list[Movement] = []
    for name, card in settings.stamps.items():
        whose = {each.customer_id for each in moved if each.card == name and each.points > 0}
        stamps = total(entry.c.points)
        full = (
            sa.select(entry.c.customer_id, stamps.label("stamps"))
            .where(theirs(entry, name), entry.c.customer_id.in_(whose))
            .group_by(entry.c.customer_id)
            .having(stamps >= card.needs)
            .order_by(entry.c.customer_id)
        )
        for row in tx.execute(full).all() if whose else ():
            for number in range(row.stamps // card.needs):
                reason = f"stamps.{name}:{row.customer_id}:full:{trigger}:{number}"
                wanted.append(Wanted(row.customer_id, card.reward, reason))
                spent.append(
                    Movement(
                        customer_id=row.customer_id, points=-card.needs, kind="spent", card=name,
                        rule=f"stamps.{name}", because_of=reason, at=tx.at, known_at=tx.at,
                    )
                )  # fmt: skip
    post(crm, tx, spent)
    issue_coupons(crm, tx, settings, wanted)
