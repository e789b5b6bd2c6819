"""Tasks as values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.plugins.operational.tasks.record import OPEN

if TYPE_CHECKING:
    from crmkit.plugin import Record


@frozen(kw_only=True)
class Task:
    """Something promised to a customer, or to be done for them.

    `state` is open, done or dropped. Instants are microseconds UTC, `due_time` is such as `14:30` by the
    business's clock. `team` is whose it is while it is nobody's (`employee_id` is None).
    """

    id: int
    customer_id: int
    title: str
    due: date | None = None
    employee_id: int | None = None
    done_at: int | None = None
    state: str = OPEN
    due_time: str = ""
    remind_at: int | None = None
    repeat: str = ""
    team: str = ""
    priority: str = ""
    notes: str = ""
    because_of: str = ""
    version: int = 1
    created_at: int = 0
    updated_at: int = 0


def task_of(record: Record) -> Task:
    """The task of a record."""
    fields: dict[str, Any] = dict(record.fields)
    title = fields.pop("subject", record.title)
    known = {name: fields[name] for name in _COPIED if fields.get(name) is not None}
    return Task(
        id=record.id,
        customer_id=record.customer_id,
        title=title,
        employee_id=record.owner_id,
        state=record.state or OPEN,
        version=record.version,
        created_at=record.created_at,
        updated_at=record.updated_at,
        **known,
    )


def task_of_row(row: Any) -> Task:
    """The task of a row of the table."""
    known = {name: value for name in _COPIED if (value := getattr(row, name)) is not None}
    if "due" in known:
        known["due"] = date.fromisoformat(known["due"])
    return Task(
        id=row.id,
        customer_id=row.customer_id,
        title=row.subject,
        employee_id=row.employee_id,
        state=row.state,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        **known,
    )


_COPIED = ("due", "done_at", "due_time", "remind_at", "repeat", "team", "priority", "notes", "because_of")
