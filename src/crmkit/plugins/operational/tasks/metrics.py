"""Numbers about tasks: how many are done, whether in time, and what is late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Metric, local_date
from crmkit.plugins.operational.tasks.record import DONE, OPEN, TASK

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.plugin import MetricQuestion

_OWN: Final = ("employee", "team", "priority")


def task_metrics() -> Iterator[Metric]:
    """The metrics of tasks."""
    yield Metric(
        name="tasks_done",
        doc="Tasks that were done",
        unit="count",
        formula="tasks done in the period",
        reading="Group by employee to see who did them; what was dropped does not count.",
        groups=("customer", "time", *_OWN),
        past=False,
        compute=_done,
    )
    yield Metric(
        name="tasks_done_on_time",
        doc="Share of the tasks that were done by the day they were due",
        unit="share",
        formula="tasks done on the day they were due or before / tasks with such a day, of those done in the "
        "period",
        reading="The day counts that a task had last: one put off in time is in time.",
        groups=("customer", "time", *_OWN),
        past=False,
        compute=_on_time,
    )
    yield Metric(
        name="tasks_overdue",
        doc="Open tasks that should have been done before today",
        unit="count",
        formula="open tasks that were due before today",
        reading="They are marked in crm tasks list --all --overdue.",
        groups=("customer", *_OWN),
        period="today",
        past=False,
        compute=_overdue,
    )


def _done(question: MetricQuestion) -> sa.Select[Any]:
    import sqlalchemy as sa

    return question.count(_of_period(question).subquery("done"), numerator=lambda _: sa.func.count())


def _on_time(question: MetricQuestion) -> sa.Select[Any]:
    import sqlalchemy as sa

    task = question.tables.records[TASK]
    rows = _of_period(question).where(task.c.due.is_not(None)).subquery("done")
    day = question.local_day(rows.c.occurred_at)
    return question.count(
        sa.select(*rows.c, sa.case((rows.c.due >= day, 1), else_=0).label("in_time")).subquery("dated"),
        numerator=lambda c: sa.func.sum(c.in_time),
        denominator=lambda _: sa.func.count(),
    )


def _overdue(question: MetricQuestion) -> sa.Select[Any]:
    import sqlalchemy as sa

    task = question.tables.records[TASK]
    today = local_date(question.as_of, question.tz).isoformat()
    late = sa.select(task.c.customer_id, *_own(question)).where(task.c.state == OPEN, task.c.due < today)
    return question.count(_seen(question, late).subquery("late"), numerator=lambda _: sa.func.count())


def _of_period(question: MetricQuestion) -> sa.Select[Any]:
    """(customer_id, occurred_at, due) of the tasks done in the period."""
    import sqlalchemy as sa

    task = question.tables.records[TASK]
    done = sa.select(task.c.customer_id, task.c.done_at.label("occurred_at"), task.c.due, *_own(question))
    in_it = (task.c.done_at >= question.start, task.c.done_at < question.end)
    return _seen(question, done.where(task.c.state == DONE, *in_it, task.c.done_at <= question.as_of))


def _seen(question: MetricQuestion, query: sa.Select[Any]) -> sa.Select[Any]:
    task = question.tables.records[TASK]
    return query.where(
        task.c.archived_at.is_(None), *(task.c.customer_id.in_(each) for each in question.scope)
    )


def _own(question: MetricQuestion) -> list[Any]:
    """The column of groups that are of tasks themselves."""
    import sqlalchemy as sa

    group = question.group
    if group is None or group.kind != "own":
        return []
    task = question.tables.records[TASK]
    if group.name != "employee":
        return [task.c[group.name].label("grp")]
    employee = question.tables.employee
    name = sa.select(employee.c.name).where(employee.c.id == task.c.employee_id)
    return [name.scalar_subquery().label("grp")]
