"""The action `referrals.reward`, and the gate that keeps it within bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import ActionItem, Performed, ProposedAct, Refusal, Transaction
from crmkit_referrals.tables import LINK
from crmkit_referrals.words import REWARD

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit_referrals.settings import Settings

UNBROUGHT = "nobody brought them"


def reward(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Performed | Refusal]:
    """Give points to who brought each customer; the result says how many, and for which link."""
    table = crm.plugins.table(LINK)
    links = dict(_links(table, [each.customer_id for each in items], tx.execute))
    for index, item in enumerate(items):
        if item.customer_id not in links:
            yield Refusal(index, UNBROUGHT)
            continue
        link = links[item.customer_id]
        _add(table, link.id, item.params.points, tx)
        yield Performed(index, f"{link.id}:{item.params.points}")


def take_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Take points back; where the link is gone, they are gone with it."""
    table = crm.plugins.table(LINK)
    for index, item in enumerate(items):
        link, _, points = (item.result or "").partition(":")
        if not points:
            yield Refusal(index, "nobody noted how many points it was")
        else:
            _add(table, int(link), -int(points), tx)


def review(proposals: Sequence[ProposedAct], crm: Crm, settings: Settings) -> Iterator[Refusal]:
    """Leave out rewards for customers whom nobody brought, and those beyond what one customer may get."""
    ours = [(index, each) for index, each in enumerate(proposals) if each.action == REWARD]
    if not ours:
        return
    table = crm.plugins.table(LINK)
    with crm.reading() as execute:
        links = dict(_links(table, [each.customer_id for _, each in ours], execute))
        given = _given(table, {link.referrer_id for link in links.values()}, execute)
    for index, each in ours:
        link = links.get(each.customer_id)
        if link is None:
            yield Refusal(index, UNBROUGHT)
        elif given[link.referrer_id] + each.params.points > settings.most_reward:
            yield Refusal(index, f"who brought them has had {settings.most_reward} points for it, or would")
        else:
            given[link.referrer_id] += each.params.points


def _links(table: sa.Table, referred: Sequence[int], execute: Any) -> Iterator[tuple[int, Any]]:
    """The links of these customers, by who was brought."""
    for row in execute(sa.select(table).where(table.c.referred_id.in_(referred))):
        yield row.referred_id, row


def _given(table: sa.Table, referrers: set[int], execute: Any) -> Counter[int]:
    """What each was rewarded with so far."""
    total = sa.func.sum(table.c.reward)
    query = sa.select(table.c.referrer_id, total).where(table.c.referrer_id.in_(referrers))
    return Counter({row[0]: int(row[1]) for row in execute(query.group_by(table.c.referrer_id))})


def _add(table: sa.Table, link: int, points: int, tx: Transaction) -> None:
    tx.execute(sa.update(table).where(table.c.id == link).values(reward=table.c.reward + points))
