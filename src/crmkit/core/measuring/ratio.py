"""Whether the groups have the sizes they were planned to have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.measuring.distributions import binomial_two_sided, chi_square_upper
from crmkit.core.phrase import phrase

THRESHOLD: Final = 0.001
_EXACT_UP_TO: Final = 1_000  # customers; beyond, chi-square is as good and quicker
_LEAST_EXPECTED: Final = 5  # customers in a group, below which chi-square is no good approximation


@frozen(kw_only=True)
class SampleRatio:
    """How the groups' sizes compare with the plan.

    `expected` are the sizes that the planned shares mean, in customers. `p` is how probable sizes as far off
    as these are when chance alone decides; `broken` where that is below 0.001. Then something sorted the
    customers before they were counted, and a comparison of the groups says nothing.
    """

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    p: float

    @property
    def broken(self) -> bool:
        """Whether the sizes are too far off for chance."""
        return self.p < THRESHOLD


def sample_ratio(counts: Sequence[int], shares: Sequence[float]) -> SampleRatio:
    """Compare the sizes of two or more groups, in customers, with their planned shares (0 to 1, sum 1).

    Pearson's chi-square test with its exact tail. Where there are few customers, the exact binomial test for
    each group against the rest, for more than two groups times their number (Bonferroni). The threshold of
    0.001 is the one of A. Fabijan and others, "Diagnosing sample ratio mismatch in online controlled
    experiments", KDD 2019. It is meant for one look; looked at on each of 100 days, sizes that are right
    are called wrong on some day in about two comparisons of a hundred.

    Raises `Invalid` for fewer than two groups, negative counts, or shares that are not above 0 and do not
    add up to 1.
    """
    if len(counts) < 2 or len(counts) != len(shares):
        raise Invalid(
            phrase(
                "{groups} groups and {shares} shares cannot be compared",
                groups=len(counts),
                shares=len(shares),
            )
        )
    if min(counts) < 0 or not min(shares) > 0 or abs(sum(shares) - 1) > 1e-9:
        raise Invalid(
            phrase(
                "Groups of {groups} with the shares {shares} are not possible",
                groups=list(counts),
                shares=list(shares),
            )
        )
    n = sum(counts)
    expected = tuple(n * share for share in shares)
    few = n <= _EXACT_UP_TO or min(expected) < _LEAST_EXPECTED
    p = _exact(counts, shares) if few else _chi_square(counts, expected)
    return SampleRatio(counts=tuple(counts), expected=expected, p=p)


def _chi_square(counts: Sequence[int], expected: Sequence[float]) -> float:
    distance = sum((seen - wanted) ** 2 / wanted for seen, wanted in zip(counts, expected, strict=True))
    return chi_square_upper(distance, len(counts) - 1)


def _exact(counts: Sequence[int], shares: Sequence[float]) -> float:
    n = sum(counts)
    if len(counts) == 2:
        return binomial_two_sided(counts[0], n, shares[0])
    tests = [binomial_two_sided(count, n, share) for count, share in zip(counts, shares, strict=True)]
    return min(1.0, len(tests) * min(tests))
