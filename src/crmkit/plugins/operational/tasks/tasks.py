"""Tasks: promises to customers, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import Due, Section
from crmkit.plugins.operational.tasks.model import Task, TaskDone
from crmkit.plugins.operational.tasks.tables import TASK

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.operational.settings import Settings


class Tasks:
    """The tasks of one business, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(TASK)

    def add(
        self, customer: str | int, title: str, *, due: date | None = None, employee_id: int | None = None
    ) -> Task:
        """Add a task for a customer; the acting employee's own unless `employee_id` says otherwise."""
        self._crm.require("customers.write")
        if not title.strip():
            raise Invalid("A task needs a title", hint='Say what is to do: crm tasks add REF "Call back"')
        with self._crm.transaction() as tx:
            customer_id = self._crm.customers.resolve(customer)
            inserted = tx.execute(
                sa.insert(self._table).values(
                    customer_id=customer_id,
                    title=title.strip(),
                    due=due.isoformat() if due else None,
                    employee_id=employee_id or self._crm.actor.id,
                    created_at=tx.at,
                )
            )
            (task_id,) = inserted.inserted_primary_key or (0,)
            return self._get(tx.execute, int(task_id))

    def done(self, task_id: int) -> Task:
        """Tick a task off; it goes onto the customer's timeline as `task.done`."""
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            task = self._get(tx.execute, task_id)
            ticked = tx.execute(
                sa.update(self._table)
                .where(self._table.c.id == task_id, self._table.c.done_at.is_(None))
                .values(done_at=tx.at)
            )
            if not ticked.rowcount:
                raise Conflict(f'Task {task_id} ("{task.title}") is done already', hint="Run: crm tasks list")
            self._crm.interactions.record(
                task.customer_id,
                "task.done",
                payload=TaskDone(title=task.title),
                source="operational.task",
                source_ref=str(task_id),
            )
            return self._get(tx.execute, task_id)

    def remove(self, task_id: int) -> Task:
        """Delete a task that is still open, as if it had never been added. Raises `Conflict` when it is done.

        What is done stands on the timeline, and stays.
        """
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            task = self._get(tx.execute, task_id)
            removed = tx.execute(
                sa.delete(self._table).where(self._table.c.id == task_id, self._table.c.done_at.is_(None))
            )
            if not removed.rowcount:
                raise Conflict(
                    f'Task {task_id} ("{task.title}") is done and stays', hint="Run: crm tasks list"
                )
            return task

    def list(self, *, customer_ids: Sequence[int] | None = None, done: bool = False) -> tuple[Task, ...]:
        """Open tasks of customers the acting person sees, soonest due first; `done` lists the others."""
        self._crm.require("customers.read")
        table = self._table
        query = self._visible(sa.select(table)).where(
            table.c.done_at.is_not(None) if done else table.c.done_at.is_(None)
        )
        if customer_ids is not None:
            query = query.where(table.c.customer_id.in_(customer_ids))
        order = (sa.func.coalesce(table.c.due, "9999"), table.c.id)
        with self._crm.reading() as execute:
            return tuple(_task(row) for row in execute(query.order_by(*order)))

    def make(self, wanted: Iterable[tuple[str, int, str]], *, due: date | None = None) -> int:
        """Add tasks that follow from something: (because of what, customer id, title); how many were new.

        A reason makes its task once, however often it is given; all of them are due on the same day.
        """
        tasks = {reason: (customer_id, title) for reason, customer_id, title in wanted}
        if not tasks:
            return 0
        table = self._table
        with self._crm.transaction() as tx:
            made = sa.select(table.c.because_of).where(table.c.because_of.in_(tasks))
            for reason in tx.execute(made).scalars():
                del tasks[reason]
            rows = [
                {
                    "because_of": reason, "customer_id": customer_id, "title": title, "created_at": tx.at,
                    "due": due.isoformat() if due else None,
                }
                for reason, (customer_id, title) in tasks.items()
            ]  # fmt: skip
            if rows:
                tx.execute(sa.insert(table), rows)
            return len(rows)

    def unmake(self, reasons: Sequence[str]) -> set[str]:
        """Delete the tasks that were made for these reasons and are still open.

        Returns the reasons whose tasks are done by now, and stay.
        """
        table = self._table
        with self._crm.transaction() as tx:
            mine = table.c.because_of.in_(reasons)
            tx.execute(sa.delete(table).where(mine, table.c.done_at.is_(None)))
            return set(tx.execute(sa.select(table.c.because_of).where(mine)).scalars())

    def _visible(self, query: sa.Select[Any]) -> sa.Select[Any]:
        customer = self._crm.tables.customer
        query = query.join(customer, customer.c.id == self._table.c.customer_id)
        condition = self._crm.visible()
        return query if condition is None else query.where(condition)

    def _get(self, execute: Any, task_id: int) -> Task:
        row = execute(self._visible(sa.select(self._table)).where(self._table.c.id == task_id)).first()
        if row is None:
            raise NotFound(f"There is no task {task_id}", hint="Run: crm tasks list")
        return _task(row)


def open_tasks(customers: Sequence[Customer], crm: Crm, _settings: Settings) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with what is open for them."""
    tasks: dict[int, list[tuple[str, str]]] = {}
    for task in Tasks(crm).list(customer_ids=[customer.id for customer in customers]):
        due = f"due {task.due.isoformat()}" if task.due else "no date"
        tasks.setdefault(task.customer_id, []).append((f"#{task.id}", f"{task.title} ({due})"))
    return [(customer_id, Section("Open tasks", tuple(lines))) for customer_id, lines in tasks.items()]


def tasks_due(day: date, crm: Crm, _settings: Settings) -> Iterable[Due]:
    """The tasks due by `day`: nobody's, and those of whoever asks; everybody's where no employee asks."""
    for task in Tasks(crm).list():
        is_mine = crm.actor.id is None or task.employee_id in (None, crm.actor.id)
        if is_mine and task.due is not None and task.due <= day:
            since = f" (since {task.due})" if task.due < day else ""
            hint = f"crm tasks done {task.id}"
            yield Due(
                group="Tasks", what=task.title + since, customer_id=task.customer_id, on=task.due, hint=hint
            )


def _task(row: Any) -> Task:
    return Task(
        id=row.id,
        customer_id=row.customer_id,
        title=row.title,
        due=date.fromisoformat(row.due) if row.due else None,
        employee_id=row.employee_id,
        done_at=row.done_at,
    )
