"""How much can be seen with how many customers."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring.power import detectable_share, needed_share
from crmkit.core.measuring.proportions import newcombe
from crmkit.core.measuring.sample import Counted
from crmkit.core.measuring.sequential import Sizes, daily_share
from tests.core.measuring.simulating import binomial


@pytest.mark.parametrize(
    ("base", "rise", "power", "each"),
    [(0.50, 0.25, 0.90, 77), (0.10, 0.02, 0.80, 3841), (0.05, 0.05, 0.80, 435), (0.25, 0.15, 0.90, 203)],
)
def test_published_sizes(base: float, rise: float, power: float, each: int) -> None:
    """The sizes of textbooks and of R's `power.prop.test`, for one look at two equal groups."""
    assert needed_share(base, rise, power=power, daily=False) == Sizes(each, each)


@given(st.floats(0.005, 0.9), st.floats(0.01, 0.09), st.floats(0.05, 0.95), st.booleans())
def test_size_and_effect_fit(base: float, rise: float, control: float, daily: bool) -> None:
    """With as many customers as needed for a rise, just that rise is the smallest to be seen."""
    sizes = needed_share(base, rise, control=control, daily=daily)
    assert detectable_share(base, sizes, daily=daily) == pytest.approx(rise, rel=0.02)


@given(st.floats(0, 0.8), st.integers(1_000, 20_000), st.integers(1_000, 20_000))
def test_one_look_sees_more(base: float, treated: int, control: int) -> None:
    """Who promises to look only once sees smaller differences."""
    sizes = Sizes(treated, control)
    once, daily = (detectable_share(base, sizes, daily=each) for each in (False, True))
    assert once is not None
    assert daily is not None
    assert once < daily


def test_nothing_can_be_seen() -> None:
    """A handful of customers cannot show anything, and an empty group neither."""
    assert detectable_share(0.9, Sizes(5, 5)) is None
    assert detectable_share(0.1, Sizes(500, 0)) is None


@pytest.mark.parametrize("daily", [True, False])
def test_the_power_is_what_was_asked_for(daily: bool) -> None:
    """Made-up experiments with the rise and the needed customers: about 80 % of them show it."""
    sizes = needed_share(0.1, 0.05, control=0.3, daily=daily)
    chance = Random(11)
    treated, control = binomial(sizes.treated, 0.15, chance), binomial(sizes.control, 0.1, chance)
    seen = 0
    for _ in range(2_000):
        one, two = Counted(treated(), sizes.treated), Counted(control(), sizes.control)
        interval = daily_share(one, two, sizes) if daily else newcombe(one, two)
        seen += interval.low > 0
    assert 0.76 < seen / 2_000 < 0.84


@pytest.mark.parametrize(
    ("base", "rise", "control", "power"),
    [(1, 0.1, 0.5, 0.8), (0.5, 0, 0.5, 0.8), (0.5, 0.6, 0.5, 0.8), (0.5, 0.1, 0, 0.8), (0.5, 0.1, 0.5, 1)],
)
def test_impossible_questions_are_refused(base: float, rise: float, control: float, power: float) -> None:
    """A share above 1, no rise, no control group, certainty: all beyond any number of customers."""
    with pytest.raises(Invalid):
        needed_share(base, rise, control=control, power=power)
