"""Tasks as commands show them: rows of a list, lines of a receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from crmkit.plugin import _, shown_instant

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.tasks.model import Task


def names_of(crm: Crm, tasks: Iterable[Task]) -> dict[int, str]:
    """The customers' names by id."""
    ids = sorted({task.customer_id for task in tasks})
    return {each.id: each.name for each in crm.customers.summaries(ids)}


def row_of(task: Task, customer: str, employee: str | None = None) -> dict[str, Any]:
    """A task as JSON and CSV have it."""
    return {
        "task": task.id,
        "due": task.due.isoformat() if task.due else None,
        "due_time": task.due_time or None,
        "customer": customer,
        "title": task.title,
        "state": task.state,
        "priority": task.priority or None,
        "repeat": task.repeat or None,
        "team": task.team or None,
        "employee": employee,
        "customer_id": task.customer_id,
        "employee_id": task.employee_id,
        "remind_at": task.remind_at,
        "notes": task.notes or None,
        "because_of": task.because_of or None,
        "done_at": task.done_at,
    }


def rows_of(crm: Crm, tasks: Sequence[Task], today: date) -> list[dict[str, Any]]:
    """The rows of a list; what should have been done by now says so."""
    customers = names_of(crm, tasks)
    people = {each.id: each.name for each in crm.people.list(left=True)} if tasks else {}
    rows = []
    for task in tasks:
        row = row_of(task, customers.get(task.customer_id, ""), people.get(task.employee_id or 0))
        late = task.state == "open" and task.due is not None and task.due < today
        rows.append({**row, "overdue": late, "when": _when(task, late=late), "whose": _whose(row)})
    return rows


def lines_of(crm: Crm, task: Task) -> list[str]:
    """Everything about one task."""
    (row,) = rows_of(crm, [task], date.min)
    pairs = (
        (_("Customer"), f"{row['customer']} ({task.customer_id})"),
        (
            _("State"),
            task.state
            if task.done_at is None
            else _("done on {time}", time=shown_instant(crm, task.done_at)),
        ),
        (_("Due"), _when(task, late=False)),
        (_("Whose"), row["whose"]),
        (_("Priority"), task.priority),
        (_("Repeats"), task.repeat),
        (_("Reminder"), shown_instant(crm, task.remind_at)),
        (_("Notes"), task.notes),
    )
    return [
        _("Task {id}: {title}", id=task.id, title=task.title),
        *(f"  {name:9} {said}" for name, said in pairs if said),
    ]


def _when(task: Task, *, late: bool) -> str:
    said = f"{task.due or ''} {task.due_time}".strip()
    return f"{said} !" if late else said


def _whose(row: dict[str, Any]) -> str:
    return row["employee"] or (_("team {team}", team=row["team"]) if row["team"] else "")
