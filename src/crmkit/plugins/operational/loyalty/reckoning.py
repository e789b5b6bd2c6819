"""What corrections, voids and refunds change about what was earned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define

from crmkit.plugins.operational.loyalty.chains import Chain, refunds_of
from crmkit.plugins.operational.loyalty.days import later
from crmkit.plugins.operational.loyalty.ledger import total
from crmkit.plugins.operational.loyalty.model import CUSTOMER, Movement
from crmkit.plugins.operational.loyalty.programme import Earning, worth
from crmkit.plugins.operational.loyalty.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

# By number of the chain's root, rule and customer: points by kind of movement.
Earned = Mapping[tuple[int, str], Mapping[int, Mapping[str, int]]]


@define(kw_only=True)
class Reckoning:
    """Compares what the ledger has for chains with what they are worth. `trigger` tells one run's movements
    from another's. With `anew`, chains that nothing corrected are valued again as well; `since` is from when
    on interactions count where the rules' own beginnings do not matter."""

    crm: Crm
    execute: Callable[..., Any]
    settings: LoyaltySettings
    at: int
    trigger: str
    anew: bool = False
    since: int | None = None

    def movements(self, chains: Collection[Chain], rules: Sequence[Earning]) -> list[Movement]:
        """What has to be entered so that the ledger agrees with the log."""
        if not chains:
            return []
        has = earned(self.crm, self.execute, [chain.root.seq for chain in chains])
        whose = {row.customer_id for chain in chains for row in chain.versions}
        whose |= {customer for found in has.values() for customer in found}
        shares = refunds_of(self.crm, self.execute, chains, whose - {None})
        begun = first_earned(self.crm, self.execute)
        found: list[Movement] = []
        for rule in rules:
            mine = [each for each in chains if self._concerns(each, rule, has, begun)]
            values = self._worth(rule, mine)
            for chain in mine:
                root = chain.root.seq
                entered = has.get((root, rule.name), {})
                share = shares.get(root, Fraction(0))
                found += self._settled(chain, rule, entered, values.get(root), share)
        return found

    def _concerns(self, chain: Chain, rule: Earning, has: Earned, begun: Mapping[str, int]) -> bool:
        """Whether the chain has earned by the rule, or can have: not what happened before it began."""
        if (chain.root.seq, rule.name) in has:
            return True
        if not chain.is_of([rule.on]):
            return False
        fresh = self.settings.history or chain.root.known_at == chain.root.recorded_at
        if self.since is not None:
            return bool(fresh and chain.root.known_at >= self.since)
        return bool(fresh and chain.root.known_at >= begun.get(rule.name, chain.root.known_at))

    def _worth(self, rule: Earning, chains: Sequence[Chain]) -> dict[int, int]:
        """What each chain is worth as it stands, by root; what nothing corrected stays worth what it was."""
        standing = {
            chain.current.seq: chain.root.seq
            for chain in chains
            if chain.current is not None and (self.anew or len(chain.versions) > 1)
        }
        found = {standing[each.seq]: each.points for each in worth(self.crm, rule, standing)}
        values = dict.fromkeys(standing.values(), 0) | found
        return values | {chain.root.seq: 0 for chain in chains if chain.current is None}

    def _settled(
        self,
        chain: Chain,
        rule: Earning,
        entered: Mapping[int, Mapping[str, int]],
        value: int | None,
        share: Fraction,
    ) -> Iterator[Movement]:
        current = chain.current or chain.root
        for customer in sorted({current.customer_id, *entered} - {None}):
            kinds = entered.get(customer, {})
            earned_, refunded = kinds.get("earned", 0), kinds.get("refunded", 0)
            # Nobody is asked for points back that they have lost already.
            lost = -kinds.get("expired", 0)
            base = earned_ if value is None else value
            base = max(base if customer == current.customer_id else 0, min(lost, earned_))
            back = -min(floor(base * share), max(0, base - lost)) if customer == current.customer_id else 0
            yield from self._moved(chain, rule, customer, "earned", base - earned_)
            yield from self._moved(chain, rule, customer, "refunded", back - refunded)

    def _moved(
        self, chain: Chain, rule: Earning, customer: int, kind: str, points: int
    ) -> Iterator[Movement]:
        if not points:
            return
        at = (chain.current or chain.root).occurred_at
        gives = kind == "earned" and points > 0 and not rule.card
        yield Movement(
            customer_id=customer, points=points, kind=kind, rule=rule.name, card=rule.card,
            about=chain.root.seq, at=at, known_at=self.at,
            because_of=f"{rule.name}:{chain.root.seq}:{customer}:{kind}:{self.trigger}",
            expires_at=later(self.crm, at, self.settings.expire) if gives else None,
        )  # fmt: skip


def earned(crm: Crm, execute: Callable[..., Any], roots: Collection[int]) -> Earned:
    """What the ledger has for interactions, by number and rule, customer and kind."""
    entry = crm.plugins.table(ENTRY)
    keys = (entry.c.about, entry.c.rule, entry.c.customer_id, entry.c.kind)
    query = (
        sa.select(*keys, total(entry.c.points).label("points"))
        .where(entry.c.about.in_(roots), entry.c.account == CUSTOMER, entry.c.customer_id.is_not(None))
        .group_by(*keys)
    )
    found: dict[tuple[int, str], dict[int, dict[str, int]]] = {}
    for row in execute(query):
        kinds = found.setdefault((row.about, row.rule), {}).setdefault(row.customer_id, {})
        kinds[row.kind] = row.points
    return found


def first_earned(crm: Crm, execute: Callable[..., Any]) -> dict[str, int]:
    """When each rule first gave something, by name: what came before it began is not its business."""
    entry = crm.plugins.table(ENTRY)
    first = sa.func.min(entry.c.known_at).label("at")
    query = sa.select(entry.c.rule, first).where(entry.c.kind == "earned").group_by(entry.c.rule)
    return {row.rule: row.at for row in execute(query)}
