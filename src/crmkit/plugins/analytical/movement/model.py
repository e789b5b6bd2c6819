"""Values of movement between states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from crmkit.plugin import Counted, Interval, wilson

# No segment, field or tier has a name in brackets.
NEW: Final = "(new)"
NONE: Final = "(none)"
INACTIVE: Final = "(inactive)"


@frozen(kw_only=True)
class Move:
    """How many of the `of` customers in the state `origin` were in `destination` at the end."""

    origin: str
    destination: str
    customers: int
    of: int

    @property
    def share(self) -> float:
        """The share, between 0 and 1."""
        return self.customers / self.of

    @property
    def interval(self) -> Interval:
        """Between which shares the truth is likely to lie (Wilson, 95 %)."""
        return wilson(Counted(n=self.of, successes=self.customers))


@frozen(kw_only=True)
class Movement:
    """All moves between the `instants`, added up where there are more than two; states in their order.

    Those who came in between move from `(new)`; who has no value is in `(none)`, who had not bought for the
    time asked about in `(inactive)`: to leave it is to return.
    """

    name: str
    instants: Sequence[int]
    origins: Sequence[str]
    destinations: Sequence[str]
    moves: Sequence[Move]

    def customers(self, origin: str, destination: str) -> int:
        """How many moved from one state to another."""
        return sum(
            each.customers for each in self.moves if (each.origin, each.destination) == (origin, destination)
        )

    def out_of(self, origin: str) -> int:
        """How many were in a state at the beginning."""
        return sum(each.customers for each in self.moves if each.origin == origin)

    def into(self, destination: str) -> int:
        """How many were in a state at the end."""
        return sum(each.customers for each in self.moves if each.destination == destination)

    @property
    def total(self) -> int:
        """How many customers, counted once for each step between instants."""
        return sum(each.customers for each in self.moves)

    @property
    def new(self) -> int:
        """How many came."""
        return self.out_of(NEW)

    @property
    def returned(self) -> int:
        """How many bought again after they had been inactive."""
        return self.out_of(INACTIVE) - self.customers(INACTIVE, INACTIVE)

    @property
    def lost(self) -> int:
        """How many became inactive."""
        return self.into(INACTIVE) - self.customers(INACTIVE, INACTIVE)

    @property
    def stayed(self) -> int:
        """How many are where they were, of those who were somewhere."""
        some = (each for each in self.moves if each.origin not in (NONE, INACTIVE))
        return sum(each.customers for each in some if each.origin == each.destination)


@frozen(kw_only=True)
class TimeInState:
    """How long customers stay in a state, by Kaplan and Meier: who is still in it counts as long as they are.

    `median` is in days. Shares are those of stays that last so many days at least; None is beyond what has
    been seen.
    """

    state: str
    stays: int
    ended: int
    median: int | None
    after_30: float | None
    after_90: float | None
    after_365: float | None
