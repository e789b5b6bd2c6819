"""Values of funnels."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from crmkit.plugin import Counted, Interval, wilson


@frozen(kw_only=True)
class FunnelStep:
    """One step: how many `customers` took it, of the `before` who took the step before and the `first` who
    took the first; `median` is the time from the step before, in microseconds (None where nobody took it).
    """

    type: str
    customers: int
    before: int
    first: int
    median: int | None

    @property
    def share(self) -> float | None:
        """The share of those who took the step before; None where nobody did."""
        return self.customers / self.before if self.before else None

    @property
    def interval(self) -> Interval:
        """Between which shares the truth is likely to lie (Wilson, 95 %)."""
        return wilson(Counted(n=self.before, successes=self.customers))

    @property
    def overall(self) -> float | None:
        """The share of those who took the first step."""
        return self.customers / self.first if self.first else None


@frozen(kw_only=True)
class Funnel:
    """All steps; `waiting` is how many still have time for the last, for their window is not over."""

    steps: Sequence[FunnelStep]
    waiting: int

    @property
    def conversion(self) -> Counted:
        """Who took the first step, and how many of them the last."""
        return Counted(n=self.steps[0].customers, successes=self.steps[-1].customers)
