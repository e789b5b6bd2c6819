"""How a goal fares: the values of its metric in period after period, and what that means for the target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from attrs import evolve, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.language import N_
from crmkit.core.metrics.period import Period
from crmkit.core.metrics.value import Number
from crmkit.core.model.money import minor_digits
from crmkit.core.model.words import Goal
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.strategy.forecast import GoalForecast, forecast

REACHED: Final = N_("reached")
ON_COURSE: Final = N_("on course")
BEHIND: Final = N_("behind")
MISSED: Final = N_("missed")
UNKNOWN: Final = N_("not known yet")


@frozen(kw_only=True)
class GoalPoint:
    """The metric in one period; `so_far` while the period lasts. `value` is as of `MetricValue`."""

    period: Period
    value: Number
    numerator: int
    denominator: int | None
    so_far: bool = False


@frozen(kw_only=True)
class GoalStanding:
    """A goal's course, and where it stands.

    `target` is in the metric's unit (minor units of money), as are the values of `course`, whose last point
    is the period that still lasts. `state` is `reached`, `on course`, `behind`, `missed` or `not known yet`.
    `needed` is how much each period from now on has to bring until the goal's day, `pace` how much the
    periods shown have brought on average; None where there is nothing to say. `forecast` says where it will
    be on its day, or in a few words why nobody can tell; None where it has no day to come. `currency` is that
    of money, and of a share of money.
    """

    goal: Goal
    unit: str
    target: int | Fraction
    state: str
    course: tuple[GoalPoint, ...] = field(factory=tuple)
    needed: Fraction | None = None
    pace: Fraction | None = None
    currency: str | None = None
    forecast: GoalForecast | str | None = None

    @property
    def latest(self) -> GoalPoint | None:
        """The newest period that is over and has a value, else the one that lasts, if that has one."""
        known = [point for point in self.course if point.value is not None]
        over = [point for point in known if not point.so_far]
        return next(reversed(over or known), None)


def target_of(goal: Goal, unit: str, currency: str) -> int | Fraction:
    """The target in the metric's unit. Raises `Invalid` where it is of another."""
    text = goal.target.strip()
    is_share = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        raise Invalid(
            phrase(
                'The target {text} of the goal "{goal}" is not a number', text=quoted(text), goal=goal.name
            )
        ) from None
    if is_share != (unit == "share"):
        wanted = (
            phrase("a share: write such as 65%")
            if unit == "share"
            else phrase("in {unit}: write a plain number", unit=unit)
        )
        raise Invalid(
            phrase(
                'The target {text} of the goal "{goal}" does not fit its metric',
                text=quoted(text),
                goal=goal.name,
            ),
            hint=phrase("{metric} is {wanted}.", metric=goal.metric, wanted=wanted),
        )
    if is_share:
        return Fraction(number) / 100
    if unit == "money":
        return int(number.scaleb(minor_digits(currency)).to_integral_value())
    return Fraction(number)


def standing_of(
    goal: Goal, unit: str, currency: str, course: Sequence[GoalPoint], today: date
) -> GoalStanding:
    """Where a goal stands, told from its course."""
    target = target_of(goal, unit, currency)
    standing = GoalStanding(
        goal=goal, unit=unit, target=target, state=UNKNOWN, course=tuple(course),
        currency=currency if unit == "money" else None,
    )  # fmt: skip
    latest = standing.latest
    if latest is None or latest.value is None:
        return standing
    if goal.by is not None and goal.by >= today:
        ahead = max(1, _periods_until(goal.by, latest.period))
        standing = evolve(standing, forecast=forecast(_over(course), ahead, unit))
    sign = -1 if goal.direction == "down" else 1
    gap = (target - Fraction(latest.value)) * sign
    pace = _pace(course)
    if gap <= 0:
        return _told(standing, REACHED, None, pace)
    if goal.by is not None and goal.by < today:
        return _told(standing, MISSED, None, pace)
    needed = None if goal.by is None else sign * gap / max(1, _periods_until(goal.by, latest.period))
    if pace is None:
        return _told(standing, UNKNOWN, needed, None)
    good = pace * sign >= (abs(needed) if needed is not None else Fraction(0)) and pace * sign > 0
    return _told(standing, ON_COURSE if good else BEHIND, needed, pace)


def _told(standing: GoalStanding, state: str, needed: Fraction | None, pace: Fraction | None) -> GoalStanding:
    return evolve(standing, state=state, needed=needed, pace=pace)


def _over(course: Sequence[GoalPoint]) -> list[float | None]:
    """The values of the periods that are over."""
    return [None if each.value is None else float(each.value) for each in course if not each.so_far]


def _pace(course: Sequence[GoalPoint]) -> Fraction | None:
    """What a period has brought on average, over those that are over."""
    values = [Fraction(point.value) for point in course if point.value is not None and not point.so_far]
    return (values[-1] - values[0]) / (len(values) - 1) if len(values) > 1 else None


def _periods_until(day: date, latest: Period) -> int:
    """How many periods as long as this one end after it, until the one that `day` is in."""
    if latest.unit == "month" and latest.amount:
        months = (day.year - latest.last.year) * 12 + day.month - latest.last.month
        return -(-months // latest.amount)
    length = max(1, latest.days or 1)
    return -(-(day - latest.last).days // length)
