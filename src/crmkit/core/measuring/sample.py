"""What was seen in one group: how many did it, or how much it brought."""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase


@frozen
class Counted:
    """Of `n` customers, `successes` reached the outcome. Raises `Invalid` unless 0 ≤ successes ≤ n."""

    successes: int
    n: int = field()

    @n.validator
    def _possible(self, _attribute: object, n: int) -> None:
        if not 0 <= self.successes <= n:
            raise Invalid(
                phrase("{successes} of {n} customers is not possible", successes=self.successes, n=n)
            )

    @property
    def rate(self) -> float:
        """The share that reached the outcome, 0 to 1. Raises `Invalid` where nobody was counted."""
        if self.n == 0:
            raise Invalid("Nobody was counted, so there is no share")
        return self.successes / self.n


@frozen
class Measured:
    """`n` customers brought `mean` each, with the sample standard deviation `sd` (divisor n − 1).

    All customers of the group count, those who brought nothing as 0. The unit is that of the values given,
    for money minor units. `sd` is 0 where n is below 2.
    """

    n: int
    mean: float
    sd: float = field()

    @sd.validator
    def _possible(self, _attribute: object, sd: float) -> None:
        if self.n < 0 or not sd >= 0 or not math.isfinite(sd) or not math.isfinite(self.mean):
            raise Invalid(
                phrase(
                    "{n} customers with mean {mean} and deviation {sd} is not possible",
                    n=self.n,
                    mean=self.mean,
                    sd=sd,
                )
            )

    @classmethod
    def of_values(cls, values: Iterable[float]) -> Measured:
        """Out of one value per customer, read once (Welford 1962), so that large numbers lose no digits."""
        n, mean, squares = 0, 0.0, 0.0
        for value in values:
            n += 1
            step = value - mean
            mean += step / n
            squares += step * (value - mean)
        return cls(n, mean, math.sqrt(squares / (n - 1)) if n > 1 else 0.0)

    @classmethod
    def of_sums(cls, n: int, total: int, squares: int) -> Measured:
        """Out of whole numbers: how many, their sum, the sum of their squares. Exact until the last step.

        Raises `Invalid` where no values have these sums.
        """
        spread = n * squares - total * total
        if spread < 0:
            raise Invalid(
                phrase(
                    "No {n} values have the sum {total} and the sum of squares {squares}",
                    n=n,
                    total=total,
                    squares=squares,
                )
            )
        return cls(n, total / n if n else 0.0, math.sqrt(spread / (n * (n - 1))) if n > 1 else 0.0)

    @property
    def squared_error(self) -> float:
        """The variance of the mean, sd² / n."""
        return self.sd * self.sd / self.n
