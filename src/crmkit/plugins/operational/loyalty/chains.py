"""Chains: an interaction with what corrected it, and the refunds that were given for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugin import day_of, payload_value

if TYPE_CHECKING:
    from crmkit import Crm

VOIDED: Final = "voided"
REFUND: Final = "refund"
_COLUMNS: Final = (
    "seq", "type", "customer_id", "corrects", "superseded_by", "amount", "currency", "occurred_at",
    "recorded_at", "known_at",
)  # fmt: skip


@frozen
class Chain:
    """The versions of one interaction, the first one first. `refunded` is the share that was given back."""

    versions: tuple[Any, ...]

    @property
    def root(self) -> Any:
        """The first version, under whose number the ledger keeps what was earned."""
        return self.versions[0]

    @property
    def current(self) -> Any | None:
        """The version that stands; None where it was voided."""
        return None if self.versions[-1].type == VOIDED else self.versions[-1]

    @property
    def seqs(self) -> frozenset[int]:
        """The numbers of all versions."""
        return frozenset(each.seq for each in self.versions)

    def is_of(self, types: Collection[str]) -> bool:
        """Whether any version is of one of the types."""
        return any(each.type in types for each in self.versions)


def chains_of(crm: Crm, execute: Callable[..., Any], seqs: Iterable[int]) -> list[Chain]:
    """The chains that interactions are in; those of refunds lead to the purchases that they are of."""
    chains = _loaded(crm, execute, seqs)
    refunds = {seq for chain in chains if chain.is_of([REFUND]) for seq in chain.seqs}
    if not refunds:
        return chains
    known = {chain.root.seq for chain in chains}
    others = _loaded(crm, execute, _purchases(crm, execute, refunds))
    return [*chains, *(chain for chain in others if chain.root.seq not in known)]


def refunds_of(
    crm: Crm, execute: Callable[..., Any], chains: Collection[Chain], customers: Collection[int]
) -> dict[int, Fraction]:
    """The share of each chain's amount that was given back, by the number of its root.

    A refund that names no purchase belongs to none.
    """
    by_member = {seq: chain for chain in chains for seq in chain.seqs}
    interaction = crm.tables.interaction
    purchase = sa.cast(payload_value(interaction, "purchase"), sa.BigInteger)
    given = sa.select(purchase.label("purchase"), *(interaction.c[name] for name in _COLUMNS)).where(
        interaction.c.type == REFUND,
        interaction.c.superseded_by.is_(None),
        interaction.c.customer_id.in_(customers),
    )
    shares: dict[int, Fraction] = {}
    for row in execute(given):
        chain = by_member.get(row.purchase)
        if chain is not None:
            root = chain.root.seq
            shares[root] = shares.get(root, Fraction(0)) + _share(crm, row, chain.current or chain.root)
    return {root: min(Fraction(1), share) for root, share in shares.items()}


def _share(crm: Crm, refund: Any, sale: Any) -> Fraction:
    if not sale.amount or refund.amount is None:
        return Fraction(1)
    own = crm.config.crs.currency
    if (refund.currency or own) == (sale.currency or own):
        return Fraction(refund.amount, sale.amount)
    given, paid = (
        crm.rates.convert(each.amount, each.currency or own, day_of(crm, each.occurred_at))
        for each in (refund, sale)
    )
    return Fraction(given, paid) if paid else Fraction(1)


def _purchases(crm: Crm, execute: Callable[..., Any], refunds: Collection[int]) -> set[int]:
    interaction = crm.tables.interaction
    purchase = sa.cast(payload_value(interaction, "purchase"), sa.BigInteger)
    found = sa.select(purchase).where(interaction.c.seq.in_(refunds), interaction.c.type == REFUND)
    return {seq for seq in execute(found).scalars() if seq is not None}


def _loaded(crm: Crm, execute: Callable[..., Any], seqs: Iterable[int]) -> list[Chain]:
    interaction = crm.tables.interaction
    rows: dict[int, Any] = {}
    asked: set[int] = set()
    missing = set(seqs)
    while missing:
        asked |= missing
        query = sa.select(*(interaction.c[name] for name in _COLUMNS)).where(interaction.c.seq.in_(missing))
        rows |= {row.seq: row for row in execute(query)}
        linked = {seq for row in rows.values() for seq in (row.corrects, row.superseded_by) if seq}
        missing = linked - asked
    chains = []
    for first in (row for row in rows.values() if row.corrects is None):
        versions = [first]
        while (successor := versions[-1].superseded_by) is not None:
            versions.append(rows[successor])
        chains.append(Chain(tuple(versions)))
    return chains
