"""Values of the scores of customers."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen


@frozen(kw_only=True)
class RfmCell:
    """How many customers have two scores, and what they have spent (minor units)."""

    r: int
    fm: int
    segment: str
    customers: int
    spent: int


@frozen(kw_only=True)
class RfmSegment:
    """One segment: its customers, what they have spent (minor units), and the means of the measures.

    Shares are between 0 and 1; that of the money is None where nothing has been spent on the whole.
    """

    segment: str
    customers: int
    share: float
    spent: int
    spent_share: float | None
    recency: float
    frequency: float


@frozen(kw_only=True)
class Rfm:
    """All cells and segments as of an instant; `notes` say what the scores cannot tell apart."""

    as_of: int
    scores: int
    currency: str
    cells: Sequence[RfmCell]
    segments: Sequence[RfmSegment]
    notes: Sequence[str] = ()

    @property
    def customers(self) -> int:
        """How many there are."""
        return sum(each.customers for each in self.segments)

    @property
    def spent(self) -> int:
        """What they have spent, in minor units."""
        return sum(each.spent for each in self.segments)


@frozen(kw_only=True)
class RfmCustomer:
    """One customer with measures and scores: recency in days, monetary in minor units."""

    customer_id: int
    recency: int
    frequency: int
    monetary: int
    r: int
    f: int
    m: int
    segment: str
