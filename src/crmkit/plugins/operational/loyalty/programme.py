"""The programme: every rule by which interactions earn points or stamps, and what each is worth by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugins.operational.loyalty.model import POINTS

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

# Sums of binary fractions miss whole numbers by less than this.
_NOISE: Final = 6
_ROUNDING: Final = {"down": ROUND_DOWN, "nearest": ROUND_HALF_UP, "up": ROUND_UP}
# So few are looked up by their numbers; for more, or a range, SQLite goes through all of the type.
_FEW: Final = 5
# What loyalty itself tells cannot earn: it would go on for ever.
OWN_TYPES: Final = (
    "points.awarded", "points.spent", "points.expired", "reward.redeemed", "coupon.issued",
    "coupon.redeemed", "loyalty.tier",
)  # fmt: skip


@frozen(kw_only=True)
class Earning:
    """A rule: interactions of the type `on` of which `where` holds give `points` (stamps of a `card`)."""

    name: str
    on: str
    where: str
    points: str = ""
    round: str = "down"
    card: str = POINTS

    def whole(self, value: float | None) -> int:
        """The whole points of a value that a formula gave; nothing for less than nothing."""
        if value is None:
            return 0
        exact = Decimal(str(round(value, _NOISE)))
        return max(0, int(exact.to_integral_value(_ROUNDING[self.round])))


@frozen
class Worth:
    """What an interaction is worth by a rule."""

    seq: int
    customer_id: int
    at: int
    points: int


def programme(settings: LoyaltySettings) -> tuple[Earning, ...]:
    """The rules, those of stamp cards among them."""
    return (
        *(
            Earning(name=f"earn.{name}", on=each.on, where=each.where, points=each.points, round=each.round)
            for name, each in settings.earn.items()
        ),
        *(
            Earning(name=f"stamps.{name}", on=each.on, where=each.where, card=name)
            for name, each in settings.stamps.items()
        ),
    )


def statement(crm: Crm, rule: Earning) -> sa.Select[Any]:
    """SELECT of `seq`, `customer_id`, `occurred_at`, `value`. Raises `CrmError` for what is wrong with it."""
    named = f"[plugins.operational.loyalty.{rule.name}]"
    return crm.predicates.each(rule.on, where=rule.where, value=rule.points, named=named)


def worth(crm: Crm, rule: Earning, seqs: Iterable[int]) -> Iterator[Worth]:
    """What the interactions among `seqs` that stand are worth by a rule, in one statement."""
    wanted = frozenset(seqs)
    if not wanted:
        return
    rows = statement(crm, rule).subquery("earning")
    few = len(wanted) <= _FEW
    near = rows.c.seq.in_(sorted(wanted)) if few else rows.c.seq.between(min(wanted), max(wanted))
    narrowed = sa.select(rows).where(near).order_by(rows.c.seq)
    with crm.reading() as execute:
        for row in execute(narrowed):
            if row.seq in wanted and row.customer_id is not None:
                yield Worth(row.seq, row.customer_id, row.occurred_at, rule.whole(row.value))
