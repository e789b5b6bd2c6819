"""The clock of a case: what was promised, when it stands still, and when it has run out. Pure functions.

All instants, and all amounts of working time, are in microseconds. The clock runs while a case is `new` or
`open`; while it is waiting for the customer, or is resolved or closed, it stands still.
"""

from __future__ import annotations

from typing import Final, Protocol

from attrs import evolve, frozen

from crmkit.plugin import N_
from crmkit.plugins.operational.cases.working_time import MINUTE

NEW: Final = N_("new")
OPEN: Final = N_("open")
WAITING: Final = "waiting"
RESOLVED: Final = N_("resolved")
CLOSED: Final = "closed"
STATES: Final = (NEW, OPEN, WAITING, RESOLVED, CLOSED)
RUNNING: Final = (NEW, OPEN)
DONE: Final = (RESOLVED, CLOSED)
# What is overdue.
RESPONSE: Final = "response"
RESOLUTION: Final = "resolution"


class Hours(Protocol):
    """Working time, as `WorkingHours` tells it."""

    def between(self, begin: int, end: int) -> int:
        """The open time from one instant to another."""

    def until(self, begin: int, amount: int) -> int:
        """The first instant by which so much open time has passed."""


@frozen
class CaseClock:
    """The times of one case. `paused` is the working time that it stood still until now, and `paused_since`
    when it began to stand if it does; `response_minutes` and `resolution_minutes` the working time that
    was used up. `next_at` is when somebody has to look at it again: a deadline passes, or it is closed."""

    opened_at: int
    respond_by: int | None = None
    resolve_by: int | None = None
    responded_at: int | None = None
    resolved_at: int | None = None
    response_minutes: int | None = None
    resolution_minutes: int | None = None
    paused_since: int | None = None
    paused: int = 0
    reopened: int = 0
    overdue: str | None = None
    escalated_at: int | None = None
    next_at: int | None = None


def promised(clock: CaseClock, hours: Hours, first_response: int | None, resolution: int | None) -> CaseClock:
    """With the deadlines that follow from these amounts of working time, None for one not promised."""
    respond_by = None if first_response is None else hours.until(clock.opened_at, first_response)
    resolve_by = None if resolution is None else hours.until(clock.opened_at, resolution + clock.paused)
    is_same = (respond_by, resolve_by) == (clock.respond_by, clock.resolve_by)
    overdue = clock.overdue if is_same else None
    return evolve(clock, respond_by=respond_by, resolve_by=resolve_by, overdue=overdue)


def responded(clock: CaseClock, at: int, hours: Hours) -> CaseClock:
    """With its first answer; a later one changes nothing."""
    if clock.responded_at is not None:
        return clock
    return evolve(
        clock,
        responded_at=at,
        response_minutes=max(0, hours.between(clock.opened_at, at)) // MINUTE,
        overdue=None if clock.overdue == RESPONSE else clock.overdue,
    )


def moved(clock: CaseClock, before: str, after: str, at: int, hours: Hours) -> CaseClock:
    """As it comes from one state into another."""
    if before in DONE and after not in DONE:
        clock = evolve(
            clock, resolved_at=None, resolution_minutes=None, reopened=clock.reopened + 1, overdue=None
        )
    if before in RUNNING and after not in RUNNING:
        clock = evolve(clock, paused_since=at)
    if before not in RUNNING and after in RUNNING:
        clock = _going_on(clock, at, hours)
    if after in (WAITING, RESOLVED):
        clock = responded(clock, at, hours)
    return finished(clock, at, hours) if after in DONE else clock


def finished(clock: CaseClock, at: int, hours: Hours) -> CaseClock:
    """Resolved, if it was not before; the time that it has stood still does not count."""
    if clock.resolved_at is not None:
        return clock
    stood = hours.between(clock.paused_since, at) if clock.paused_since is not None else 0
    used = hours.between(clock.opened_at, at) - clock.paused - stood
    return evolve(clock, resolved_at=at, resolution_minutes=max(0, used) // MINUTE)


def escalated(clock: CaseClock, what: str, at: int) -> CaseClock:
    """Somebody was told that it is overdue."""
    return evolve(clock, overdue=what, escalated_at=at)


def overdue_by(clock: CaseClock, at: int) -> str | None:
    """Which deadline has passed that nobody was told of yet, by `at`."""
    answer_is_late = clock.respond_by is not None and clock.responded_at is None and clock.respond_by <= at
    if answer_is_late and clock.overdue is None:
        return RESPONSE
    is_late = clock.resolve_by is not None and clock.resolve_by <= at
    return RESOLUTION if is_late and clock.overdue != RESOLUTION else None


def look_again(clock: CaseClock, state: str, close_after: int | None) -> int | None:
    """When somebody has to look at it again."""
    if state == RESOLVED and close_after is not None and clock.resolved_at is not None:
        return clock.resolved_at + close_after
    if state not in RUNNING or clock.overdue == RESOLUTION:
        return None
    answer = clock.respond_by if clock.responded_at is None and clock.overdue is None else None
    return min((each for each in (answer, clock.resolve_by) if each is not None), default=None)


def deadline(clock: CaseClock) -> int | None:
    """The deadline that comes first of those that are still to be met."""
    answer = clock.respond_by if clock.responded_at is None else None
    return min((each for each in (answer, clock.resolve_by) if each is not None), default=None)


def _going_on(clock: CaseClock, at: int, hours: Hours) -> CaseClock:
    """The time that it stood is given back, save to a deadline that had passed before."""
    since = clock.paused_since
    if since is None:
        return clock
    resolve_by = clock.resolve_by
    if resolve_by is not None and resolve_by > since:
        resolve_by = hours.until(at, hours.between(since, resolve_by))
    return evolve(
        clock,
        paused=clock.paused + max(0, hours.between(since, at)),
        paused_since=None,
        resolve_by=resolve_by,
    )
