"""Counting recommendations: each once, also when one is corrected, voided or put on another customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import Transaction
from crmkit_referrals.settings import Settings
from crmkit_referrals.tables import POINTS

if TYPE_CHECKING:
    from crmkit import Crm, Interaction

RECOMMENDED = "referrals.recommended"


def count(interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings) -> None:
    """Add what `interactions` bring, and take off what they correct or void.

    The additions commit together with the observer's position in the log: whatever is killed in between is
    done again from the old position, and nothing is counted twice.
    """
    gained = Counter(each.customer_id for each in interactions if each.type == RECOMMENDED)
    gained.subtract(_superseded(interactions, crm, tx))
    changed = {customer_id: number for customer_id, number in gained.items() if number}
    if changed:
        _add(changed, settings.points, crm.plugins.table(POINTS), tx)


def _superseded(interactions: Sequence[Interaction], crm: Crm, tx: Transaction) -> list[int]:
    """The customers of the recommendations that these interactions take the place of."""
    corrected = [each.corrects for each in interactions if each.corrects is not None]
    if not corrected:
        return []
    interaction = crm.tables.interaction
    query = sa.select(interaction.c.customer_id).where(
        interaction.c.seq.in_(corrected), interaction.c.type == RECOMMENDED
    )
    return [row.customer_id for row in tx.execute(query)]


def _add(changed: Mapping[int, int], each: int, table: sa.Table, tx: Transaction) -> None:
    known = set(tx.execute(sa.select(table.c.customer_id).where(table.c.customer_id.in_(changed))).scalars())
    new = [customer_id for customer_id in changed if customer_id not in known]
    if new:
        tx.execute(sa.insert(table), [{"customer_id": of, "recommendations": 0, "points": 0} for of in new])
    tx.execute(
        sa.update(table)
        .where(table.c.customer_id == sa.bindparam("of"))
        .values(
            recommendations=table.c.recommendations + sa.bindparam("number"),
            points=table.c.points + sa.bindparam("worth"),
        ),
        [{"of": of, "number": number, "worth": number * each} for of, number in changed.items()],
    )
