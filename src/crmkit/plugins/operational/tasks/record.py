"""The record type `task`."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import N_, Adopted, Field, RecordType

TASK: Final = "task"
OPEN: Final = N_("open")
DONE: Final = N_("done")
DROPPED: Final = N_("dropped")
PRIORITIES: Final = (N_("low"), N_("normal"), N_("high"), N_("urgent"))

_FIELDS: Final = (
    Field(name="subject", type="text", doc="What is to do", label="What", required=True),
    Field(name="due", type="date", doc="By which day", label="Due", personal=False, indexed=True),
    Field(name="due_time", type="text", doc="At what time of that day: 14:30", label="Time", personal=False),
    Field(name="remind_at", type="datetime", doc="When to be reminded", label="Remind at", personal=False),
    Field(
        name="repeat",
        type="text",
        doc="How it comes again once it is done: every day, monday, 2 weeks, month, year, RRULE:FREQ=…",
        label="Repeats",
        personal=False,
    ),
    Field(name="team", type="text", doc="Whose task it is until one of them takes it", personal=False),
    Field(name="priority", type="choice", choices=PRIORITIES, doc="How much it matters", personal=False),
    Field(name="notes", type="text", doc="What else is to be known"),
    Field(name="done_at", type="datetime", doc="When it was done", label="Done at", personal=False),
    Field(
        name="because_of",
        type="text",
        doc="Why it was made: the reason makes its task once",
        label="Because of",
        unique=True,
        personal=False,
    ),
)
# Tasks as they were kept before they were records.
_BEFORE: Final = Adopted(
    table="operational_task_before",
    columns={
        "id": "id",
        "customer_id": "customer_id",
        "employee_id": "employee_id",
        "state": f"CASE WHEN done_at IS NULL THEN '{OPEN}' ELSE '{DONE}' END",
        "created_at": "created_at",
        "updated_at": "coalesce(done_at, created_at)",
        "subject": "title",
        "due": "due",
        "done_at": "done_at",
        "because_of": "because_of",
    },
)


def task_type() -> RecordType:
    """Tasks: open, until they are done or dropped; what is done stands on the timeline, and stays."""
    return RecordType(
        name=TASK,
        doc="Something promised to a customer, or to be done for them",
        label="Task",
        fields=_FIELDS,
        states=(OPEN, DONE, DROPPED),
        moves={OPEN: (DONE, DROPPED), DROPPED: (OPEN,)},
        final=(DONE, DROPPED),
        title="subject",
        tells={DONE: "task.done"},
        adopts=_BEFORE,
    )
