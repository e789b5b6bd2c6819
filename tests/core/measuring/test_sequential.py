"""Intervals for daily looks: their shape. How often they are wrong is in `test_calibration`."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring.amounts import welch
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.proportions import newcombe
from crmkit.core.measuring.sample import Counted, Measured
from crmkit.core.measuring.sequential import Sizes, daily_mean, daily_share, daily_z

PLANNED = Sizes(1_000, 1_000)
sizes = st.builds(Sizes, st.integers(1, 100_000), st.integers(1, 100_000))


def test_the_factor_at_the_planned_sizes() -> None:
    """At 95 % the interval is 3.03 standard errors wide to both sides where it is tightest."""
    # The tightest r solves 1 + r = −W₋₁(−α²/e); for α = 0.05 Lambert's W gives r = 8.2120.
    r = daily_z(PLANNED, PLANNED) ** 2 - 1
    assert r == pytest.approx(math.log1p(r) + 2 * math.log(20))
    assert r == pytest.approx(8.21197, abs=5e-6)


def test_the_factor_from_the_paper() -> None:
    """It is the paper's boundary: σ̂ √(2(tρ² + 1) / (t²ρ²) · log(√(tρ² + 1) / α)), per standard error."""
    r_planned = daily_z(PLANNED, PLANNED) ** 2 - 1
    t, rho_squared = 400, r_planned / 2_000
    paper = math.sqrt(
        2 * (t * rho_squared + 1) / (t**2 * rho_squared) * math.log(math.sqrt(t * rho_squared + 1) / 0.05)
    )
    assert daily_z(Sizes(200, 200), PLANNED) == pytest.approx(paper * math.sqrt(t))


@given(sizes, sizes, st.floats(0.5, 0.999))
def test_tightest_at_the_planned_sizes(now: Sizes, planned: Sizes, confidence: float) -> None:
    """Before and after the planned sizes the factor is larger, never smaller."""
    z = daily_z(now, planned, confidence=confidence)
    assert z >= daily_z(planned, planned, confidence=confidence) * (1 - 1e-12)


def test_ten_times_as_many_cost_little() -> None:
    """Going on longer than planned widens the factor only slowly."""
    assert daily_z(Sizes(10_000, 10_000), PLANNED) < 1.1 * daily_z(PLANNED, PLANNED)


@given(st.integers(1, 3_000), st.integers(1, 3_000), st.floats(0, 1), st.floats(0, 1))
def test_daily_contains_once(n: int, m: int, one: float, two: float) -> None:
    """What may be looked at daily is never tighter than what may be looked at once."""
    treated, control = Counted(round(n * one), n), Counted(round(m * two), m)
    once, daily = newcombe(treated, control), daily_share(treated, control, PLANNED)
    assert daily.low <= once.low
    assert once.high <= daily.high
    assert treated.rate - control.rate in daily


@given(st.integers(2, 3_000), st.integers(2, 3_000), st.floats(-100, 100), st.floats(0.1, 100))
def test_daily_means_contain_once(n: int, m: int, mean: float, sd: float) -> None:
    """For amounts too; and swapped groups turn the sign."""
    treated, control = Measured(n, mean, sd), Measured(m, 1.0, 3.0)
    once, daily = welch(treated, control), daily_mean(treated, control, PLANNED)
    back = daily_mean(control, treated, Sizes(PLANNED.control, PLANNED.treated))
    assert daily.low <= once.low
    assert once.high <= daily.high
    assert (daily.low, daily.high) == pytest.approx((-back.high, -back.low))


def test_nothing_is_said_before_there_is_anybody() -> None:
    """An empty group leaves everything possible; with a handful of customers hardly less."""
    assert daily_share(Counted(0, 0), Counted(1, 5), PLANNED) == Interval(-1, 1)
    assert daily_mean(Measured(0, 0, 0), Measured(5, 1, 1), PLANNED) == Interval.unknown()
    assert daily_mean(Measured(1, 5, 0), Measured(5, 1, 1), PLANNED) == Interval.unknown()
    assert 0 in daily_share(Counted(3, 3), Counted(0, 3), PLANNED)


def test_large_amounts_of_data_find_small_differences() -> None:
    """The interval shrinks towards the truth, however it was planned."""
    interval = daily_share(Counted(110_000, 10**6), Counted(100_000, 10**6), PLANNED)
    assert 0.008 < interval.low < 0.01 < interval.high < 0.012


def test_impossible_plans_are_refused() -> None:
    """Without anybody planned in both groups there is nothing to be tight at."""
    with pytest.raises(Invalid, match="both groups"):
        daily_z(PLANNED, Sizes(100, 0))
    with pytest.raises(Invalid, match="not possible"):
        Sizes(-1, 5)
