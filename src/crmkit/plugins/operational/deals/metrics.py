"""The numbers of sales, as statements over the table of deals."""

from __future__ import annotations

from collections.abc import Callable
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
    """What is won, of what is to be."""

    def compute(question: MetricQuestion) -> sa.Select[Any]:
        if not settings.quotas:
            raise Invalid(
                "Nobody has a quota",
                hint='Give one in crm.toml: [plugins.operational.quotas."anna@rye.example"] quarter = 50000',
            )
        rows = _deals(question, closed=True, state=WON)
        quota = _quotas(question, settings)
        if question.group is None:
            total = sa.select(sa.func.sum(quota.c.quota)).scalar_subquery()
            return question.count(
                _of_those(rows, quota), numerator=lambda c: sa.func.sum(c.value), denominator=lambda _: total
            )
        joined = quota.outerjoin(rows, rows.c.employee_id == quota.c.employee_id)
        return (
            sa.select(
                quota.c.name.label("grp"),
                sa.func.coalesce(sa.func.sum(rows.c.value), 0).label("numerator"),
                sa.func.max(quota.c.quota).label("denominator"),
            )
            .select_from(joined)
            .group_by(quota.c.name)
        )

    return compute


def _of_those(rows: Any, quota: Any) -> Any:
    """The deals of whoever has a quota."""
    return sa.select(rows).where(rows.c.employee_id.in_(sa.select(quota.c.employee_id))).subquery("theirs")


def _quotas(question: MetricQuestion, settings: Settings) -> Any:
    """(employee_id, name, quota in minor units) of the employees whom a quota names."""
    employee = question.tables.employee
    minor = 10 ** _digits(question.currency)
    cases = [
        (
            sa.or_(employee.c.email == name, employee.c.name == name),
            int(_part(quota.a_year, question) * minor),
        )
        for name, quota in settings.quotas.items()
    ]
    amount = sa.case(*cases)
    return sa.select(
        employee.c.id.label("employee_id"), employee.c.name, amount.label("quota")
    ).where(sa.or_(*(condition for condition, _ in cases))).subquery("quota")  # fmt: skip


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
