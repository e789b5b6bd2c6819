"""What is due today, and what customers' pages show of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from crmkit.plugin import N_, Due, Section, _, translated
from crmkit.plugins.operational.tasks.record import TASK
from crmkit.plugins.operational.tasks.tasks import Tasks

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.operational.settings import Settings
    from crmkit.plugins.operational.tasks.model import Task


def open_tasks(customers: Sequence[Customer], crm: Crm, _settings: Settings) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with what is open for them."""
    if not crm.actor.may("records.read"):
        return []
    tasks: dict[int, list[tuple[str, str]]] = {}
    for task in Tasks(crm).list(customer_ids=[customer.id for customer in customers]):
        due = _("due {when}", when=_when(task)) if task.due else _("no date")
        tasks.setdefault(task.customer_id, []).append((f"#{task.id}", f"{task.title} ({due})"))
    return [
        (customer_id, Section(N_("Open tasks"), tuple(lines), lists=TASK))
        for customer_id, lines in tasks.items()
    ]


def tasks_due(day: date, crm: Crm, _settings: Settings) -> Iterable[Due]:
    """The tasks due by `day`, or of which somebody is to be reminded by now: one's own, and those that one
    could take; everybody's where no employee asks."""
    if not crm.actor.may("records.read"):
        return
    now = crm.clock.now()
    for task in Tasks(crm).list(mine=True):
        is_due = task.due is not None and task.due <= day
        if is_due or (task.remind_at is not None and task.remind_at <= now):
            yield Due(
                group=N_("Tasks"), what=_said(task, day), customer_id=task.customer_id, on=task.due or day,
                hint=_hint(task, crm.actor.id),
            )  # fmt: skip


def _said(task: Task, day: date) -> str:
    said = f"{task.title}, {translated(task.priority)}" if task.priority in ("high", "urgent") else task.title
    if task.due is None:
        return said
    if task.due < day:
        return _("{task} (since {day})", task=said, day=task.due)
    if task.due > day:
        return _("{task} (due {day})", task=said, day=_when(task))
    return f"{said} ({task.due_time})" if task.due_time else said


def _hint(task: Task, me: int | None) -> str:
    if task.team and task.employee_id is None and me is not None:
        return f"crm tasks take {task.id}"
    return f"crm tasks done {task.id}"


def _when(task: Task) -> str:
    return f"{task.due} {task.due_time}".strip()
