"""The clock of a case: equal to counting the minutes in which it runs while the business is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmkit.core.config.hours import HoursSettings
from crmkit.core.hours import WorkingHours
from crmkit.plugins.operational.cases.clock import (
    CLOSED,
    NEW,
    OPEN,
    RESOLUTION,
    RESOLVED,
    RESPONSE,
    RUNNING,
    STATES,
    WAITING,
    CaseClock,
    escalated,
    look_again,
    moved,
    overdue_by,
    promised,
    responded,
)
from crmkit.plugins.operational.cases.settings import CaseSettings
from crmkit.plugins.operational.cases.working_time import MINUTE, WorkingTime, said, working_time

WARSAW = ZoneInfo("Europe/Warsaw")
# The clocks change in the night of 28 to 29 March 2026; 30 March is a holiday.
FIRST = datetime(2026, 3, 27, 12, tzinfo=UTC)
LENGTH = 5 * 24 * 60
WEEK = {"fri-sat": "09:00-17:00", "sun": "00:00-06:00", "mon-tue": "08:00-12:00, 13:00-24:00"}
HOURS = HoursSettings(open=WEEK, holidays=("2026-03-30",))
MOVES = st.lists(
    st.tuples(st.integers(0, LENGTH - 1), st.sampled_from([OPEN, WAITING, RESOLVED, CLOSED])), max_size=6
)


def _us(minute: int) -> int:
    return (FIRST + timedelta(minutes=minute) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@cache
def _open_minutes() -> list[bool]:
    """For each minute whether it is open, by nothing but what a wall clock shows."""
    week, found = HOURS.week or (), []
    for number in range(LENGTH):
        wall = (FIRST + timedelta(minutes=number)).astimezone(WARSAW)
        minute = wall.hour * 60 + wall.minute
        is_open = any(a <= minute < b for a, b in week[wall.weekday()])
        found.append(is_open and not HOURS.is_holiday(wall.date()))
    return found


def _states(moves: list[tuple[int, str]]) -> dict[int, str]:
    """The last state of each minute in which it moves, without moves that lead nowhere."""
    return dict(sorted(moves))


@settings(max_examples=30)
@given(budget=st.integers(1, 1_500), moves=MOVES)
@example(budget=600, moves=[(60, WAITING), (3_000, OPEN)])
@example(budget=30, moves=[(60, WAITING), (3_000, OPEN), (3_100, RESOLVED), (4_500, OPEN)])
def test_deadlines_are_those_of_counting_minutes(budget: int, moves: list[tuple[int, str]]) -> None:
    """However often a case waits and is opened again, through a night in which clocks change and a holiday.

    It is late from the minute on in which its promise is used up.
    """
    hours, opens = WorkingHours(HOURS, WARSAW), _open_minutes()
    clock, state = promised(CaseClock(opened_at=_us(0)), hours, None, budget * MINUTE), NEW
    events, used, late_at = _states(moves), 0, None
    for minute in range(LENGTH):
        if minute in events and events[minute] != state:
            clock, state = moved(clock, state, events[minute], _us(minute), hours), events[minute]
        if state in RUNNING and opens[minute]:
            used += 1
            if used == budget:
                late_at = minute + 1
        if state in RUNNING:
            assert (overdue_by(clock, _us(minute + 1)) is not None) == (late_at is not None)
    if late_at is not None:
        assert clock.resolve_by == _us(late_at)
    elif state in RUNNING:
        assert clock.resolve_by == hours.until(_us(LENGTH), (budget - used) * MINUTE)
    if state in (RESOLVED, CLOSED):
        assert clock.resolution_minutes is not None
        assert clock.resolution_minutes <= used


def test_the_time_that_was_used_leaves_out_what_it_waited() -> None:
    """Opened at ten, waiting from noon to two, resolved at four: four hours."""
    hours = WorkingHours(HoursSettings(), WARSAW)
    clock = CaseClock(opened_at=0)
    for at, before, after in ((120, NEW, WAITING), (240, WAITING, OPEN), (360, OPEN, RESOLVED)):
        clock = moved(clock, before, after, at * MINUTE, hours)
    assert (clock.resolution_minutes, clock.response_minutes, clock.reopened) == (240, 120, 0)
    again = moved(clock, RESOLVED, OPEN, 500 * MINUTE, hours)
    assert (again.resolved_at, again.reopened, again.responded_at) == (None, 1, 120 * MINUTE)
    assert moved(again, OPEN, CLOSED, 530 * MINUTE, hours).resolution_minutes == 270


def test_a_promise_that_changes_counts_from_the_opening() -> None:
    """More urgent an hour later, it may be late at once; less urgent, it is no longer."""
    hours = WorkingHours(HoursSettings(), WARSAW)
    usual = promised(CaseClock(opened_at=0), hours, 240 * MINUTE, 960 * MINUTE)
    urgent = promised(usual, hours, 30 * MINUTE, 60 * MINUTE)
    assert (urgent.respond_by, urgent.resolve_by) == (30 * MINUTE, 60 * MINUTE)
    told = escalated(urgent, overdue_by(urgent, 45 * MINUTE) or "", 45 * MINUTE)
    assert (told.overdue, look_again(told, OPEN, None)) == (RESPONSE, 60 * MINUTE)
    assert promised(told, hours, 240 * MINUTE, 960 * MINUTE).overdue is None


def test_what_is_next() -> None:
    """The answer, then the resolution, then nothing; once resolved, the day on which it is closed."""
    hours = WorkingHours(HoursSettings(), WARSAW)
    clock = promised(CaseClock(opened_at=0), hours, 60 * MINUTE, 120 * MINUTE)
    assert look_again(clock, NEW, None) == 60 * MINUTE
    assert look_again(clock, WAITING, None) is None
    clock = responded(clock, 61 * MINUTE, hours)
    assert look_again(clock, OPEN, None) == 120 * MINUTE
    assert responded(clock, 90 * MINUTE, hours) == clock
    assert overdue_by(clock, 120 * MINUTE) == RESOLUTION
    late = escalated(clock, RESOLUTION, 120 * MINUTE)
    assert (overdue_by(late, 500 * MINUTE), look_again(late, OPEN, None)) == (None, None)
    done = moved(late, OPEN, RESOLVED, 130 * MINUTE, hours)
    assert look_again(done, RESOLVED, 1_000) == 130 * MINUTE + 1_000
    assert look_again(done, CLOSED, 1_000) is None


def test_working_time_as_people_write_it() -> None:
    """A day is the longest day of the business; where it never closes, one of the calendar."""
    shop = WorkingHours(HoursSettings(open={"mon-thu": "09:00-17:00", "fri": "09:00-12:00"}), WARSAW)
    always = WorkingHours(HoursSettings(), WARSAW)
    assert working_time("2 days") == WorkingTime(2, "day")
    wanted = {"90 minutes": (90, 90), "1 hour": (60, 60), "2 days": (960, 2_880), "1 week": (2_100, 10_080)}
    for text, minutes in wanted.items():
        amounts = tuple(working_time(text).microseconds(each) // MINUTE for each in (shop, always))
        assert amounts == minutes, text
    for text in ("soon", "0 days", "1.5 days", "3 months", ""):
        with pytest.raises(ValueError, match="no working time"):
            working_time(text)
    assert [said(minutes * MINUTE) for minutes in (0, 59, 60, 200)] == [
        "0 min",
        "59 min",
        "1 h",
        "3 h 20 min",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sla": {"a": {"priority": "huge", "resolution": "1 day"}}}, "sla.a"),
        ({"sla": {"a": {"priority": "high"}}}, "promises nothing"),
        ({"routing": {"a": {"category": "oven", "queue": "b"}}}, "category"),
        ({"routing": {"a": {}}}, "leads nowhere"),
        ({"close_after": "later"}, "working time"),
        ({"queues": ["a", "a"]}, "once each"),
    ],
)
def test_wrong_settings_are_named(given: dict[str, object], said: str) -> None:
    """Before anything is saved."""
    from pathlib import Path

    from crmkit.core.config.faults import Faults
    from crmkit.core.config.structure import converter

    with pytest.raises(Faults) as error:
        converter(Path()).structure(given, CaseSettings)
    assert said in str(error.value.faults)


def test_states_are_told_apart() -> None:
    """The clock runs in two of them."""
    assert [each for each in STATES if each in RUNNING] == [NEW, OPEN]
