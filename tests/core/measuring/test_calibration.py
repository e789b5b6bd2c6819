"""How often the intervals are wrong, counted over experiments that are made up with fixed seeds."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.measuring.amounts import bootstrap, welch
from crmkit.core.measuring.proportions import newcombe, relative
from crmkit.core.measuring.sample import Counted, Measured
from crmkit.core.measuring.sequential import Sizes, daily_mean, daily_share, daily_z
from tests.core.measuring.simulating import at_most, binomial

EXPERIMENTS = 10_000
COMPARISONS, LOOKS = 2_000, 100
ALARMS = at_most(0.05, 3, COMPARISONS)


@pytest.mark.parametrize(
    ("share", "treated", "control"), [(0.1, 20, 20), (0.02, 45, 5), (0.4, 10, 10)], ids=str
)
def test_a_share_looked_at_daily_raises_few_false_alarms(share: float, treated: int, control: int) -> None:
    """Two groups without any difference, looked at 100 times: at most 5 % are ever called different."""
    chance = Random(20270101)
    one, two = binomial(treated, share, chance), binomial(control, share, chance)
    planned = Sizes(treated * LOOKS, control * LOOKS)
    alarms = 0
    for _ in range(COMPARISONS):
        in_treated = in_control = 0
        for look in range(1, LOOKS + 1):
            in_treated, in_control = in_treated + one(), in_control + two()
            seen = in_treated, treated * look, in_control, control * look
            if _may_differ(*seen) and 0 not in daily_share(Counted(*seen[:2]), Counted(*seen[2:]), planned):
                alarms += 1
                break
    assert 0 < alarms / COMPARISONS <= ALARMS


def _may_differ(one: int, n: int, two: int, m: int) -> bool:
    """Whether the shares are at least one and a half plain errors apart; less is never called different."""
    both = (one + two) / (n + m)
    return abs(one / n - two / m) >= 1.5 * math.sqrt(both * (1 - both) * (1 / n + 1 / m))


@given(st.integers(1, 2_000), st.integers(1, 2_000), st.floats(0, 1), st.floats(0, 1))
def test_small_differences_need_no_closer_look(n: int, m: int, one: float, two: float) -> None:
    """The shortcut that makes these tests quick hides nothing, whatever the groups."""
    seen = round(n * one), n, round(m * two), m
    assert _may_differ(*seen) or 0 in daily_share(Counted(*seen[:2]), Counted(*seen[2:]), Sizes(n, m))


def test_an_amount_looked_at_daily_raises_few_false_alarms() -> None:
    """Skewed amounts, most of them zero, 100 looks: at most 5 % are ever called different."""
    chance = Random(20270102)
    pool = [chance.gammavariate(0.7, 50) if chance.random() < 0.3 else 0.0 for _ in range(5_000)]
    treated, control = 12, 4
    planned = Sizes(treated * LOOKS, control * LOOKS)
    factors = [daily_z(Sizes(treated * look, control * look), planned) for look in range(1, LOOKS + 1)]
    alarms = 0
    for _ in range(COMPARISONS):
        looks = zip(_growing(pool, treated, chance), _growing(pool, control, chance), factors, strict=True)
        for (n, mean, square), (m, other, squared), z in looks:
            # Student's quantile is above the normal one: below z errors nothing is ever called different.
            if (mean - other) ** 2 > z * z * (square / n + squared / m):
                one, two = Measured(n, mean, math.sqrt(square)), Measured(m, other, math.sqrt(squared))
                if 0 not in daily_mean(one, two, planned):
                    alarms += 1
                    break
    assert 0 < alarms / COMPARISONS <= ALARMS


def _growing(pool: list[float], step: int, chance: Random) -> list[tuple[int, float, float]]:
    """Number, mean and variance of a group at each look, `step` customers more than at the one before."""
    values = chance.choices(pool, k=step * LOOKS)
    sums = list(accumulate(values))[step - 1 :: step]
    squares = list(accumulate(value * value for value in values))[step - 1 :: step]
    return [
        (n, total / n, max(0.0, square - total * total / n) / (n - 1))
        for n, total, square in zip(range(step, step * LOOKS + 1, step), sums, squares, strict=True)
    ]


def test_looking_daily_at_an_ordinary_interval_is_not_honest() -> None:
    """Why there is a daily interval: the ordinary one calls over a quarter of A/A comparisons different."""
    chance = Random(20270103)
    draw = binomial(20, 0.1, chance)
    alarms = 0
    for _ in range(200):
        totals = zip(accumulate(draw() for _ in range(LOOKS)), accumulate(draw() for _ in range(LOOKS)),
                     strict=True)  # fmt: skip
        alarms += any(
            0 not in newcombe(Counted(one, 20 * look), Counted(two, 20 * look))
            for look, (one, two) in enumerate(totals, 1)
        )
    assert alarms / 200 > 0.25


@pytest.mark.parametrize(
    ("share", "n", "base", "m"),
    [(0.1, 200, 0.1, 200), (0.12, 180, 0.1, 60), (0.4, 60, 0.3, 60), (0.05, 300, 0.03, 300)],
)
def test_intervals_of_shares_hold_what_they_promise(share: float, n: int, base: float, m: int) -> None:
    """Newcombe's 95 % intervals, and those of the relative difference, cover the truth in 94 to 96 %."""
    chance = Random(20270104)
    one, two = binomial(n, share, chance), binomial(m, base, chance)
    held = held_relative = 0
    for _ in range(EXPERIMENTS):
        treated, control = Counted(one(), n), Counted(two(), m)
        held += share - base in newcombe(treated, control)
        held_relative += share / base - 1 in relative(treated, control)
    assert 0.94 <= held / EXPERIMENTS <= 0.96
    assert 0.94 <= held_relative / EXPERIMENTS <= 0.96


@pytest.mark.parametrize(("n", "sd", "m", "other"), [(10, 1, 10, 1), (60, 4, 15, 1), (12, 1, 40, 3)], ids=str)
def test_intervals_of_amounts_hold_what_they_promise(n: int, sd: float, m: int, other: float) -> None:
    """Welch's 95 % intervals cover the truth in 94 to 96 %, also for few customers and uneven groups."""
    chance = Random(20270105)
    held = 0
    for _ in range(EXPERIMENTS):
        held += 3 in welch(_normal(n, 5, sd, chance), _normal(m, 2, other, chance))
    assert 0.94 <= held / EXPERIMENTS <= 0.96


def _normal(n: int, mean: float, sd: float, chance: Random) -> Measured:
    """Mean and deviation of `n` normal values, drawn as such: they are independent, the latter a chi."""
    spread = sd * math.sqrt(chance.gammavariate((n - 1) / 2, 2) / (n - 1))
    return Measured(n, chance.gauss(mean, sd / math.sqrt(n)), spread)


def test_welch_holds_for_skewed_amounts_of_many() -> None:
    """Amounts of whom two thirds bought nothing: with hundreds of customers 94 to 96 % are covered."""
    chance = Random(20270106)
    pool = [chance.gammavariate(2, 20) if chance.random() < 0.33 else 0.0 for _ in range(2_000)]
    held = 0
    for _ in range(EXPERIMENTS // 2):
        held += 0 in welch(_drawn(pool, 200, chance), _drawn(pool, 100, chance))
    assert 0.94 <= held / (EXPERIMENTS // 2) <= 0.96


def _drawn(pool: list[float], n: int, chance: Random) -> Measured:
    values = chance.choices(pool, k=n)
    total, squares = sum(values), sum(value * value for value in values)
    return Measured(n, total / n, math.sqrt((squares - total * total / n) / (n - 1)))


def test_resampling_holds_for_skewed_amounts() -> None:
    """Intervals by resampling cover the truth in 91 to 98 % of a few hundred skewed experiments."""
    chance = Random(20270107)
    held = 0
    for seed in range(200):
        one, two = [[chance.lognormvariate(1, 1) for _ in range(n)] for n in (70, 50)]
        held += 0 in bootstrap(one, two, resamples=150, seed=seed)
    assert 0.91 <= held / 200 <= 0.98


def test_the_factor_shrinks_until_the_planned_sizes() -> None:
    """Each further look before the planned end uses a smaller factor."""
    planned = Sizes(1_000, 500)
    factors = [daily_z(Sizes(20 * look, 10 * look), planned) for look in range(1, 51)]
    assert all(later < earlier for earlier, later in pairwise(factors))
