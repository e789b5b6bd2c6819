"""Tasks as a calendar that other programs read (RFC 5545)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from crmkit import ConfigError
from crmkit.plugins.operational.tasks.record import DONE, DROPPED, OPEN
from crmkit.plugins.operational.tasks.repeating import parse_repeat

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from crmkit.plugins.operational.tasks.model import Task

_HALF_AN_HOUR: Final = timedelta(minutes=30)
# The lower the number, the more it matters; 0 says nothing.
_PRIORITY: Final = {"urgent": 1, "high": 3, "normal": 5, "low": 9}
_STATUS: Final = {OPEN: "NEEDS-ACTION", DONE: "COMPLETED", DROPPED: "CANCELLED"}


def calendar_of(tasks: Collection[Task], zone: ZoneInfo, *, name: str, todos: bool = False) -> bytes:
    """A calendar of tasks: what is to do and when, and nothing else of the customers.

    They are events, which every calendar shows, so those without a day are left out; with `todos` they are
    to-dos. A reminder is an alarm. A task has the same UID whenever it is written. Events of tasks that come
    again carry their rule, so that calendars show the days to come as well.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise ConfigError(
            "Calendars need the package icalendar, which is not installed",
            hint="Install it: pip install 'crmkit[operational]'",
        ) from None
    calendar = Calendar()
    calendar.add("prodid", "-//crmkit//tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for task in tasks:
        if todos:
            calendar.add_component(_todo(task, zone))
        elif task.due is not None:
            calendar.add_component(_event(task, task.due, zone))
    # What comes again at a time of day goes by our clocks, so the calendar has to know these.
    days = [task.due for task in tasks if task.due is not None]
    if days:
        calendar.add_missing_timezones(first_date=date(min(days).year, 1, 1))
    return bytes(calendar.to_ical())


def _event(task: Task, due: date, zone: ZoneInfo) -> Any:
    from icalendar import Event, vRecur

    event = _described(Event(), task)
    begins = _when(task, due, zone)
    if task.repeat:
        event.add("rrule", vRecur.from_ical(parse_repeat(task.repeat).anchored(due).rrule))
    elif isinstance(begins, datetime):
        # In UTC, so no calendar needs our time zone.
        begins = begins.astimezone(UTC)
    event.add("dtstart", begins)
    if isinstance(begins, datetime):
        event.add("dtend", begins + _HALF_AN_HOUR)
    # A task does not keep its owner from meeting people.
    event.add("transp", "TRANSPARENT")
    if task.remind_at is not None and task.state == OPEN:
        event.add_component(_alarm(task, _trigger(task, task.remind_at, due, zone)))
    return event


def _trigger(task: Task, remind_at: int, due: date, zone: ZoneInfo) -> datetime | timedelta:
    """The instant; for what comes again how long before or after each, by the clock on the wall."""
    at = _instant(remind_at)
    if not task.repeat:
        return at
    begins = datetime.combine(due, time.fromisoformat(task.due_time or "00:00"))
    return at.astimezone(zone).replace(tzinfo=None) - begins


def _todo(task: Task, zone: ZoneInfo) -> Any:
    from icalendar import Todo

    todo = _described(Todo(), task)
    if task.due is not None:
        due = _when(task, task.due, zone)
        todo.add("due", due.astimezone(UTC) if isinstance(due, datetime) else due)
    todo.add("status", _STATUS[task.state])
    if task.done_at is not None:
        todo.add("completed", _instant(task.done_at))
    if task.remind_at is not None and task.state == OPEN:
        todo.add_component(_alarm(task, _instant(task.remind_at)))
    return todo


def _described(component: Any, task: Task) -> Any:
    component.add("uid", f"task-{task.id}-{task.created_at:x}@crmkit")
    component.add("dtstamp", _instant(task.updated_at))
    component.add("last-modified", _instant(task.updated_at))
    component.add("sequence", task.version - 1)
    component.add("summary", " ".join(task.title.split()))
    if task.priority:
        component.add("priority", _PRIORITY[task.priority])
    return component


def _alarm(task: Task, trigger: datetime | timedelta) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", " ".join(task.title.split()))
    alarm.add("trigger", trigger)
    return alarm


def _when(task: Task, due: date, zone: ZoneInfo) -> date | datetime:
    """The day, or where a time was said the local instant."""
    if not task.due_time:
        return due
    return datetime.combine(due, time.fromisoformat(task.due_time), tzinfo=zone)


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1_000_000, UTC)
