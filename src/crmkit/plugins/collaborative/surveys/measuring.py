"""What scores come to: the number that each kind of survey is known by, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from crmkit.plugin import N_, Counted, Interval, Measured, _, mean_interval, wilson
from crmkit.plugins.collaborative.surveys.kinds import (
    CES,
    CONTENT_FROM,
    CSAT,
    DETRACTORS_UP_TO,
    NPS,
    PROMOTERS_FROM,
)

METHODS: Final[Mapping[str, str]] = {
    NPS: N_(
        "promoters (9, 10) minus detractors (0 to 6), by 100; Wilson intervals of both combined by MOVER"
    ),
    CSAT: N_("share of the scores 4 and 5, Wilson interval"),
    CES: N_("mean score, Student's interval"),
}


@frozen(kw_only=True)
class Estimate:
    """A number out of `n` answers, and the 95 % interval around it. NPS runs from -100 to 100, CSAT is a
    share from 0 to 1, CES a mean from 1 to 7."""

    value: float
    interval: Interval
    n: int


def estimate(kind: str, counts: Mapping[int, int]) -> Estimate | None:
    """The number of a kind of survey; `counts` says how often each score was given. None without answers."""
    n = sum(counts.values())
    if not n:
        return None
    if kind == NPS:
        return _nps(counts, n)
    if kind == CSAT:
        content = Counted(sum(many for score, many in counts.items() if score >= CONTENT_FROM), n)
        return Estimate(value=content.rate, interval=wilson(content), n=n)
    total = sum(score * many for score, many in counts.items())
    squares = sum(score * score * many for score, many in counts.items())
    return Estimate(value=total / n, interval=mean_interval(Measured.of_sums(n, total, squares)), n=n)


def _nps(counts: Mapping[int, int], n: int) -> Estimate:
    """The difference of two shares of the same answers.

    The method of variance estimates recovery with the correlation of the two (G. Y. Zou and A. Donner,
    "Construction of confidence limits about effect measures", Statistics in Medicine 27 (2008) 1693-1702),
    from their Wilson intervals: unlike the usual one by the standard error it keeps its promise for few
    answers, and has a width where all say the same.
    """
    promoters = Counted(sum(many for score, many in counts.items() if score >= PROMOTERS_FROM), n)
    detractors = Counted(sum(many for score, many in counts.items() if score <= DETRACTORS_UP_TO), n)
    one, two, first, second = promoters.rate, detractors.rate, wilson(promoters), wilson(detractors)
    spread = one * (1 - one) * two * (1 - two)
    correlation = -one * two / math.sqrt(spread) if spread else 0.0
    down = _together(one - first.low, second.high - two, correlation)
    up = _together(first.high - one, two - second.low, correlation)
    value = one - two
    interval = Interval(100 * max(-1.0, value - down), 100 * min(1.0, value + up))
    return Estimate(value=100 * value, interval=interval, n=n)


def _together(one: float, two: float, correlation: float) -> float:
    return math.sqrt(max(0.0, one * one + two * two - 2 * correlation * one * two))


def written(kind: str, found: Estimate | None) -> str:
    """As people read it: `42 (31 to 53)`, `81.0 % (75.2 to 85.7 %)`, `5.3 (4.9 to 5.7)`."""
    if found is None:
        return ""
    ends = found.interval.bounds
    if kind == CSAT:
        return share_between(found.value, ends[0] or 0.0, ends[1] or 0.0)
    digits = 0 if kind == NPS else 1
    said = (
        f"{found.value:.{digits}f}".replace("-0", "0")
        if round(found.value) == 0
        else f"{found.value:.{digits}f}"
    )
    if None in ends:
        return said
    low, high = (f"{end or 0.0:.{digits}f}" for end in ends)
    return _("{value} ({low} to {high})", value=said, low=low, high=high)


def share_between(share: float, low: float, high: float) -> str:
    """A share with the ends of its interval: `81.0 % (75.2 to 85.7 %)`."""
    ends = {"low": f"{100 * low:.1f}", "high": f"{100 * high:.1f}"}
    return _("{share} % ({low} to {high} %)", share=f"{100 * share:.1f}", **ends)
