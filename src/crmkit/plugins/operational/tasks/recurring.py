"""Tasks that come again: the next one is made when one is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import RecordDraft, local_date, zone_of
from crmkit.plugins.operational.tasks.model import Task
from crmkit.plugins.operational.tasks.record import TASK
from crmkit.plugins.operational.tasks.repeating import parse_repeat
from crmkit.plugins.operational.tasks.when import instant_at

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from crmkit import Crm, Interaction

# What records tell has this source.
_TOLD: Final = "record"


def reason_after(task: Task) -> str:
    """Why the next one is made: each task has one successor, however often it is ticked off."""
    return f"repeat:{task.id}"


def after_done(interactions: Sequence[Interaction], crm: Crm) -> int:
    """Make the next of each task that was done and comes again; how many were made.

    Nothing follows from what others recorded in the same words, nor from imported history.
    """
    from crmkit.plugins.operational.tasks.tasks import Tasks

    done = [
        int(number)
        for each in interactions
        if each.type == "task.done" and each.source == _TOLD and each.corrects is None
        for kind, _, number in [each.payload.record.partition(":")]
        if kind == TASK and number.isdecimal()
    ]
    if not done:
        return 0
    zone = zone_of(crm)
    tasks = Tasks(crm)
    drafts = [next_of(each, zone) for each in tasks.by_id(done) if each.repeat and each.due]
    return tasks.save_new([draft for draft in drafts if draft is not None])


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
