"""Earning: what follows from interactions, exactly once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit import CrmError
from crmkit.plugin import N_
from crmkit.plugins.operational.loyalty.chains import REFUND, chains_of
from crmkit.plugins.operational.loyalty.days import later
from crmkit.plugins.operational.loyalty.ledger import post
from crmkit.plugins.operational.loyalty.model import Movement
from crmkit.plugins.operational.loyalty.programme import Earning, programme, worth
from crmkit.plugins.operational.loyalty.reckoning import Reckoning
from crmkit.plugins.operational.loyalty.stamps import fill_cards
from crmkit.plugins.operational.loyalty.tables import ENTRY
from crmkit.plugins.operational.loyalty.tiers import tell_tiers

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings
    from crmkit.plugins.operational.settings import Settings

_log = logging.getLogger("crmkit.loyalty")


def after_interactions(
    interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings
) -> None:
    """Enter what interactions earn, and what corrections and refunds change about what was earned."""
    loyalty = settings.loyalty
    rules = programme(loyalty)
    if not rules or not interactions:
        return
    moved = list(_new(interactions, crm, tx, loyalty, rules))
    post(crm, tx, moved)
    changing = [each.seq for each in interactions if each.corrects is not None or each.type == REFUND]
    if changing:
        moved += _changed(crm, tx, loyalty, rules, changing)
    follow(crm, tx, loyalty, moved, trigger=str(interactions[-1].seq))


def follow(
    crm: Crm, tx: Transaction, settings: LoyaltySettings, moved: Sequence[Movement], trigger: str
) -> None:
    """What follows from movements: full stamp cards, and other tiers."""
    if moved:
        fill_cards(crm, tx, settings, moved, trigger)
        tell_tiers(crm, tx, settings, sorted({each.customer_id for each in moved if not each.card}))


def _new(
    interactions: Sequence[Interaction],
    crm: Crm,
    tx: Transaction,
    settings: LoyaltySettings,
    rules: Sequence[Earning],
) -> Iterator[Movement]:
    fresh = {
        each.seq: each
        for each in interactions
        if each.corrects is None and (settings.history or each.known_at == each.recorded_at)
    }
    done = _entered(crm, tx, list(fresh))
    for rule in rules:
        mine = [seq for seq, each in fresh.items() if each.type == rule.on]
        try:
            found = list(worth(crm, rule, mine))
        except CrmError as error:
            # Others' points are not held up: what is missing is made up for once the rule can be computed.
            _log.warning(N_("%s Nothing was earned by %s: crm loyalty recalculate"), error.message, rule.name)
            continue
        for each in found:
            if each.points and (each.seq, rule.name) not in done:
                expires_at = None if rule.card else later(crm, each.at, settings.expire)
                yield Movement(
                    customer_id=each.customer_id, points=each.points, kind="earned", card=rule.card,
                    rule=rule.name, about=each.seq, because_of=f"{rule.name}:{each.seq}", at=each.at,
                    known_at=fresh[each.seq].known_at, expires_at=expires_at,
                )  # fmt: skip


def _entered(crm: Crm, tx: Transaction, seqs: Sequence[int]) -> set[tuple[int, str]]:
    """What was entered before its turn came, as by a recalculation."""
    if not seqs:
        return set()
    entry = crm.plugins.table(ENTRY)
    query = sa.select(entry.c.about, entry.c.rule).where(
        entry.c.about.between(min(seqs), max(seqs)), entry.c.kind == "earned"
    )
    return {(row.about, row.rule) for row in tx.execute(query)}


def _changed(
    crm: Crm, tx: Transaction, settings: LoyaltySettings, rules: Sequence[Earning], seqs: Sequence[int]
) -> list[Movement]:
    reckoning = Reckoning(crm=crm, execute=tx.execute, settings=settings, at=tx.at, trigger=str(max(seqs)))
    types = {rule.on for rule in rules}
    chains = [chain for chain in chains_of(crm, tx.execute, seqs) if chain.is_of(types)]
    try:
        moved = reckoning.movements(chains, rules)
    except CrmError as error:
        _log.warning(N_("%s What it changes is not entered: crm loyalty recalculate"), error.message)
        return []
    post(crm, tx, moved)
    return moved
