"""Comparisons and what they mean, from the groups to the sentence."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring import Arm, Comparison, Counted, Interval, Measured, Verdict, compare, judge
from crmkit.core.measuring.comparison import Wanted
from tests.core.measuring.simulating import at_most, binomial

MORE_THAN_ANY = "of those who got it, more reached the outcome than of those in any other group."


def _two(
    treated: Counted | Measured,
    control: Counted | Measured,
    *,
    planned: int = 2_000,
    wanted: Wanted = "more",
    cost: int = 0,
) -> Comparison:
    """Two equal groups, of which everybody assigned has been counted."""
    return compare(
        [
            Arm(name="treated", share=0.5, assigned=treated.n, sample=treated, cost=cost),
            Arm(name="control", share=0.5, assigned=control.n, sample=control),
        ],
        planned=planned,
        wanted=wanted,
    )


def _many(*successes: int, n: int = 3_000, control: bool = False, planned: int = 3_000) -> Comparison:
    """Equal groups named a, b, c …, the last one called control if there is one."""
    names = [chr(ord("a") + at) for at in range(len(successes))]
    if control:
        names[-1] = "control"
    arms = [
        Arm(name=name, share=1 / len(names), assigned=n, sample=Counted(each, n))
        for name, each in zip(names, successes, strict=True)
    ]
    return compare(arms, planned=planned)


@pytest.mark.parametrize(
    ("treated", "control", "state"),
    [
        ((30, 300), (25, 300), "collecting"),
        ((110, 1000), (100, 1000), "inconclusive"),
        ((180, 1000), (100, 1000), "better"),
        ((100, 1000), (180, 1000), "worse"),
        ((90, 300), (20, 300), "better"),
        ((0, 0), (0, 0), "collecting"),
        ((110, 1000), (100, 1300), "broken"),
    ],
)
def test_the_five_states(treated: tuple[int, int], control: tuple[int, int], state: str) -> None:
    """Each state arises from the numbers one expects it from; a large difference ends the waiting early."""
    assert judge(_two(Counted(*treated), Counted(*control))).state == state


def test_the_sentences() -> None:
    """Each sentence can be read to somebody who knows no statistics, and holds no number."""
    many, few = Counted(180, 1000), Counted(100, 1000)
    rich, poor = Measured(1000, 900, 300), Measured(1000, 800, 300)
    for comparison, sentence in [
        (
            _two(many, few),
            "It works: of those it was done for, more reached the outcome than of those left alone.",
        ),
        (
            _two(few, many),
            "It does harm: of those left alone, more reached the outcome than of those it was done for.",
        ),
        (
            _two(few, many, wanted="less"),
            "It works: of those it was done for, fewer reached the outcome than of those left alone.",
        ),
        (
            _two(rich, poor),
            "It works: those it was done for brought in more on average than those left alone.",
        ),
        (
            _two(poor, rich),
            "It does harm: those left alone brought in more on average than those it was done for.",
        ),
        (
            _two(few, few, planned=5_000),
            "It is too early to tell: more customers have to go through it first.",
        ),
        (
            _two(few, few),
            "No difference can be told: if there is one, it is smaller than this many customers can show.",
        ),
    ]:
        assert judge(comparison).sentence == sentence


def test_the_sentences_on_variants() -> None:
    """Of several variants the winner is named, or those that are better than nothing."""
    for comparison, sentence in [
        (
            _many(300, 500, 320),
            f'Variant "b" wins: {MORE_THAN_ANY}',
        ),
        (
            _many(300, 500, 320, control=True),
            f'Variant "b" wins: {MORE_THAN_ANY}',
        ),
        (
            _many(300, 320, 500, control=True),
            "It does harm: of those left alone, more reached the outcome than of those in any other group.",
        ),
        (
            _many(500, 510, 300, control=True),
            'Variants "a", "b" are better than nothing, but which variant is best cannot be told.',
        ),
        (
            _many(390, 450, 300, control=True, planned=10_000),
            'Variants "a", "b" are better than nothing, but it is too early to tell which variant is best.',
        ),
        (
            _many(330, 400, 300, control=True),
            'Variant "b" is better than nothing, but which variant is best cannot be told.',
        ),
    ]:
        assert judge(comparison).sentence == sentence


def test_wrong_sizes_come_before_everything() -> None:
    """However large the difference: when the groups' sizes are wrong, nothing is made of it."""
    comparison = compare(
        [
            Arm(name="treated", share=0.9, assigned=9_000, sample=Counted(2_000, 9_000)),
            Arm(name="control", share=0.1, assigned=1_300, sample=Counted(50, 1_300)),
        ],
        planned=5_000,
    )
    verdict = judge(comparison)
    assert (verdict.state, verdict.winner) == ("broken", None)
    assert comparison.ratio.p < 0.001
    assert "Do not trust" in verdict.sentence


def test_sizes_are_those_assigned() -> None:
    """Who still waits for the outcome counts for the sizes, not for the outcome."""
    comparison = compare(
        [
            Arm(name="treated", share=0.5, assigned=1_000, sample=Counted(10, 100)),
            Arm(name="control", share=0.5, assigned=1_010, sample=Counted(10, 200)),
        ],
        planned=2_000,
    )
    assert not comparison.ratio.broken
    assert comparison.n == 300


@given(st.integers(0, 500), st.integers(0, 500))
def test_swapped_groups_swap_the_verdict(one: int, two: int) -> None:
    """What is better one way round is worse the other way round; and so it is when less is wanted."""
    opposite = {"better": "worse", "worse": "better"}
    there = judge(_two(Counted(one, 500), Counted(two, 500), planned=1_000)).state
    back = judge(_two(Counted(two, 500), Counted(one, 500), planned=1_000)).state
    less = judge(_two(Counted(one, 500), Counted(two, 500), planned=1_000, wanted="less")).state
    assert back == less == opposite.get(there, there)


@given(st.lists(st.integers(0, 400), min_size=3, max_size=5), st.booleans())
def test_a_winner_is_separated_from_all(successes: list[int], control: bool) -> None:
    """A group wins only if its interval against every other group leaves out no difference, corrected."""
    comparison = _many(*successes, n=400, control=control, planned=1_000)
    winner = judge(comparison).winner
    assert len(comparison.differences) == math.comb(len(successes), 2)
    if winner is not None:
        for each in comparison.differences:
            if winner in (each.arm, each.against):
                assert (each.daily if each.arm == winner else -each.daily).low > 0


def test_more_groups_are_harder_to_tell_apart() -> None:
    """The same two groups beside others need a larger difference, because chance has more chances."""
    two, four = _many(300, 390), _many(300, 390, 300, 300)
    widths = [
        next(each.daily.width for each in comparison.differences if {each.arm, each.against} == {"a", "b"})
        for comparison in (two, four)
    ]
    assert widths[1] > widths[0] * 1.1
    assert two.differences[0].once == next(each.once for each in four.differences if each.arm == "b")


def test_without_any_difference_variants_seldom_win() -> None:
    """Four equal variants, looked at twenty times: a winner, or one ahead, in fewer than 5 % of cases."""
    chance, wrong, rounds = Random(41), 0, 300
    draw = binomial(50, 0.2, chance)
    for _ in range(rounds):
        totals = [0, 0, 0, 0]
        for look in range(1, 21):
            totals = [total + draw() for total in totals]
            if max(totals) - min(totals) > 20 * math.sqrt(look / 5):
                comparison = _many(*totals, n=50 * look, planned=4_000)
                if any(0 not in each.daily for each in comparison.differences):
                    wrong += 1
                    break
    assert wrong / rounds <= at_most(0.05, 3, rounds)


def test_costs_of_an_extra_outcome() -> None:
    """1,000 letters at 50 cents for 80 more purchases: 6.25 each, with its range."""
    comparison = _two(Counted(180, 1000), Counted(100, 1000), cost=50_000)
    (difference,) = comparison.differences
    assert difference.extra_cost == pytest.approx(625)
    assert difference.extra_cost_daily is not None
    assert difference.extra_cost_daily.low < 625 < difference.extra_cost_daily.high < math.inf
    assert difference.relative == pytest.approx(0.8)


def test_costs_without_a_sure_gain() -> None:
    """Where there may be no gain, one more may cost anything; where there is none, nothing is said."""
    (unsure,) = _two(Counted(105, 1000), Counted(100, 1000), cost=50_000).differences
    (loss,) = _two(Counted(95, 1000), Counted(100, 1000), cost=50_000).differences
    (free,) = _two(Counted(180, 1000), Counted(100, 1000)).differences
    assert unsure.extra_cost_daily is not None
    assert unsure.extra_cost_daily.bounds[1] is None
    assert (
        (loss.extra_cost, loss.extra_cost_daily) == (free.extra_cost, free.extra_cost_daily) == (None, None)
    )


def test_amounts_bring_both_intervals() -> None:
    """Given the amounts themselves, the difference of means has an interval by resampling too."""
    values = {
        name: [float(at % 7 * mean) for at in range(300)] for name, mean in (("treated", 30), ("control", 20))
    }
    comparison = compare(
        [
            Arm(name=name, share=0.5, assigned=300, sample=Measured.of_values(each), values=each)
            for name, each in values.items()
        ],
        planned=600,
    )
    (difference,) = comparison.differences
    assert comparison.is_amount
    assert difference.resampled is not None
    assert difference.resampled.low == pytest.approx(difference.once.low, rel=0.2)
    assert difference.absolute is not None
    assert difference.absolute in difference.resampled
    assert judge(comparison) == Verdict(
        state="better",
        winner="treated",
        sentence="It works: those it was done for brought in more on average than those left alone.",
    )


def test_before_anybody_is_counted() -> None:
    """A comparison that has just begun has no differences yet, and says so without complaint."""
    for nobody, possible in ((Counted(0, 0), Interval(-1, 1)), (Measured(0, 0, 0), Interval.unknown())):
        (difference,) = _two(nobody, nobody).differences
        assert (difference.absolute, difference.relative) == (None, None)
        assert difference.daily == difference.once == possible


@pytest.mark.parametrize(
    ("arms", "planned", "message"),
    [
        ([("a", 1.0, Counted(1, 2))], 10, "at least two"),
        ([("a", 0.5, Counted(1, 2)), ("a", 0.5, Counted(1, 2))], 10, "same name"),
        ([("a", 0.5, Counted(1, 2)), ("b", 0.5, Measured(2, 1, 1))], 10, "amounts in another"),
        ([("a", 0.5, Counted(1, 2)), ("b", 0.5, Counted(1, 2))], 0, "decided at 0"),
        ([("a", 0.5, Counted(1, 2)), ("b", 0.4, Counted(1, 2))], 10, "not possible"),
    ],
)
def test_what_cannot_be_compared(
    arms: list[tuple[str, float, Counted | Measured]], planned: int, message: str
) -> None:
    """Groups that do not belong together are refused with the reason."""
    with pytest.raises(Invalid, match=message):
        compare(
            [Arm(name=name, share=share, assigned=2, sample=sample) for name, share, sample in arms],
            planned=planned,
        )
