"""Whether groups have the sizes they were planned to have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring.ratio import sample_ratio


def test_a_well_known_mismatch() -> None:
    """821,588 against 815,482 customers at half and half: the textbook's example of a broken experiment."""
    ratio = sample_ratio((821_588, 815_482), (0.5, 0.5))
    assert ratio.p == pytest.approx(1.8e-6, rel=0.03)  # Kohavi, Tang & Xu (2020), chapter 3
    assert ratio.broken


@pytest.mark.parametrize(
    ("counts", "shares", "broken"),
    [
        ((1000, 9000), (0.1, 0.9), False),
        ((1090, 8910), (0.1, 0.9), False),
        ((1110, 8890), (0.1, 0.9), True),
        ((0, 0), (0.1, 0.9), False),
        ((0, 30), (0.1, 0.9), False),
        ((0, 75), (0.1, 0.9), True),
        ((3300, 3400, 3300), (0.33, 0.34, 0.33), False),
        ((3000, 3500, 3500), (1 / 3, 1 / 3, 1 / 3), True),
        ((2, 0, 998), (0.001, 0.001, 0.998), False),
        ((12, 0, 988), (0.001, 0.001, 0.998), True),
    ],
)
def test_what_is_called_broken(counts: tuple[int, ...], shares: tuple[float, ...], broken: bool) -> None:
    """Small deviations are chance, large ones are not, with few customers and with small groups too."""
    assert sample_ratio(counts, shares).broken is broken


@given(st.lists(st.integers(0, 50_000), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_order_of_groups_does_not_matter(counts: list[int], chance: object) -> None:
    """The groups may be given in any order."""
    shares = [each / sum(range(1, len(counts) + 1)) for each in range(1, len(counts) + 1)]
    there, back = sample_ratio(counts, shares), sample_ratio(counts[::-1], shares[::-1])
    assert there.p == pytest.approx(back.p, rel=1e-6, abs=1e-12)
    assert 0 <= there.p <= 1 + 1e-12
    assert sum(there.expected) == pytest.approx(sum(counts))


@given(st.integers(1, 2_000), st.integers(0, 400))
def test_farther_off_is_less_probable(half: int, off: int) -> None:
    """The farther the sizes are from the plan, the smaller the probability."""
    off = min(off, half - 1)
    near, far = (sample_ratio((half - each, half + each), (0.5, 0.5)).p for each in (off, off + 1))
    assert far <= near + 1e-9


def test_exact_and_approximate_meet() -> None:
    """Where the exact test gives way to chi-square, both say nearly the same."""
    exact, close = (sample_ratio((n // 2 - 45, n - n // 2 + 45), (0.5, 0.5)).p for n in (1_000, 1_002))
    assert exact == pytest.approx(close, rel=0.15)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [((1,), (1.0,)), ((1, 2), (1.0,)), ((1, -2), (0.5, 0.5)), ((1, 2), (0.0, 1.0)), ((1, 2), (0.5, 0.6))],
)
def test_impossible_groups_are_refused(counts: tuple[int, ...], shares: tuple[float, ...]) -> None:
    """Groups without a share, or shares that do not add up, cannot be compared with anything."""
    with pytest.raises(Invalid):
        sample_ratio(counts, shares)
