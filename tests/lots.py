"""Lots that fall the same in every run: the chance that uids, and so control groups, are drawn from.

Whether a report calls its groups' sizes right, or a group of ten has anybody in it, is chance once in a
thousand runs. So businesses that tests open draw from a seed, and where they go by the computer's clock, the
time in their uids is not the computer's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from random import Random
from typing import Any

from crmkit.core.clock import Clock, FakeClock, RehearsalClock, SystemClock
from crmkit.core.ids import UidFactory

_SECOND = 1_000_000


class Lot(Random):
    """The chance of one opened business, and an instant for its uids.

    It takes its place among those of its seed when it is drawn from first. What is opened and draws nothing
    has none: whether a database is copied or has to be made first is another thing in each run.
    """

    origin: str
    taken: Iterator[int]
    _place: int | None = None

    def _ready(self) -> int:
        if self._place is None:
            self._place = next(self.taken)
            self.seed(f"{self.origin} {self._place}")
        return self._place

    def random(self) -> float:
        self._ready()
        return super().random()

    def getrandbits(self, k: int, /) -> int:
        self._ready()
        return super().getrandbits(k)

    def now(self) -> int:
        """A second after that of the business that drew before, in microseconds since 1970 UTC."""
        return FakeClock().now() + self._ready() * _SECOND

    def sleep(self, _seconds: float) -> None:
        """Nobody waits for an instant that stands still."""


def same_lots(origin: str) -> Mapping[str, Any]:
    """What to put in the place of names of `crmkit.core.opening`, so that all draw from the seed `origin`."""
    taken = count()

    def lot() -> Lot:
        made = Lot()
        made.origin, made.taken = origin, taken
        return made

    return {"SystemRandom": lot, "UidFactory": _uids}


def _uids(clock: Clock, random: Random) -> UidFactory:
    goes_by_the_computer = isinstance(clock, SystemClock | RehearsalClock)
    return UidFactory(random if goes_by_the_computer and isinstance(random, Lot) else clock, random)
