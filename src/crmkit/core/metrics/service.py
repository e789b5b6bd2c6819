"""`crm.metrics`: work a metric out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.deprecation import warn_of_word
from crmkit.core.errors import Invalid
from crmkit.core.instants import day_bounds, format_instant, local_date
from crmkit.core.metrics.grouping import grouping, in_order
from crmkit.core.metrics.naming import asked
from crmkit.core.metrics.period import Period, parse_period
from crmkit.core.metrics.question import MetricQuestion
from crmkit.core.metrics.value import GroupValue, MetricValue, number_of
from crmkit.core.model.words import Metric
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import blaming
from crmkit.core.predicates.sql.worth import worth
from crmkit.core.rates.rate import missing_rate
from crmkit.core.rates.service import Rates

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.predicates.duration import Duration

# A statement of one's own asks the same as a metric that looks at customers as of its instant.
_OWN: Final = Metric(name="", doc="", unit="number", compute=lambda question: question)


class Metrics:
    """Numbers over many customers and a period, of whom the acting person sees."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def list(self) -> Sequence[Metric]:
        """Every metric, by name."""
        return tuple(self._kernel.words.metrics)

    def get(self, name: str) -> Metric:
        """The metric called `name`, arguments or not. Raises `NotFound` with the nearest name."""
        return asked(name, self._kernel.words)[0]

    def value(
        self,
        name: str,
        period: str | Period | None = None,
        *,
        segment: str | None = None,
        where: str | None = None,
        by: str | None = None,
        as_of: int | date | None = None,
    ) -> MetricValue:
        """The value of a metric, such as `retention(90 days)`, in a period (the metric's own, when None).

        Only customers of `segment`, or who meet the predicate `where`, count. `by` groups; `as_of` is an
        instant, or a day at whose end to stand: what became known later then counts for nothing. Raises
        `NotFound` with the nearest name, `Invalid`, `MissingRate`, `PredicateError`.
        """
        kernel = self._kernel
        kernel.require(self._actor, "customers.read")
        metric, arguments = asked(name, kernel.words)
        warn_of_word("metrics", metric)
        now, known_by = self._moments(as_of)
        day = local_date(known_by, kernel.tz)
        wanted = period or _usual_period(metric, arguments)
        span = wanted if isinstance(wanted, Period) else parse_period(wanted, day)
        plan = Plan(kernel, metric, arguments, span, now, known_by)
        condition = self._condition(segment, where)
        with kernel.reading() as connection:
            whole = self._answer(connection, plan, condition, None)
            groups = self._answer(connection, plan, condition, by) if by else []
        numerator, denominator = _figures(whole[0]) if whole else (0, None)
        return MetricValue(
            name=name.strip(),
            unit=metric.unit,
            period=span,
            as_of=known_by,
            value=number_of(metric.unit, numerator, denominator),
            numerator=numerator,
            denominator=denominator,
            by=by,
            groups=tuple(groups),
            currency=kernel.currency if metric.unit == "money" or metric.of_money else None,
        )

    def question(
        self,
        period: str | Period = "all time",
        *,
        segment: str | None = None,
        where: str | None = None,
        as_of: int | date | None = None,
    ) -> MetricQuestion:
        """What metrics answer from, for statements of one's own: rows, customers and their values, of whom
        the acting person sees. Arguments and errors as in `value`.
        """
        kernel = self._kernel
        kernel.require(self._actor, "customers.read")
        now, known_by = self._moments(as_of)
        span = period if isinstance(period, Period) else parse_period(period, local_date(known_by, kernel.tz))
        plan = Plan(kernel, _OWN, {}, span, now, known_by)
        with kernel.reading() as connection:
            return plan.question(connection, self._actor, self._condition(segment, where), None)

    def figures(
        self,
        compute: Callable[[MetricQuestion], Any],
        period: str | Period = "all time",
        *,
        by: str | None = None,
        groups: Sequence[str] = ("customer", "time"),
        segment: str | None = None,
        where: str | None = None,
        as_of: int | date | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """What `compute` counts: all columns of its SELECT, in one row, or one for each group of `by`, which
        is then called `group` (None for what belongs to none).

        `compute` takes a `MetricQuestion`, as that of a metric does, and `groups` say by what it can be
        grouped, as a metric's do. The other arguments and the errors are those of `value`.
        """
        kernel = self._kernel
        kernel.require(self._actor, "customers.read")
        now, known_by = self._moments(as_of)
        span = period if isinstance(period, Period) else parse_period(period, local_date(known_by, kernel.tz))
        metric = Metric(name="this", doc="", unit="number", compute=compute, groups=tuple(groups))
        plan = Plan(kernel, metric, {}, span, now, known_by)
        with kernel.reading() as connection:
            question, rows = self._rows(connection, plan, self._condition(segment, where), by)
            if question.group is None:
                return tuple(dict(row) for row in rows)
            called = question.group.shown(connection, question, (row["grp"] for row in rows))
        named = [({"group": called.get(row["grp"])} | dict(row)) for row in rows]
        return tuple(sorted(named, key=lambda row: (row["group"] is None, row["group"] or "")))

    def period(self, text: str, as_of: int | date | None = None) -> Period:
        """The period that `text` names, seen from `as_of`. Raises `Invalid`."""
        return parse_period(text, local_date(self._moments(as_of)[1], self._kernel.tz))

    def moment(self, as_of: int | date | None = None) -> int:
        """The instant by whose record to answer: now, when None; of a day its end, or now if that is not
        over. Raises `Invalid` for what has not come yet."""
        return self._moments(as_of)[1]

    def _moments(self, as_of: int | date | None) -> tuple[int, int]:
        """(now, the instant by whose record to answer)."""
        now = self._kernel.clock.now()
        if isinstance(as_of, date):
            as_of = min(now, day_bounds(as_of, self._kernel.tz)[1] - 1)
        if as_of is not None and as_of > now:
            raise Invalid(
                phrase("{moment} has not come yet", moment=format_instant(as_of, self._kernel.tz)),
                hint="Ask as of now or of the past.",
            )
        return now, now if as_of is None else as_of

    def _condition(self, segment: str | None, where: str | None) -> tuple[str, str] | None:
        """(predicate, what it belongs to)."""
        if segment is not None and where is not None:
            raise Invalid(
                "A segment and a condition together",
                hint=phrase('Write: --where "in({segment}) and …"', segment=segment),
            )
        if segment is not None:
            self._kernel.words.segments[segment]
            return f"in({segment})", ""
        return (where, "--where") if where is not None else None

    def _answer(
        self, connection: sa.Connection, plan: Plan, condition: tuple[str, str] | None, by: str | None
    ) -> Sequence[Any]:
        question, rows = self._rows(connection, plan, condition, by)
        if question.group is None:
            return rows
        called = question.group.shown(connection, question, (row["grp"] for row in rows))
        groups = [_group(row, called, plan.metric.unit) for row in rows]
        return in_order(groups, question.group)

    def _rows(
        self, connection: sa.Connection, plan: Plan, condition: tuple[str, str] | None, by: str | None
    ) -> tuple[MetricQuestion, Sequence[Any]]:
        question = plan.question(connection, self._actor, condition, by)

        def make(dialect: str) -> tuple[Any, dict[str, Any]]:
            asked = question
            if dialect != question.dialect:
                asked = plan.question(connection, self._actor, condition, by, dialect)
            with blaming("metric", plan.metric):
                statement = plan.metric.compute(asked)
                return _answering(statement) if plan.metric.owner else statement, {}

        answer = self._kernel.bulk.answer(connection, self._actor, make)
        rows: Sequence[Any] = [row._mapping for row in answer.rows]  # noqa: SLF001 - so SQLAlchemy names it, for all
        if any(row.get("unrated") for row in rows):
            self._refuse_unrated(connection, question)
        return question, rows

    def _refuse_unrated(self, connection: sa.Connection, question: MetricQuestion) -> None:
        """Name the earliest amount that has no rate."""
        found = [
            row
            for rows in question.converted
            for row in connection.execute(
                sa.select(rows.c.occurred_at, rows.c.currency)
                .where(rows.c.unrated == 1)
                .order_by(rows.c.occurred_at)
                .limit(1)
            )
        ]
        earliest = min(found)
        raise missing_rate(
            earliest.currency, question.currency, local_date(earliest.occurred_at, question.tz)
        )


class Plan:
    """One metric in one period: what all its statements share."""

    def __init__(
        self,
        kernel: Kernel,
        metric: Metric,
        arguments: Mapping[str, Any],
        period: Period,
        now: int,
        as_of: int,
    ) -> None:
        self.kernel = kernel
        self.metric = metric
        self.arguments = arguments
        self.period = period
        self.now = now
        self.as_of = as_of
        self.start, self.end = period.bounds(kernel.tz)
        if self.start > as_of:
            raise Invalid(
                phrase(
                    "The period {period} has not begun by {day}",
                    period=period,
                    day=local_date(as_of, kernel.tz),
                ),
                hint="Ask for a period that has, such as: this month",
            )
        last = min(self.end - 1, as_of)
        self.at = {"as_of": as_of, "start": self.start, "end": last}[metric.looks]
        if self.at < now and not metric.past:
            raise Invalid(
                phrase(
                    "{metric} is known as of now only: what it was in the past is not on record",
                    metric=metric.name,
                ),
                hint="Leave out the period and --as-of.",
            )

    def question(
        self,
        connection: sa.Connection,
        actor: Actor,
        condition: tuple[str, str] | None,
        by: str | None,
        dialect: str | None = None,
    ) -> MetricQuestion:
        """The question, whole or in groups, for the database or an engine of another kind."""
        kernel = self.kernel
        dialect = dialect or kernel.store.dialect
        members = self._members(condition, dialect)
        scope = self._scope(actor)
        return MetricQuestion(
            tables=kernel.tables,
            words=kernel.words,
            dialect=dialect,
            tz=kernel.tz,
            currency=kernel.currency,
            period=self.period,
            start=self.start,
            end=self.end,
            as_of=self.as_of,
            past=self.as_of < self.now,
            at=self.at,
            at_past=self.at < self.now,
            arguments=self.arguments,
            group=grouping(by, self.metric, kernel.words) if by else None,
            scope=(*scope, *members),
            chosen=members[0] if members else None,
            conversion=evolve(Rates(kernel, actor).conversion(connection, self.as_of), dialect=dialect),
            select_trait=partial(self._trait, dialect),
            select_members=partial(self._holding, dialect),
            worth=partial(worth, kernel.exchange),
        )

    def _trait(self, dialect: str, name: str, arguments: Mapping[str, Any], at: int) -> sa.Subquery:
        """A trait's values at the moment `at`."""
        from crmkit.core.predicates.sql.build import Build
        from crmkit.core.predicates.sql.moments import NOW
        from crmkit.core.predicates.sql.prepared import Prepared
        from crmkit.core.segments.embedding import filled
        from crmkit.core.traits.selecting import selected

        kernel = self.kernel
        build = Build(
            context=kernel.context,
            tables=kernel.tables,
            dialect=dialect,
            past=at < self.now,
            exchange=kernel.exchange,
            as_of=at,
        )
        found = selected(kernel.words.traits[name], build, NOW, arguments)
        named = sa.select(found.c[0].label("customer_id"), found.c[1].label("value"))
        return filled(Prepared(named, build.moments), at).subquery()

    def _scope(self, actor: Actor) -> Iterable[sa.Select[Any]]:
        visible = self.kernel.visible(actor)
        if visible is None:
            return ()
        return (sa.select(self.kernel.tables.customer.c.id).where(visible),)

    def _members(self, condition: tuple[str, str] | None, dialect: str) -> tuple[sa.Select[Any], ...]:
        if condition is None:
            return ()
        return (self._holding(dialect, condition[0], self.at, condition[1]),)

    def _holding(self, dialect: str, text: str, at: int, where: str = "") -> sa.Select[Any]:
        from crmkit.core.predicates.predicate import parse
        from crmkit.core.segments.embedding import members_select

        predicate = parse(text, self.kernel.context, where=where)
        past = at if at < self.now else None
        return members_select(self.kernel, predicate, now=self.now, past_as_of=past, dialect=dialect)


def followed_for(metric: Metric, arguments: Mapping[str, Any]) -> Duration | None:
    """How long those who are there at the start are followed; None where the period itself says."""
    window = arguments.get("window") if metric.looks == "start" else None
    return None if window is None or window.unit == "hour" else window


def _usual_period(metric: Metric, arguments: Mapping[str, Any]) -> str:
    """The period where none is asked for; one that follows members is as long as its window."""
    window = followed_for(metric, arguments)
    return metric.period if window is None else f"last {window}"


def _figures(row: Mapping[str, Any]) -> tuple[int, int | None]:
    denominator = row.get("denominator")
    return int(row["numerator"] or 0), None if denominator is None else int(denominator)


def _group(row: Mapping[str, Any], called: Mapping[Any, str], unit: str) -> GroupValue:
    numerator, denominator = _figures(row)
    return GroupValue(
        group=called.get(row["grp"]) if row["grp"] is not None else None,
        value=number_of(unit, numerator, denominator),
        numerator=numerator,
        denominator=denominator,
    )


def _answering(statement: Any) -> Any:
    """What a metric's `compute` gave, which is a SELECT of a `numerator`. Errors: TypeError."""
    columns = getattr(statement, "selected_columns", None)
    if columns is None or "numerator" not in columns:
        given = type(statement).__name__ if columns is None else f"a SELECT of {', '.join(columns.keys())}"
        raise TypeError(f"it gives {given}, and not a SELECT of numerator, as question.count(…) makes it")
    return statement
