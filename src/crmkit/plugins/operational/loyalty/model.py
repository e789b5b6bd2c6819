"""Points, coupons and what is told of them, as values."""

from __future__ import annotations

from attrs import frozen

from crmkit.plugin import N_

POINTS = ""  # what the ledger calls the card of points, which have none
CUSTOMER, ISSUED, SPENT, EXPIRED = "customer", "issued", "spent", "expired"
# What opens a lot of points; everything else draws on lots, or gives back what was drawn.
LOTS = ("earned", "awarded", "imported")
COUNTER = {
    "earned": ISSUED, "refunded": ISSUED, "awarded": ISSUED, "imported": ISSUED,
    "spent": SPENT, "expired": EXPIRED,
}  # fmt: skip
# The note on points brought along for which the file has none.
FROM = N_("from {source}")


@frozen(kw_only=True)
class Movement:
    """Points (or the stamps of a `card`) for or from a customer.

    `points` are theirs: the ledger enters them for the customer, and their opposite for where they came
    from. `about` is the first interaction of the chain of corrections that they were earned by. `at` is when
    they count from, `known_at` when that was known. A `because_of` moves points once.
    """

    customer_id: int
    points: int
    kind: str
    because_of: str
    at: int
    known_at: int
    card: str = POINTS
    rule: str | None = None
    about: int | None = None
    expires_at: int | None = None
    note: str | None = None
    employee_id: int | None = None


@frozen(kw_only=True)
class StatementLine:
    """One movement as the customer reads it, and the balance after it."""

    id: int
    at: int
    what: str
    points: int
    balance: int
    expires_at: int | None = None
    card: str = POINTS


@frozen(kw_only=True)
class Statement:
    """What a customer has: points, tier, stamps by card, what expires next, coupons, and how it came."""

    customer_id: int
    balance: int
    tier: str | None
    stamps: dict[str, tuple[int, int]]
    expiring: tuple[tuple[int, int], ...]
    coupons: tuple[Coupon, ...]
    lines: tuple[StatementLine, ...]


@frozen(kw_only=True)
class Coupon:
    """A right to a reward, once. `state` is open, redeemed, expired or void; instants in microseconds UTC."""

    id: int
    customer_id: int
    code: str
    reward: str
    label: str
    issued_at: int
    state: str
    valid_until: int | None = None
    redeemed_at: int | None = None
