"""Means of amounts and their differences: by Welch, and by resampling for amounts that are heavily skewed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.measuring.distributions import normal_quantile, normal_upper, student_quantile, tail_of
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.proportions import ratio_of

if TYPE_CHECKING:
    from random import Random

    from crmkit.core.measuring.sample import Measured

BLOCKS: Final = 1_000  # more than this many values of a group are drawn in blocks


def mean(measured: Measured, *, confidence: float = 0.95) -> Interval:
    """Student's interval for one mean; everything is possible below two values or without any spread."""
    if measured.n < 2 or measured.sd == 0:
        return Interval.unknown()
    t = student_quantile(tail_of(confidence) / 2, measured.n - 1)
    half = t * math.sqrt(measured.squared_error)
    return Interval(measured.mean - half, measured.mean + half)


def welch(treated: Measured, control: Measured, *, confidence: float = 0.95) -> Interval:
    """The interval for the difference of two means, treated − control, in the unit of the values.

    B. L. Welch, "The generalization of Student's problem when several different population variances are
    involved", Biometrika 34 (1947) 28–35, with the degrees of freedom of Satterthwaite. The groups may
    spread differently. It holds where the means are close to normal: with some hundred customers in each
    group for most amounts, with more where a few large ones decide; compare `bootstrap`. Everything is
    possible where a group has fewer than two values, or neither has any spread.
    """
    return welch_tail(treated, control, tail_of(confidence) / 2)


def welch_tail(treated: Measured, control: Measured, tail: float) -> Interval:
    """As `welch`, leaving the probability `tail` on each side."""
    if min(treated.n, control.n) < 2:
        return Interval.unknown()
    squared = treated.squared_error + control.squared_error
    if squared == 0:
        return Interval.unknown()
    df = squared**2 / (
        treated.squared_error**2 / (treated.n - 1) + control.squared_error**2 / (control.n - 1)
    )
    half = student_quantile(tail, df) * math.sqrt(squared)
    difference = treated.mean - control.mean
    return Interval(difference - half, difference + half)


def relative_mean(treated: Measured, control: Measured, *, confidence: float = 0.95) -> Interval:
    """The interval for treated / control − 1 of two means: 0.25 is "a quarter more".

    As `proportions.relative`, from the two Student's intervals. There is no answer (everything is possible)
    where the control group's mean, or the treated group's, may as well be zero or below.
    """
    first, second = mean(treated, confidence=confidence), mean(control, confidence=confidence)
    if not (first.low >= 0 and second.low > 0):
        return Interval.unknown()
    return ratio_of(treated.mean, first, control.mean, second).shifted(-1)


def bootstrap(
    treated: Sequence[float],
    control: Sequence[float],
    *,
    confidence: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> Interval:
    """The interval for the difference of two means, treated − control, by drawing the customers again.

    The bias-corrected and accelerated interval of B. Efron, "Better bootstrap confidence intervals",
    Journal of the American Statistical Association 82 (1987) 171–185; the acceleration for two groups from
    their third moments (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 14). It bends
    with skewed amounts, where Welch's is symmetric. The same `seed` gives the same interval.

    A group of more than 1,000 values is shuffled and drawn in blocks of equal size: their means have the
    group's variance and skewness, at a bounded cost (2,000 resamples of two large groups take about half a
    second). Memory: a copy of the values and `resamples` numbers. Everything is possible where a group has
    fewer than two values, or neither has any spread. Raises `Invalid` below 100 resamples.
    """
    from random import Random  # takes 5 ms to import

    if resamples < 100:
        raise Invalid(f"{resamples} resamples are too few", hint="Ask for at least 100.")
    tail = tail_of(confidence) / 2
    if min(len(treated), len(control)) < 2:
        return Interval.unknown()
    first, second = _centred(treated), _centred(control)
    acceleration = _acceleration(first, second)
    if acceleration is None:
        return Interval.unknown()
    chance = Random(seed)  # noqa: S311 - statistics, not secrets
    means = zip(_means(first, resamples, chance), _means(second, resamples, chance), strict=True)
    drawn = sorted(one - two for one, two in means)
    difference = math.fsum(treated) / len(treated) - math.fsum(control) / len(control)
    ends = [_adjusted(z, drawn, acceleration) for z in (-normal_quantile(tail), normal_quantile(tail))]
    # The estimate itself is always possible, also where the drawn differences lie to one side of it.
    return Interval(min(0.0, ends[0]), max(0.0, ends[1])).shifted(difference)


def _centred(values: Sequence[float]) -> list[float]:
    middle = math.fsum(values) / len(values)
    return [value - middle for value in values]


def _acceleration(first: Sequence[float], second: Sequence[float]) -> float | None:
    """How fast the error changes with the truth: a sixth of the difference's skewness; None: no spread."""
    cubes = squares = 0.0
    for sign, centred in ((1, first), (-1, second)):
        n = len(centred)
        squares += math.fsum(value * value for value in centred) / n**2
        cubes += sign * math.fsum(value**3 for value in centred) / n**3
    return None if squares == 0 else cubes / (6 * squares**1.5)


def _means(centred: Sequence[float], resamples: int, chance: Random) -> list[float]:
    """The means of `resamples` groups drawn from values whose mean is 0."""
    blocks = _blocks(centred, chance)
    middle, n = math.fsum(blocks) / len(blocks), len(blocks)
    return [sum(chance.choices(blocks, k=n)) / n - middle for _ in range(resamples)]


def _blocks(values: Sequence[float], chance: Random) -> Sequence[float]:
    """The values, or the means of at most `BLOCKS` equal blocks; a rest below one block is left out."""
    if len(values) <= BLOCKS:
        return values
    size = -(-len(values) // BLOCKS)
    shuffled = list(values)
    chance.shuffle(shuffled)
    return [sum(shuffled[at : at + size]) / size for at in range(0, len(values) - size + 1, size)]


def _adjusted(z: float, drawn: Sequence[float], acceleration: float) -> float:
    """The drawn difference at the corrected rank, between two drawn ones by their distance."""
    below = sum(1 for each in drawn if each < 0) + sum(1 for each in drawn if each == 0) / 2
    share = min(max(below / len(drawn), 0.5 / len(drawn)), 1 - 0.5 / len(drawn))
    bias = -normal_quantile(share)
    moved = bias + z
    rank = 1 - normal_upper(bias + moved / (1 - acceleration * moved))
    place = min(max(rank * len(drawn) - 0.5, 0.0), len(drawn) - 1.0)
    at = min(int(place), len(drawn) - 2)
    return drawn[at] + (place - at) * (drawn[at + 1] - drawn[at])
