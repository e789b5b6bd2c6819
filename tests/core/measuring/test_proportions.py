"""Shares: the published examples, and laws."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.proportions import newcombe, ratio_of, relative, wilson
from crmkit.core.measuring.sample import Counted


@st.composite
def _counted(draw: st.DrawFn) -> Counted:
    n = draw(st.integers(1, 5_000))
    return Counted(draw(st.integers(0, n)), n)


# Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10, examples (a) to (h).
PUBLISHED = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@pytest.mark.parametrize("example", PUBLISHED, ids=str)
def test_newcombes_own_examples(example: tuple[int, int, int, int, float, float]) -> None:
    """The eight examples of the paper come out as printed."""
    one, n, two, m, low, high = example
    interval = newcombe(Counted(one, n), Counted(two, m))
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


# Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3 (the score method).
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_single_shares(successes: int, n: int, low: float, high: float) -> None:
    """Wilson's interval for the four examples of the paper comes out as printed."""
    interval = wilson(Counted(successes, n))
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@given(_counted(), _counted(), st.floats(0.5, 0.999))
def test_intervals_contain_the_estimate(one: Counted, two: Counted, confidence: float) -> None:
    """What was seen is always possible, and nothing impossible is within."""
    assert one.rate in wilson(one, confidence=confidence)
    difference = newcombe(one, two, confidence=confidence)
    assert one.rate - two.rate in difference
    assert -1 <= difference.low <= difference.high <= 1
    ratio = relative(one, two, confidence=confidence)
    assert ratio.low >= -1
    if two.successes:
        seen = one.rate / two.rate - 1
        assert ratio.low <= seen + 1e-9
        assert seen <= ratio.high * (1 + 1e-9) + 1e-9


@given(_counted(), _counted())
def test_swapping_the_groups_turns_the_sign(one: Counted, two: Counted) -> None:
    """The other way round the difference has the other sign, and the ratio is upside down."""
    there, back = newcombe(one, two), newcombe(two, one)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    ratio, inverse = relative(one, two), relative(two, one)
    if math.isfinite(ratio.high):
        assert (1 + ratio.high) * (1 + inverse.low) == pytest.approx(1)


@given(_counted(), _counted())
def test_counting_failures_mirrors_the_difference(one: Counted, two: Counted) -> None:
    """Whether those who came or those who stayed away are counted makes no difference but the sign."""
    failed = [Counted(each.n - each.successes, each.n) for each in (one, two)]
    there, back = newcombe(one, two), newcombe(*failed)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@given(_counted(), _counted())
def test_relative_and_absolute_never_contradict(one: Counted, two: Counted) -> None:
    """If no absolute difference is possible, no relative one is, and the other way round."""
    absolute, ratio = newcombe(one, two), relative(one, two)
    if min(abs(absolute.low), abs(absolute.high)) > 1e-9:
        assert (0 in absolute) == (0 in ratio)


@given(_counted(), _counted(), st.floats(0.5, 0.99))
def test_more_confidence_is_wider(one: Counted, two: Counted, confidence: float) -> None:
    """Who wants to be surer has to say less."""
    tight, wide = (newcombe(one, two, confidence=each) for each in (confidence, confidence + 0.009))
    assert wide.low <= tight.low
    assert tight.high <= wide.high


@given(_counted(), _counted(), st.integers(2, 50))
def test_more_customers_are_tighter(one: Counted, two: Counted, times: int) -> None:
    """The same shares of more customers tell more."""
    more = [Counted(each.successes * times, each.n * times) for each in (one, two)]
    assert newcombe(*more).width < newcombe(one, two).width


def test_nobody_counted() -> None:
    """Before anybody was counted everything is possible."""
    nobody, some = Counted(0, 0), Counted(3, 10)
    assert wilson(nobody) == Interval(0, 1)
    assert newcombe(nobody, some) == newcombe(some, nobody) == Interval(-1, 1)
    assert relative(some, nobody) == Interval(-1, math.inf)


def test_a_control_group_without_any_outcome() -> None:
    """Against nothing a relative difference has no upper end; the lower one is still known."""
    interval = relative(Counted(30, 100), Counted(0, 100))
    assert interval.low > 1
    assert interval.bounds == (interval.low, None)
    assert relative(Counted(0, 100), Counted(0, 100)) == Interval(-1, math.inf)


def test_where_an_end_is_twice_the_estimate() -> None:
    """The ratio's formula has a gap there in other forms; here it is continuous."""
    near = [
        ratio_of(1.0, Interval(0.5, 1.5), 1.0, Interval(0.5, high)).low for high in (1.999999, 2, 2.000001)
    ]
    assert near == pytest.approx([near[1]] * 3, rel=1e-5)


def test_impossible_counts_are_refused() -> None:
    """More successes than customers, or an interval upside down, is a mistake of the caller."""
    for successes, n in ((3, 2), (-1, 2), (0, -1)):
        with pytest.raises(Invalid, match="not possible"):
            Counted(successes, n)
    with pytest.raises(Invalid, match="wrong way round"):
        Interval(1, 0)
    with pytest.raises(Invalid, match="no share"):
        Counted(0, 0).rate  # noqa: B018 - the property itself complains
