"""Distributions, against printed tables and against a statistics package's digits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring import distributions as d

# Two-sided 90 %, 95 %, 99 % points of Student's t as textbooks print them.
TABLE = {
    1: (6.314, 12.706, 63.657),
    2: (2.920, 4.303, 9.925),
    3: (2.353, 3.182, 5.841),
    5: (2.015, 2.571, 4.032),
    10: (1.812, 2.228, 3.169),
    20: (1.725, 2.086, 2.845),
    30: (1.697, 2.042, 2.750),
    60: (1.671, 2.000, 2.660),
    120: (1.658, 1.980, 2.617),
    10**9: (1.645, 1.960, 2.576),
}


@pytest.mark.parametrize("df", TABLE)
def test_students_table(df: int) -> None:
    """Student's quantiles are those of the printed table, to its last digit."""
    assert tuple(round(d.student_quantile(tail, df), 3) for tail in (0.05, 0.025, 0.005)) == TABLE[df]


@pytest.mark.parametrize(
    ("tail", "df", "quantile"),
    [
        (0.025, 3.7, 2.8675207071911903),
        (0.005, 120, 2.617421145106866),
        (1e-6, 5, 24.771029720515948),
        (1e-12, 1, 318309886183.7907),
        (1e-12, 30, 11.397217523311413),
        (1e-6, 1e5, 4.753704716391288),
    ],
)
def test_students_quantile_far_out(tail: float, df: float, quantile: float) -> None:
    """Broken degrees of freedom and tails far out agree with SciPy to eleven digits."""
    assert d.student_quantile(tail, df) == pytest.approx(quantile, rel=1e-11)


@given(st.floats(1e-14, 0.5), st.floats(0.5, 1e5))
def test_students_quantile_inverts_its_tail(tail: float, df: float) -> None:
    """The quantile is where the tail is what was asked for."""
    assert d.student_upper(d.student_quantile(tail, df), df) == pytest.approx(tail, rel=1e-8)


@given(st.floats(1e-9, 0.49), st.floats(1, 1e6))
def test_student_is_wider_than_normal(tail: float, df: float) -> None:
    """Student's quantile is never below the normal one, and both tails add up to one."""
    t = d.student_quantile(tail, df)
    assert t >= d.normal_quantile(tail) * (1 - 1e-12)
    assert d.student_upper(-t, df) == pytest.approx(1 - tail)


@pytest.mark.parametrize(
    ("df", "five_percent", "one_per_thousand"),
    [(1, 3.841, 10.828), (2, 5.991, 13.816), (3, 7.815, 16.266), (4, 9.488, 18.467), (10, 18.307, 29.588)],
)
def test_chi_square_table(df: int, five_percent: float, one_per_thousand: float) -> None:
    """The printed points of chi-square have the tails that the table gives them."""
    assert d.chi_square_upper(five_percent, df) == pytest.approx(0.05, rel=1e-3)
    assert d.chi_square_upper(one_per_thousand, df) == pytest.approx(0.001, rel=1e-3)
    assert d.chi_square_upper(0, df) == 1


def test_normal() -> None:
    """The well-known points of the normal distribution."""
    assert d.two_sided(0.95) == pytest.approx(1.959963984540054)
    assert d.two_sided(0.99) == pytest.approx(2.5758293035489)
    assert d.normal_upper(1.959963984540054) == pytest.approx(0.025)
    assert d.normal_upper(20) == pytest.approx(2.7536241186062337e-89)


@pytest.mark.parametrize(
    ("successes", "n", "share", "p"),
    [
        (3, 40, 0.25, 0.009347148417940206),
        (70, 500, 0.1, 0.0044725776786051965),
        (5, 10, 0.5, 1.0),
        (0, 0, 0.5, 1.0),
    ],
)
def test_exact_binomial_test(successes: int, n: int, share: float, p: float) -> None:
    """The exact test agrees with SciPy's."""
    assert d.binomial_two_sided(successes, n, share) == pytest.approx(p, rel=1e-9)


@given(st.integers(0, 60), st.floats(0.01, 0.99))
def test_exact_test_from_its_definition(n: int, share: float) -> None:
    """It adds up every count that is at most as probable."""
    odds = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    seen = n // 3
    expected = sum(each for each in odds if each <= odds[seen] * (1 + 1e-7))
    assert d.binomial_two_sided(seen, n, share) == pytest.approx(expected, rel=1e-6)


def test_impossible_arguments_are_refused() -> None:
    """What has no quantile is refused, not answered with some number."""
    with pytest.raises(Invalid):
        d.student_quantile(0, 5)
    with pytest.raises(Invalid):
        d.student_quantile(0.1, 0)
    with pytest.raises(Invalid):
        d.normal_quantile(0)
    with pytest.raises(Invalid):
        d.chi_square_upper(-1, 1)
    with pytest.raises(Invalid, match=r"Write 0\.95"):
        d.two_sided(95)
