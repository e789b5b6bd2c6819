"""Tasks as values."""

from __future__ import annotations

from datetime import date

from attrs import frozen


@frozen(kw_only=True)
class Task:
    """Something promised to a customer, or to be done for them. `done_at` is None while it is open."""

    id: int
    customer_id: int
    title: str
    due: date | None = None
    employee_id: int | None = None
    done_at: int | None = None


@frozen(kw_only=True)
class TaskDone:
    """The payload of the interaction type `task.done`."""

    title: str = ""
