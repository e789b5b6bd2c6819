"""`crm.goals`: what the business wants of its customers, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.errors import CrmError, Invalid
from crmkit.core.instants import local_date
from crmkit.core.metrics.naming import asked
from crmkit.core.metrics.period import Period, parse_period
from crmkit.core.metrics.service import Metrics, followed_for
from crmkit.core.metrics.value import number_of
from crmkit.core.model.words import Goal, Metric
from crmkit.core.phrase import joined, phrase
from crmkit.core.strategy.course import GoalPoint, GoalStanding, standing_of, target_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.predicates.duration import Duration

USUAL_PERIODS: Final = 6
MOST_PERIODS: Final = 60


class Goals:
    """Goals, for one actor, who sees the numbers of the customers that they see."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor
        self._metrics = Metrics(kernel, actor)

    def list(self) -> Sequence[Goal]:
        """Every goal, by name."""
        return tuple(self._kernel.words.goals)

    def check(self, name: str) -> None:
        """Raise what is wrong with a goal: an unknown metric or segment, a target of another unit."""
        self._checked(self._kernel.words.goals[name])

    def standing(self, name: str, periods: int = USUAL_PERIODS) -> GoalStanding:
        """How the goal fares: its course over so many periods that are over, and the one that lasts.

        Raises `NotFound` with the nearest name, `Invalid` for a goal whose metric, segment or target cannot
        be, and for a number of periods outside 1 to 60.
        """
        if not 1 <= periods <= MOST_PERIODS:
            raise Invalid(
                phrase(
                    "A course has 1 to {most_periods} periods, not {periods}",
                    most_periods=MOST_PERIODS,
                    periods=periods,
                )
            )
        goal = self._kernel.words.goals[name]
        metric = self._checked(goal)
        today = local_date(self._kernel.clock.now(), self._kernel.tz)
        course = list(self._course(goal, metric, list(periods_of(goal, today, periods))))
        standing = standing_of(goal, metric.unit, self._kernel.currency, course, today)
        return evolve(standing, currency=self._kernel.currency) if metric.of_money else standing

    def note(self) -> int:
        """Keep the values of periods that are over, and of metrics that know only today; how many were new.

        The worker's daily pass; doing it twice is doing it once. Raises `Invalid` at the end, naming the
        goals that could not be worked out.
        """
        today = local_date(self._kernel.clock.now(), self._kernel.tz)
        noted, broken = 0, []
        for goal in self.list():
            try:
                noted += self._note(goal, today)
            except CrmError as error:
                broken.append(phrase("{name}: {problem}", name=goal.name, problem=error.message))
        if broken:
            raise Invalid(
                phrase("Some goals cannot be worked out: {broken}", broken=joined("; ", broken)),
                hint="Run: crm check",
            )
        return noted

    def _note(self, goal: Goal, today: date) -> int:
        metric = self._checked(goal)
        known = self._known(goal)
        noted = 0
        for period in periods_of(goal, today, USUAL_PERIODS):
            is_over = period.end <= today
            if metric.past and is_over and period.start not in known:
                noted += self._keep(goal, self._point(goal, period, so_far=False))
            elif not metric.past and not is_over:
                noted += self._keep(goal, self._point(goal, period, so_far=True))
        return noted

    def _checked(self, goal: Goal) -> Metric:
        metric = asked(goal.metric, self._kernel.words)[0]
        if goal.segment:
            self._kernel.words.segments[goal.segment]
        target_of(goal, metric.unit, self._kernel.currency)
        return metric

    def _course(self, goal: Goal, metric: Metric, periods: Sequence[Period]) -> Iterator[GoalPoint]:
        # What was kept is of all customers: whoever sees only some has their own numbers worked out.
        known = self._known(goal) if self._kernel.visible(self._actor) is None else {}
        for period in periods[:-1]:
            if period.start in known:
                yield _kept(metric, period, known[period.start])
            elif metric.past:
                yield self._point(goal, period, so_far=False)
            else:
                yield GoalPoint(period=period, value=None, numerator=0, denominator=None)
        yield self._point(goal, periods[-1], so_far=True)

    def _point(self, goal: Goal, period: Period, *, so_far: bool) -> GoalPoint:
        today = local_date(self._kernel.clock.now(), self._kernel.tz)
        span = self._span(goal, period, today + timedelta(days=1) if so_far else period.end)
        found = self._metrics.value(
            goal.metric, span, segment=goal.segment or None, as_of=None if so_far else period.last
        )
        return GoalPoint(
            period=period, value=found.value, numerator=found.numerator, denominator=found.denominator,
            so_far=so_far,
        )  # fmt: skip

    def _span(self, goal: Goal, period: Period, end: date) -> Period:
        """Over what a period's value is measured: the period, or the metric's window that ends at `end`.

        A month knows only a third of what `retention(90 days)` asks of those who were there at its start.
        """
        window = self._window(goal)
        return period if window is None else Period(window.days_before(end), end)

    def _window(self, goal: Goal) -> Duration | None:
        return followed_for(*asked(goal.metric, self._kernel.words))

    def _asked(self, goal: Goal) -> str:
        """What was looked at: values that were measured otherwise are not of this course."""
        windowed = "windowed " if self._window(goal) else ""
        return f"{goal.metric.strip()} of {goal.segment or 'everybody'} by {windowed}{goal.every}"

    def _known(self, goal: Goal) -> Mapping[date | None, Any]:
        table = self._kernel.tables.goal_course
        chosen = sa.select(table).where(table.c.goal == goal.name, table.c.asked == self._asked(goal))
        with self._kernel.reading() as connection:
            return {date.fromisoformat(row.starts_on): row for row in connection.execute(chosen)}

    def _keep(self, goal: Goal, point: GoalPoint) -> int:
        """Write a value down, in the place of an earlier one of the same period."""
        assert point.period.start is not None
        table = self._kernel.tables.goal_course
        key = {"goal": goal.name, "asked": self._asked(goal), "starts_on": point.period.start.isoformat()}
        here = sa.and_(*(table.c[name] == value for name, value in key.items()))
        values = {"numerator": point.numerator, "denominator": point.denominator}
        with self._kernel.unit(self._kernel.house) as tx:
            moved = tx.execute(table.update().where(here).values(**values, at=tx.at))
            if not moved.rowcount:
                ends_on = point.period.end.isoformat()
                tx.execute(table.insert().values(**key, **values, ends_on=ends_on, at=tx.at))
        return 1


def periods_of(goal: Goal, today: date, count: int) -> Iterator[Period]:
    """The last `count` of the goal's periods before the day, oldest first, then the one the day is in."""
    period = parse_period(f"this {goal.every}", today)
    past: list[Period] = []
    for _ in range(count):
        past.append((past[-1] if past else period).previous())
    yield from reversed(past)
    yield period


def _kept(metric: Metric, period: Period, row: Any) -> GoalPoint:
    value = number_of(metric.unit, row.numerator, row.denominator)
    return GoalPoint(period=period, value=value, numerator=row.numerator, denominator=row.denominator)
