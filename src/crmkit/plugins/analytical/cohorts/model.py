"""Values of cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from crmkit.plugin import Counted, Interval, wilson


@frozen(kw_only=True)
class CohortCell:
    """What a cohort did so many periods after its beginning.

    `customers` are those of whom it can be said: the period is over for them. `active` of them did it,
    `times` in all, and `amount` is what came of it (minor units).
    """

    customers: int
    active: int
    times: int
    amount: int

    @property
    def share(self) -> float:
        """The share of the customers who did it, between 0 and 1."""
        return self.active / self.customers

    @property
    def interval(self) -> Interval:
        """Between which shares the truth is likely to lie (Wilson, 95 %)."""
        return wilson(Counted(n=self.customers, successes=self.active))


@frozen(kw_only=True)
class Cohort:
    """Customers who began in the same period, or have the same label; `cells` by periods since.

    A period that is not over has no cell.
    """

    name: str
    customers: int
    cells: Mapping[int, CohortCell]


@frozen(kw_only=True)
class Cohorts:
    """All cohorts as of an instant, the first first; `periods` is how many periods the oldest can tell of."""

    as_of: int
    unit: str
    by: str
    types: Sequence[str]
    money: bool
    currency: str
    cohorts: Sequence[Cohort]
    periods: int
    running: str
