"""An interval: between which two numbers the truth is likely to lie."""

from __future__ import annotations

import math

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase


@frozen
class Interval:
    """The numbers from `low` to `high`, both included; an end of which nothing is known is infinite.

    Shares are between 0 and 1 (0.02 is two percentage points), amounts in the unit of the values given.
    """

    low: float
    high: float = field()

    @high.validator
    def _in_order(self, _attribute: object, high: float) -> None:
        if not self.low <= high:  # also where one is not a number
            raise Invalid(
                phrase(
                    "An interval from {low} to {high} has its ends the wrong way round",
                    low=self.low,
                    high=high,
                )
            )

    @classmethod
    def unknown(cls) -> Interval:
        """Everything is possible."""
        return cls(-math.inf, math.inf)

    @property
    def width(self) -> float:
        """From one end to the other; infinite where an end is."""
        return self.high - self.low

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Both ends for programs: None where one is infinite, because JSON has no infinity."""
        return tuple(end if math.isfinite(end) else None for end in (self.low, self.high))  # type: ignore[return-value]

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def shifted(self, by: float) -> Interval:
        """The same width, moved to the right by `by`."""
        return Interval(self.low + by, self.high + by)
