"""What is told to those who work here."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from crmkit.core.model.people import Employee

SENT: Final = "sent"
REHEARSED: Final = "rehearsed"
LATER: Final = "later"
REFUSED: Final = "refused"
UNCONFIRMED: Final = "unconfirmed"


@frozen(kw_only=True)
class Notice:
    """Plain text for an employee, as a channel hands it over; `key` is the same whenever that is tried."""

    key: str
    to: str
    name: str
    subject: str
    text: str


@frozen(kw_only=True)
class Told:
    """What became of telling an employee: `sent`, `rehearsed` (into a file), `later` (it did not go out, and
    may be tried again), `refused` or `unconfirmed` (nobody knows); `reason` says why."""

    employee: Employee
    state: str
    reason: str = ""
