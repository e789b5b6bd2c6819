"""Where a number will be if it goes on as it has: a straight line through its course.

The line is the one of least squares, the interval the usual one for a new observation about it, by Student's
t with two degrees of freedom less than there are periods. It takes what the line does not explain for chance
that is alike in all periods; a season, or a change of course, it does not know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from crmkit.core.language import _
from crmkit.core.measuring.distributions import student_quantile

CONFIDENCE: Final = 0.95
# With fewer the line is hardly more than the way from the first to the last.
FEWEST: Final = 4
# A line is drawn out at most so many times as far as it was seen.
_FURTHEST: Final = 2


@frozen(kw_only=True)
class GoalForecast:
    """Where a goal's metric will be `ahead` periods after the newest that is over, by the line through the
    `periods` that have a value: at `value`, and in 95 of 100 such cases between `low` and `high`.

    `trend` is what each period brings by that line. All are in the metric's unit (minor units of money).
    """

    value: float
    low: float
    high: float
    trend: float
    periods: int
    ahead: int


def forecast(values: Sequence[float | None], ahead: int, unit: str) -> GoalForecast | str:
    """The forecast of a course with a value for each period that is over (None: not known), the newest
    last; or in a few words why there is none. Shares stay between 0 and 1, counts above 0."""
    points = [(float(at), value) for at, value in enumerate(values) if value is not None]
    if len(points) < FEWEST:
        return _(
            "too few periods are over to tell where it will be: {have}, and it takes {least}",
            have=len(points),
            least=FEWEST,
        )
    if ahead > _FURTHEST * len(points):
        return _("its day is {ahead} periods off, too far to tell from {have}", ahead=ahead, have=len(points))
    count = len(points)
    middle, mean = sum(at for at, _ in points) / count, sum(value for _, value in points) / count
    spread = sum((at - middle) ** 2 for at, _ in points)
    trend = sum((at - middle) * (value - mean) for at, value in points) / spread
    left = sum((value - mean - trend * (at - middle)) ** 2 for at, value in points)
    then = len(values) - 1 + ahead - middle
    error = math.sqrt(left / (count - 2) * (1 + 1 / count + then**2 / spread))
    reach = student_quantile((1 - CONFIDENCE) / 2, count - 2) * error
    value = mean + trend * then
    ends = (_possible(each, unit) for each in (value, value - reach, value + reach))
    value, low, high = ends
    return GoalForecast(value=value, low=low, high=high, trend=trend, periods=count, ahead=ahead)


def _possible(value: float, unit: str) -> float:
    if unit == "share":
        return min(1.0, max(0.0, value))
    return value if unit == "money" else max(0.0, value)
