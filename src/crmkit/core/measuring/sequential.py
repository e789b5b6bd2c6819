"""Intervals that may be looked at every day, and acted on at any of these looks.

An ordinary 95 % interval promises 95 % for one look. Who looks each day and stops at the first difference is
wrong far more often. The intervals here are wrong in at most 5 % of all comparisons over all looks together,
however many there are and whatever decides when to stop.

Method: the asymptotic confidence sequence by a Gaussian mixture, theorem 2.2 in I. Waudby-Smith, D. Arbour,
R. Sinha, E. H. Kennedy and A. Ramdas, "Time-uniform central limit theory and asymptotic confidence
sequences", Annals of Statistics 52 (2024) 2613–2640; the mixture goes back to H. Robbins, "Statistical
methods related to the law of the iterated logarithm", Annals of Mathematical Statistics 41 (1970) 1397–1409.
An interval of z standard errors becomes one of

    z(r) = √((1 + 1/r) · (ln(1 + r) + 2 ln(1/α)))

standard errors, r being proportional to the information gathered so far, n₁n₂ / (n₁ + n₂). The factor is
smallest (3.03 at 95 %) at the planned sizes, where r = ln(1 + r) + 2 ln(1/α), and grows slowly to both sides.

Assumptions: customers are independent of each other and counted in an order that has nothing to do with their
outcome, each once and only when the time to wait for the outcome is over; the planned sizes were chosen
before looking. The sequence is asymptotic as the usual intervals are: it takes the difference of the groups
for close to normal. For shares the standard errors are applied as in Newcombe's interval, for amounts as in
Welch's, whose corrections for small groups hold early looks together; the tests measure the error by
simulation.
"""

from __future__ import annotations

import math

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.measuring.amounts import welch_tail
from crmkit.core.measuring.distributions import normal_upper, tail_of
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.proportions import newcombe
from crmkit.core.measuring.sample import Counted, Measured
from crmkit.core.phrase import phrase


@frozen
class Sizes:
    """How many customers there are, or are to be, in the two groups of a comparison."""

    treated: int
    control: int = field()

    @control.validator
    def _possible(self, _attribute: object, control: int) -> None:
        if min(self.treated, control) < 0:
            raise Invalid(
                phrase(
                    "Groups of {treated} and {control} customers are not possible",
                    treated=self.treated,
                    control=control,
                )
            )

    @property
    def total(self) -> int:
        """Both groups together."""
        return self.treated + self.control

    @property
    def information(self) -> float:
        """n₁n₂ / (n₁ + n₂): what the groups tell about a difference; 0 where one is empty."""
        return self.treated * self.control / self.total if self.total else 0.0


def daily_z(now: Sizes, planned: Sizes, *, confidence: float = 0.95) -> float:
    """How many standard errors an interval needs to both sides so that it may be looked at every day.

    `planned` is where the interval is tightest. Infinite where a group is empty. Raises `Invalid` where a
    planned group is empty, or `confidence` is not between 0 and 1.
    """
    if planned.information == 0:
        raise Invalid("A comparison needs customers planned in both groups")
    if now.information == 0:
        return math.inf
    growth = 2 * math.log(1 / tail_of(confidence))
    r = _tightest(growth) * now.information / planned.information
    return math.sqrt((1 + 1 / r) * (math.log1p(r) + growth))


def _tightest(growth: float) -> float:
    """The r at which z(r) is smallest: r = ln(1 + r) + growth, by iteration (it shrinks errors by 1 + r)."""
    r = growth + 1
    for _ in range(60):
        r = math.log1p(r) + growth
    return r


def daily_share(treated: Counted, control: Counted, planned: Sizes, *, confidence: float = 0.95) -> Interval:
    """The interval for the difference of two shares, treated − control, that may be looked at every day."""
    z = daily_z(Sizes(treated.n, control.n), planned, confidence=confidence)
    return newcombe(treated, control, z=z) if math.isfinite(z) else Interval(-1.0, 1.0)


def daily_mean(treated: Measured, control: Measured, planned: Sizes, *, confidence: float = 0.95) -> Interval:
    """The interval for the difference of two means, treated − control, that may be looked at every day.

    In the unit of the values. For heavily skewed amounts the first looks need some hundred customers in
    each group before the promise holds.
    """
    z = daily_z(Sizes(treated.n, control.n), planned, confidence=confidence)
    tail = normal_upper(z)
    return welch_tail(treated, control, tail) if tail > 0 else Interval.unknown()
