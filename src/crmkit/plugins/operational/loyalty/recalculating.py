"""Comparing the ledger with the log, and making up for what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugins.operational.loyalty.chains import REFUND, chains_of
from crmkit.plugins.operational.loyalty.ledger import post
from crmkit.plugins.operational.loyalty.programme import Earning, programme
from crmkit.plugins.operational.loyalty.reckoning import Reckoning, first_earned
from crmkit.plugins.operational.loyalty.stamps import fill_cards
from crmkit.plugins.operational.loyalty.tiers import tell_tiers

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.loyalty.model import Movement
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

_PAGE: Final = 2_000
_SHOWN: Final = 1_000


@frozen(kw_only=True)
class Recalculation:
    """How many interactions were looked at, and the movements that were lacking, `shown` at most."""

    looked_at: int
    differences: int
    points: int
    shown: tuple[Movement, ...]


def recalculate(crm: Crm, settings: LoyaltySettings, *, since: int | None, dry_run: bool) -> Recalculation:
    """Look at every interaction, of customers whom the acting person sees, that can have earned since each
    rule began, 2,000 to a unit of work."""
    rules = programme(settings)
    with crm.reading() as execute:
        begun = first_earned(crm, execute)
    starts = {
        rule: begun[rule.name] if since is None else since
        for rule in rules
        if since is not None or rule.name in begun
    }
    looked_at = 0
    # What is corrected later is met again on a later page, where a rehearsal finds it still lacking.
    lacking: dict[tuple[Any, ...], Movement] = {}
    for page in _pages(crm, starts, _end(crm)) if starts else ():
        looked_at += len(page)
        for each in _page(crm, settings, starts, page, since, dry_run):
            lacking.setdefault((each.about, each.rule, each.customer_id, each.kind), each)
    found = list(lacking.values())
    return Recalculation(
        looked_at=looked_at,
        differences=len(found),
        points=sum(each.points for each in found if not each.card),
        shown=tuple(found[:_SHOWN]),
    )


def _end(crm: Crm) -> int:
    with crm.reading() as execute:
        return execute(sa.select(sa.func.max(crm.tables.interaction.c.seq))).scalar() or 0


def _pages(crm: Crm, starts: dict[Earning, int], end: int) -> Iterator[Sequence[int]]:
    interaction, after = crm.tables.interaction, 0
    theirs = crm.seen(interaction.c.customer_id)
    types = {rule.on for rule in starts} | {REFUND}
    while True:
        query = (
            sa.select(interaction.c.seq)
            .where(
                interaction.c.seq > after,
                interaction.c.seq <= end,
                interaction.c.type.in_(types),
                interaction.c.customer_id.is_not(None),
                interaction.c.known_at >= min(starts.values()),
                *theirs,
            )
            .order_by(interaction.c.seq)
            .limit(_PAGE)
        )
        with crm.reading() as execute:
            page = list(execute(query).scalars())
        if not page:
            return
        yield page
        after = page[-1]


def _page(
    crm: Crm,
    settings: LoyaltySettings,
    starts: dict[Earning, int],
    page: Sequence[int],
    since: int | None,
    dry_run: bool,
) -> list[Movement]:
    if dry_run:
        with crm.reading() as execute:
            return _lacking(crm, execute, settings, starts, page, since, crm.clock.now())
    with crm.transaction() as tx:
        found = _lacking(crm, tx.execute, settings, starts, page, since, tx.at)
        post(crm, tx, found)
        _follow(crm, tx, settings, found, f"again:{tx.at}:{page[0]}")
    return found


def _follow(
    crm: Crm, tx: Transaction, settings: LoyaltySettings, found: Sequence[Movement], trigger: str
) -> None:
    fill_cards(crm, tx, settings, found, trigger)
    tell_tiers(crm, tx, settings, sorted({each.customer_id for each in found}))


def _lacking(
    crm: Crm,
    execute: Any,
    settings: LoyaltySettings,
    starts: dict[Earning, int],
    page: Sequence[int],
    since: int | None,
    at: int,
) -> list[Movement]:
    reckoning = Reckoning(
        crm=crm, execute=execute, settings=settings, at=at, trigger=f"again:{at}:{page[0]}", anew=True,
        since=since,
    )  # fmt: skip
    types = {rule.on for rule in starts}
    chains = [chain for chain in chains_of(crm, execute, page) if chain.is_of(types)]
    return reckoning.movements(chains, list(starts))
