"""Means of amounts and their differences: by Welch, and by resampling for amounts that are heavily skewed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.measuring.distributions import normal_upper, student_quantile, tail_of
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.proportions import ratio_of
from crmkit.core.measuring.sample import Measured
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from random import Random

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
    half = student_quantile(tail, _degrees(treated, control)) * math.sqrt(squared)
    difference = treated.mean - control.mean
    return Interval(difference - half, difference + half)


def _degrees(treated: Measured, control: Measured) -> float:
    """The degrees of freedom of Satterthwaite, between those of the smaller group and of both together."""
    share = treated.squared_error / (treated.squared_error + control.squared_error)
    return 1 / (share**2 / (treated.n - 1) + (1 - share) ** 2 / (control.n - 1))


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

    The expanded percentile interval: T. C. Hesterberg, "What teachers should know about the bootstrap", The
    American Statistician 69 (2015) 371–386, here with Welch's degrees of freedom. It bends with skewed
    amounts, where Welch's interval is symmetric: where the two differ much, a few large amounts decide, and
    neither is to be trusted far. (The bias-corrected and accelerated interval bends more, and covers less:
    for the difference of two log-normal means of 70 and 50 customers 89 %, against 93 % by percentiles and
    95 % by Welch.) The same `seed` gives the same interval.

    A group of more than 1,000 values is shuffled and drawn in blocks of equal size: their means have the
    group's variance and skewness, at a bounded cost (2,000 resamples of two large groups take about half a
    second). Memory: a copy of the values and `resamples` numbers. Everything is possible where a group has
    fewer than two values, or neither has any spread. Raises `Invalid` below 100 resamples.
    """
    from random import Random  # takes 5 ms to import

    if resamples < 100:
        raise Invalid(
            phrase("{resamples} resamples are too few", resamples=resamples), hint="Ask for at least 100."
        )
    tail = tail_of(confidence) / 2
    if min(len(treated), len(control)) < 2:
        return Interval.unknown()
    ours, theirs = Measured.of_values(treated), Measured.of_values(control)
    if ours.sd == theirs.sd == 0:
        return Interval.unknown()
    tail = normal_upper(student_quantile(tail, _degrees(ours, theirs)))
    chance = Random(seed)  # noqa: S311 - statistics, not secrets
    means = zip(_means(treated, resamples, chance), _means(control, resamples, chance), strict=True)
    drawn = sorted(one - two for one, two in means)
    # The estimate itself is always possible, also where the drawn differences lie to one side of it.
    ends = Interval(min(0.0, _ranked(drawn, tail)), max(0.0, _ranked(drawn, 1 - tail)))
    return ends.shifted(ours.mean - theirs.mean)


def _ranked(drawn: Sequence[float], share: float) -> float:
    """The number below which that share of the sorted ones lie, between two of them by the distance."""
    place = min(max(share * len(drawn) - 0.5, 0.0), len(drawn) - 1.0)
    at = min(int(place), len(drawn) - 2)
    return drawn[at] + (place - at) * (drawn[at + 1] - drawn[at])


def _means(values: Sequence[float], resamples: int, chance: Random) -> list[float]:
    """How far the means of `resamples` groups drawn from the values are off; their spread is unbiased."""
    blocks = _blocks(values, chance)
    n, middle = len(blocks), math.fsum(blocks) / len(blocks)
    factor = math.sqrt(len(values) / (len(values) - 1))
    return [(sum(chance.choices(blocks, k=n)) / n - middle) * factor for _ in range(resamples)]


def _blocks(values: Sequence[float], chance: Random) -> Sequence[float]:
    """The values, or the means of at most `BLOCKS` equal blocks; a rest below one block is left out."""
    if len(values) <= BLOCKS:
        return values
    size = -(-len(values) // BLOCKS)
    shuffled = list(values)
    chance.shuffle(shuffled)
    return [sum(shuffled[at : at + size]) / size for at in range(0, len(values) - size + 1, size)]
