"""Tasks that come again: the next one is made when one is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmkit.plugin import RecordDraft, local_date
from crmkit.plugins.operational.tasks.model import Task
from crmkit.plugins.operational.tasks.repeating import parse_repeat
from crmkit.plugins.operational.tasks.when import instant_at

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def reason_after(task: Task) -> str:
    """Why the next one is made: each task has one successor, however often it is ticked off."""
    return f"repeat:{task.id}"


def next_of(task: Task, zone: ZoneInfo) -> RecordDraft | None:
    """The task that follows one that was done; None at the end of the calendar.

    Days that passed meanwhile are not made up for. A task of a team is the team's again.
    """
    if task.due is None or task.done_at is None:
        return None
    day = parse_repeat(task.repeat).after(task.due, local_date(task.done_at, zone))
    if day is None:
        return None
    fields: dict[str, Any] = {
        "subject": task.title, "due": day, "due_time": task.due_time or None, "repeat": task.repeat,
        "team": task.team or None, "priority": task.priority or None, "notes": task.notes or None,
        "because_of": reason_after(task),
    }  # fmt: skip
    if task.remind_at is not None:
        fields["remind_at"] = moved(task.remind_at, task.due, day, zone)
    owner = None if task.team else task.employee_id
    return RecordDraft(customer=task.customer_id, owner=owner, fields=fields)


def moved(remind_at: int, due: date, to: date, zone: ZoneInfo) -> int:
    """A reminder as many days before the new day as it was before the old, at the same time of day."""
    local = datetime.fromtimestamp(remind_at // 1_000_000, UTC).astimezone(zone)
    day = local.date() + timedelta(days=(to - due).days)
    return instant_at(day, f"{local:%H:%M:%S}", zone)
