"""A conversation as messages come and go: whose turn it is, and since when. Pure but for working time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import define, field, fields_dict

from crmkit.plugins.collaborative.inbox.record_type import CLOSED, INSTANTS, OPEN, WAITING

MINUTE: Final = 60_000_000
IN: Final = "in"
OUT: Final = "out"


@define(kw_only=True, eq=False)
class Course:
    """What is kept of a conversation and follows from its messages. Instants are microseconds."""

    customer_id: int
    channel: str | None
    subject: str = ""
    id: int | None = None
    state: str = OPEN
    team: str | None = None
    opened_at: int | None = None
    last_at: int | None = None
    heard_at: int | None = None
    said_at: int | None = None
    unanswered_since: int | None = None
    responded_at: int | None = None
    snoozed_until: int | None = None
    response_minutes: int | None = None
    _kept: dict[str, Any] = field(factory=dict)

    def keep(self) -> None:
        """What it is now is on record."""
        self._kept = {name: getattr(self, name) for name in KEPT}

    @property
    def changed(self) -> dict[str, Any]:
        """The fields that differ from what is on record."""
        return {name: value for name in FIELDS if (value := getattr(self, name)) != self._kept.get(name)}

    @property
    def is_moved(self) -> bool:
        """Whether its state differs from what is on record."""
        return bool(self.state != self._kept.get("state"))

    def heard(self, at: int) -> None:
        """The customer wrote: it is our turn, unless we have written since."""
        self._last(at)
        self.opened_at = at if self.opened_at is None else min(at, self.opened_at)
        self.heard_at = max(at, self.heard_at or at)
        if self.said_at is not None and self.said_at >= at:
            return
        self.unanswered_since = min(at, self.unanswered_since or at)
        self.state, self.snoozed_until = OPEN, None

    def said(self, at: int, working: Callable[[int, int], int]) -> None:
        """We wrote, or talked; `working` is the open time between two instants."""
        self._last(at)
        self.said_at = max(at, self.said_at or at)
        if self.responded_at is None and self.opened_at is not None and self.opened_at <= at:
            self.responded_at = at
            self.response_minutes = max(0, working(self.opened_at, at)) // MINUTE
        if self.unanswered_since is not None and self.unanswered_since <= at:
            # They may have written after what we said, where it is only heard of now.
            newer = self.heard_at is not None and self.heard_at > at
            self.unanswered_since = self.heard_at if newer else None
        if self.unanswered_since is None and self.state == OPEN:
            self.state = WAITING

    def begin_again(self) -> None:
        """As if nobody had said anything yet."""
        self.state = OPEN
        for name in INSTANTS:
            setattr(self, name, None)
        self.response_minutes = None

    def over(self) -> None:
        """It is closed: nobody waits any more."""
        self.state, self.unanswered_since, self.snoozed_until = CLOSED, None, None

    def _last(self, at: int) -> None:
        self.last_at = max(at, self.last_at or at)


FIELDS: Final = ("subject", "channel", "team", *INSTANTS, "response_minutes")
KEPT: Final = ("state", *FIELDS)


def course_of(row: Any) -> Course:
    """The course of a row of the records' table."""
    found = row._mapping  # noqa: SLF001 - the public name of SQLAlchemy's rows for what they hold
    given = {name: found[name] for name in fields_dict(Course) if name in found}
    course = Course(**{**given, "subject": given["subject"] or ""})
    course.keep()
    return course
