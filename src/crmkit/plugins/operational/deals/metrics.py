"""The numbers of sales, as statements over the table of deals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import local_date
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.operational.settings import Settings

_DAY = "days"


def win_rate(question: MetricQuestion) -> sa.Select[Any]:
    """Won, of those won and lost."""
    return question.count(
        _deals(question, closed=True),
        numerator=lambda c: sa.func.sum(sa.case((c.state == WON, 1), else_=0)),
        denominator=lambda _: sa.func.count(),
    )


def deals_lost(question: MetricQuestion) -> sa.Select[Any]:
    """How many were lost."""
    lost = _deals(question, closed=True, state=LOST)
    return question.count(lost, numerator=lambda _: sa.func.count())


def sales_cycle(question: MetricQuestion) -> sa.Select[Any]:
    """The median: the one in the middle, or the mean of the two."""
    rows = question.grouped(_deals(question, closed=True, state=WON))
    by = [rows.c.grp] if question.group is not None else []
    timed = sa.select(rows).where(rows.c.days.is_not(None)).subquery("timed")
    own = [timed.c.grp] if by else []
    ranked = sa.select(
        *own,
        timed.c.days,
        sa.func.row_number().over(partition_by=own or None, order_by=timed.c.days).label("place"),
        sa.func.count().over(partition_by=own or None).label("many"),
    ).subquery("ranked")
    middle = sa.and_(ranked.c.place * 2 >= ranked.c.many, ranked.c.place * 2 <= ranked.c.many + 2)
    keys = [ranked.c.grp] if by else []
    return (
        sa.select(*keys, sa.func.sum(ranked.c.days).label("numerator"), sa.func.count().label("denominator"))
        .where(middle)
        .group_by(*keys)
    )


def pipeline(question: MetricQuestion) -> sa.Select[Any]:
    """What is open now."""
    return question.count(
        _deals(question, closed=False), numerator=lambda c: sa.func.sum(sa.func.coalesce(c.value, 0))
    )


def sales_velocity(question: MetricQuestion) -> sa.Select[Any]:
    """In money of a day: the product is taken in floating point, for it passes what 64 bits hold."""
    closed, still = _deals(question, closed=True), _deals(question, closed=False)
    names = [column.key for column in closed.c]
    both = sa.union_all(
        sa.select(*(closed.c[name] for name in names)), sa.select(*(still.c[name] for name in names))
    )

    def count(columns: Any, *states: str) -> Any:
        return sa.func.sum(sa.case((columns.state.in_(states), 1.0), else_=0.0))

    def won(columns: Any, what: Any) -> Any:
        return sa.func.sum(sa.case((columns.state == WON, sa.func.coalesce(what, 0) * 1.0), else_=0.0))

    return question.count(
        both.subquery("both"),
        numerator=lambda c: (sa.func.count() - count(c, WON, LOST)) * count(c, WON) * won(c, c.value),
        denominator=lambda c: count(c, WON, LOST) * won(c, c.days),
    )


def quota_reached(settings: Settings) -> Callable[[MetricQuestion], sa.Select[Any]]:
    """What is won, of what is to be: by employees or teams. In all, teams count where no employee has a
    quota, as in the forecast."""

    def compute(question: MetricQuestion) -> sa.Select[Any]:
        if not settings.quotas:
            raise Invalid(
                "Nobody has a quota",
                hint='Give one in crm.toml: [plugins.operational.quotas."anna@rye.example"] quarter = 50000',
            )
        rows = _deals(question, closed=True, state=WON)
        if question.group is None:
            return _reached_in_all(question, settings, rows)
        if question.group.name == "team":
            return _reached_by(_of_teams(question, settings), _by_team(question, rows))
        return _reached_by(_of_employees(question, settings), rows)

    return compute


def _reached_in_all(question: MetricQuestion, settings: Settings, rows: Any) -> sa.Select[Any]:
    people, teams = _of_employees(question, settings), _of_teams(question, settings)
    someone = sa.exists(sa.select(people.c.holder))
    theirs = sa.or_(
        rows.c.employee_id.in_(sa.select(people.c.holder)),
        sa.and_(~someone, _first_team(question, rows.c.employee_id).in_(sa.select(teams.c.holder))),
    )
    total = sa.case((someone, _sum_of(people)), else_=_sum_of(teams))
    return question.count(
        sa.select(rows).where(theirs).subquery("theirs"),
        numerator=lambda c: sa.func.sum(c.value),
        denominator=lambda _: total,
    )


def _sum_of(quotas: Any) -> Any:
    return sa.select(sa.func.sum(quotas.c.quota)).scalar_subquery()


def _reached_by(quotas: Any, rows: Any) -> sa.Select[Any]:
    """A line for each who has a quota, also for who has won nothing."""
    return (
        sa.select(
            quotas.c.name.label("grp"),
            sa.func.coalesce(sa.func.sum(rows.c.value), 0).label("numerator"),
            sa.func.max(quotas.c.quota).label("denominator"),
        )
        .select_from(quotas.outerjoin(rows, rows.c.employee_id == quotas.c.holder))
        .group_by(quotas.c.name)
    )


def _by_team(question: MetricQuestion, rows: Any) -> Any:
    """The deals with the first team of whose they are, in the place of the employee."""
    team = _first_team(question, rows.c.employee_id)
    return sa.select(rows.c.value, team.label("employee_id")).subquery("of_teams")


def _first_team(question: MetricQuestion, employee_id: Any) -> Any:
    """The id of the team that comes first by its name, of those that an employee is in."""
    team, member = question.tables.team, question.tables.team_member
    return (
        sa.select(team.c.id)
        .join(member, member.c.team_id == team.c.id)
        .where(member.c.employee_id == employee_id)
        .order_by(team.c.name)
        .limit(1)
        .scalar_subquery()
    )


def _of_employees(question: MetricQuestion, settings: Settings) -> Any:
    """The quotas of the employees whom one names; a team's name is the team's."""
    employee, team = question.tables.employee, question.tables.team
    named = (employee.c.email, employee.c.name)
    return _quotas(question, settings, employee, named).where(
        employee.c.name.not_in(sa.select(team.c.name))
    ).subquery("of_employees")  # fmt: skip


def _of_teams(question: MetricQuestion, settings: Settings) -> Any:
    """The quotas of the teams that one names."""
    team = question.tables.team
    return _quotas(question, settings, team, (team.c.name,)).subquery("of_teams_quotas")


def _quotas(
    question: MetricQuestion, settings: Settings, table: sa.Table, named: Sequence[Any]
) -> sa.Select[Any]:
    """(holder, name, quota in minor units) of the rows that a quota names by one of these columns."""
    minor = 10 ** _digits(question.currency)
    cases = [
        (sa.or_(*(column == name for column in named)), int(_part(quota.a_year, question) * minor))
        for name, quota in settings.quotas.items()
    ]
    return sa.select(table.c.id.label("holder"), table.c.name, sa.case(*cases).label("quota")).where(
        sa.or_(*(condition for condition, _ in cases))
    )


def _part(a_year: Decimal, question: MetricQuestion) -> Decimal:
    period = question.period
    if period.start is None:
        raise Invalid("All time has no quota", hint="Ask for a period: --period 'this quarter'")
    months = period.amount if period.unit == "month" else 12 * period.amount if period.unit == "year" else 0
    return a_year * months / 12 if months else a_year * (period.days or 0) / 365


def _digits(currency: str) -> int:
    from crmkit import Money

    return len(str(Money(0, currency)).partition(" ")[0].partition(".")[2])


def _deals(question: MetricQuestion, *, closed: bool, state: str | None = None) -> sa.Subquery:
    """Columns customer_id, employee_id, state, value, days; and `grp` where the metric makes the groups."""
    table = question.tables.records[DEAL]
    columns = [
        table.c.customer_id, table.c.employee_id, table.c.state, table.c.value,
        _days(table, question.dialect).label(_DAY),
    ]  # fmt: skip
    query = sa.select(*columns, *_group(question, table)).where(
        table.c.archived_at.is_(None), *(table.c.customer_id.in_(each) for each in question.scope)
    )
    if not closed:
        return query.where(table.c.state.not_in((WON, LOST))).subquery("still")
    last = local_date(question.as_of, question.tz).isoformat()
    query = query.where(
        table.c.state.in_((state,) if state else (WON, LOST)),
        table.c.close_on < question.period.end.isoformat(),
        table.c.close_on <= last,
    )
    if question.period.start is not None:
        query = query.where(table.c.close_on >= question.period.start.isoformat())
    return query.subquery("closed")


def _group(question: MetricQuestion, table: sa.Table) -> list[Any]:
    name = question.group.name if question.group is not None and question.group.kind == "own" else ""
    if name == "employee":
        employee = question.tables.employee
        named = sa.select(employee.c.name).where(employee.c.id == table.c.employee_id).scalar_subquery()
        return [named.label("grp")]
    widths = {"month": 7, "year": 4}
    if name in widths:
        return [sa.func.substr(table.c.close_on, 1, widths[name]).label("grp")]
    columns = {
        "pipeline": "pipeline", "source": "source", "product": "product_family", "reason": "lost_reason",
    }  # fmt: skip
    return [table.c[columns[name]].label("grp")] if name in columns else []


def _days(table: sa.Table, dialect: str) -> Any:
    """Days from the day it began to the day it was closed."""
    if dialect == "postgresql":
        return sa.cast(table.c.close_on, sa.Date) - sa.cast(table.c.opened_on, sa.Date)
    days = sa.func.julianday(table.c.close_on) - sa.func.julianday(table.c.opened_on)
    return sa.cast(days, sa.Integer)
