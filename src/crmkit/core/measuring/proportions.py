"""Shares and their differences, with intervals that hold for small groups too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from crmkit.core.measuring.distributions import two_sided
from crmkit.core.measuring.interval import Interval

if TYPE_CHECKING:
    from crmkit.core.measuring.sample import Counted


def wilson(counted: Counted, *, confidence: float = 0.95, z: float | None = None) -> Interval:
    """The interval for one share, within 0 and 1 (Wilson 1927; without continuity correction).

    `z` is the number of standard errors, in place of the one that `confidence` means. Nobody counted: from
    0 to 1.
    """
    if counted.n == 0:
        return Interval(0.0, 1.0)
    return Interval(*_ends(counted.successes, counted.n, two_sided(confidence) if z is None else z))


def _ends(successes: int, n: int, z: float) -> tuple[float, float]:
    rate, square = successes / n, z * z
    weight = 1 / (1 + square / n)
    centre = weight * (rate + square / (2 * n))
    half = weight * z * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    # At 0 and 1 the ends are exact; rounding must not move them off.
    low = 0.0 if successes == 0 else max(0.0, min(rate, centre - half))
    return low, 1.0 if successes == n else min(1.0, max(rate, centre + half))


def newcombe(
    treated: Counted, control: Counted, *, confidence: float = 0.95, z: float | None = None
) -> Interval:
    """The interval for the difference of two shares, treated − control, within −1 and 1.

    Newcombe's hybrid score interval: method 10 in R. G. Newcombe, "Interval estimation for the difference
    between independent proportions", Statistics in Medicine 17 (1998) 873–890. It is built from the two
    Wilson intervals, holds its promise also for few customers and rare outcomes, and is not symmetric.
    `z` as in `wilson`. A group of nobody: from −1 to 1.
    """
    if treated.n == 0 or control.n == 0:
        return Interval(-1.0, 1.0)
    z = two_sided(confidence) if z is None else z
    one, two = treated.rate, control.rate
    low, high = _ends(treated.successes, treated.n, z)
    other_low, other_high = _ends(control.successes, control.n, z)
    difference = one - two
    down = math.hypot(one - low, other_high - two)
    up = math.hypot(high - one, two - other_low)
    return Interval(max(-1.0, difference - down), min(1.0, difference + up))


def relative(
    treated: Counted, control: Counted, *, confidence: float = 0.95, z: float | None = None
) -> Interval:
    """The interval for the relative difference, treated / control − 1: 0.25 is "a quarter more".

    From the same two Wilson intervals, by the method of variance estimates recovery for a ratio (A. Donner
    and G. Y. Zou, "Closed-form confidence intervals for functions of the normal mean and standard
    deviation", Statistical Methods in Medical Research 21 (2012) 347–359; evaluated for two shares by M. W.
    Fagerland and R. G. Newcombe, Statistics in Medicine 32 (2013) 2823–2836). Chosen over Katz's logarithm,
    which has no answer where a group has no outcome, and over Koopman's score interval, which has to be
    searched for and can exclude "no difference" where the interval of the absolute difference includes it.
    This one never contradicts `newcombe`. `z` as in `wilson`. The upper end is infinite where the control
    group has no outcome, both ends where there is nobody in a group.
    """
    if treated.n == 0 or control.n == 0:
        return Interval(-1.0, math.inf)
    z = two_sided(confidence) if z is None else z
    first, second = wilson(treated, z=z), wilson(control, z=z)
    return ratio_of(treated.rate, first, control.rate, second).shifted(-1)


def ratio_of(one: float, first: Interval, two: float, second: Interval) -> Interval:
    """The interval for a ratio one / two of estimates that are not negative, each with its own interval.

    The formulas of Donner & Zou (2012), arranged so that nothing is divided by zero where an interval's end
    is twice its estimate.
    """
    below = first.low * (2 * one - first.low)
    above = second.low * (2 * two - second.low)
    product = one * two
    down = math.sqrt(max(0.0, product**2 - below * second.high * (2 * two - second.high)))
    up = math.sqrt(max(0.0, product**2 - first.high * (2 * one - first.high) * above))
    low = below / (product + down) if below > 0 else 0.0
    return Interval(low, (product + up) / above if above > 0 else math.inf)
