"""Amounts: a statistics package's digits, laws, and what resampling is for."""

from __future__ import annotations

import math
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring import amounts
from crmkit.core.measuring.amounts import bootstrap, relative_mean, welch
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.sample import Measured

# The numbers of a skewed purchase log, made up once by a log-normal distribution.
ONE = [
    31.47, 0.13, 4.49, 1.38, 1.58, 2.1, 0.24, 2.06, 0.96, 146.58, 3.56, 1.78, 1.94, 1.22, 0.77, 1.7,
    4.85, 2.04, 8.58, 2.14, 2.8, 17.37, 5.23, 1.48, 2.18, 5.2, 27.72, 1.97, 2.03, 9.05, 0.94, 1.92,
    7.84, 5.45, 3.03, 6.07, 0.09, 9.26, 0.86, 0.37, 3.79, 6.3, 1.59, 0.75, 2.8, 2.55, 14.68, 6.67,
    3.43, 10.32, 2.12, 0.89, 5.48, 5.47, 2.1, 1.06, 3.58, 0.14, 6.22, 4.9,
]  # fmt: skip
TWO = [
    0.38, 2.93, 0.85, 6.74, 0.24, 0.91, 6.37, 10.89, 0.2, 1.5, 4.03, 1.31, 18.33, 0.65, 4.16, 0.77,
    14.69, 2.65, 1.74, 0.35, 20.45, 6.71, 6.71, 10.65, 4.13, 1.26, 1.04, 1.04, 14.07, 0.47, 1.33,
    1.85, 3.56, 5.42, 0.61, 0.34, 2.7, 11.66, 6.74, 3.52,
]  # fmt: skip

sample = st.builds(Measured, n=st.integers(2, 10_000), mean=st.floats(-1e6, 1e6), sd=st.floats(0.1, 1e6))


def test_welch_agrees_with_a_statistics_package() -> None:
    """The interval is SciPy's, to nine digits."""
    interval = welch(Measured.of_values(ONE), Measured.of_values(TWO))
    assert interval.low == pytest.approx(-2.8929570752875264, rel=1e-9)
    assert interval.high == pytest.approx(7.537790408620857, rel=1e-9)


def test_resampling_agrees_with_a_statistics_package() -> None:
    """The interval by resampling is SciPy's by percentiles (−1.69 to 8.17), a little expanded."""
    interval = bootstrap(ONE, TWO, resamples=10_000, seed=1)
    assert -1.95 < interval.low < -1.69
    assert 8.17 < interval.high < 8.7


def test_resampling_bends_with_skewed_amounts() -> None:
    """A few large amounts leave more room above than below; Welch's interval cannot say that."""
    difference = mean(ONE) - mean(TWO)
    interval = bootstrap(ONE, TWO)
    assert interval.high - difference > 1.2 * (difference - interval.low)


def test_resampling_is_repeatable() -> None:
    """The same seed gives the same interval, so a report does not flicker; another hardly differs."""
    first, again, other = (bootstrap(ONE, TWO, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert first.width == pytest.approx(other.width, rel=0.2)


def test_resampling_in_blocks_is_resampling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large groups are drawn in blocks: the interval is the one without blocks, but for the draw."""
    chance = Random(5)
    one, two = ([chance.lognormvariate(3, 1) if chance.random() < 0.3 else 0.0 for _ in range(n)]
                for n in (6_500, 1_501))  # fmt: skip
    blocks = bootstrap(one, two)
    monkeypatch.setattr(amounts, "BLOCKS", 10_000)
    whole = bootstrap(one, two, resamples=500)
    difference = mean(one) - mean(two)
    assert difference in blocks
    assert blocks.low - difference == pytest.approx(whole.low - difference, rel=0.15)
    assert blocks.high - difference == pytest.approx(whole.high - difference, rel=0.15)


def test_resampling_of_normal_amounts_is_welch() -> None:
    """Without skewness both methods say the same."""
    chance = Random(2)
    one, two = [[chance.gauss(50, 10) for _ in range(400)] for _ in range(2)]
    interval, expected = bootstrap(one, two), welch(Measured.of_values(one), Measured.of_values(two))
    assert interval.low == pytest.approx(expected.low, abs=0.2)
    assert interval.high == pytest.approx(expected.high, abs=0.2)


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=30),
    st.lists(st.integers(0, 50), min_size=2, max_size=30),
)
def test_resampling_contains_what_was_seen(one: list[int], two: list[int]) -> None:
    """The difference that was seen is always possible."""
    interval = bootstrap(one, two, resamples=100)
    assert interval.low - 1e-9 <= mean(one) - mean(two) <= interval.high + 1e-9


@given(sample, sample, st.floats(0.5, 0.98))
def test_welch_laws(one: Measured, two: Measured, confidence: float) -> None:
    """The interval contains the estimate, turns with the groups and widens with confidence."""
    interval = welch(one, two, confidence=confidence)
    back = welch(two, one, confidence=confidence)
    assert one.mean - two.mean in interval
    assert (interval.low, interval.high) == pytest.approx((-back.high, -back.low))
    assert welch(one, two, confidence=confidence + 0.01).width > interval.width


@given(sample, sample, st.sampled_from((0.01, 3.0, 100.0)))
def test_another_unit_scales_the_interval(one: Measured, two: Measured, factor: float) -> None:
    """Whether amounts are counted in cents or in euros makes no difference."""
    scaled = [Measured(each.n, each.mean * factor, each.sd * factor) for each in (one, two)]
    assert welch(*scaled).width == pytest.approx(welch(one, two).width * factor, rel=1e-5)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=50))
def test_sums_and_values_tell_the_same(values: list[int]) -> None:
    """Mean and deviation are the same from single values and from their sums."""
    one = Measured.of_values(values)
    two = Measured.of_sums(len(values), sum(values), sum(value * value for value in values))
    assert two.mean == pytest.approx(mean(values), rel=1e-9, abs=1e-9)
    assert two.sd == pytest.approx(stdev(values), rel=1e-9, abs=1e-9)
    assert one.mean == pytest.approx(two.mean, rel=1e-9, abs=1e-3)
    assert one.sd == pytest.approx(two.sd, rel=1e-6, abs=1e-3)


def test_large_amounts_keep_their_digits() -> None:
    """Amounts far from zero with a small spread: where naive sums of squares lose everything."""
    values = [10**12 + each for each in (4, 7, 13, 16)]
    assert Measured.of_values(values).sd == pytest.approx(math.sqrt(30))
    assert Measured.of_sums(4, sum(values), sum(each**2 for each in values)).sd == pytest.approx(
        math.sqrt(30)
    )


def test_too_little_to_say() -> None:
    """One customer in a group, or amounts without any spread, tell nothing."""
    usual, single, constant = Measured(50, 10, 3), Measured(1, 5, 0), Measured(9, 0, 0)
    assert welch(usual, single) == welch(single, usual) == welch(constant, constant) == Interval.unknown()
    assert bootstrap([1], [1, 2]) == bootstrap([0, 0], [0, 0]) == Interval.unknown()
    assert relative_mean(usual, constant) == Interval.unknown()
    assert welch(usual, constant).width < math.inf


@given(sample, sample)
def test_relative_means(one: Measured, two: Measured) -> None:
    """The relative difference of means contains the estimate, where there is one."""
    assume(two.mean > 0)
    interval = relative_mean(one, two)
    assert interval.low <= (one.mean / two.mean - 1) * (1 - 1e-9) + 1e-9 or interval == Interval.unknown()
    assert interval.high >= (one.mean / two.mean - 1) * (1 - 1e-9) - 1e-9


def test_relative_mean_of_large_groups() -> None:
    """With many customers it is close to what the errors of both means add up to."""
    interval = relative_mean(Measured(10_000, 110, 50), Measured(10_000, 100, 50))
    error = 1.1 * math.hypot(0.5 / 110, 0.5 / 100)
    assert interval.low == pytest.approx(0.1 - 1.96 * error, abs=2e-4)
    assert interval.high == pytest.approx(0.1 + 1.96 * error, abs=2e-4)


def test_impossible_numbers_are_refused() -> None:
    """Sums that no values have, deviations below zero, and too few resamples."""
    with pytest.raises(Invalid, match="No 3 values"):
        Measured.of_sums(3, 30, 100)
    for sd in (-1.0, math.nan, math.inf):
        with pytest.raises(Invalid, match="not possible"):
            Measured(3, 1, sd)
    with pytest.raises(Invalid, match="too few"):
        bootstrap(ONE, TWO, resamples=10)
