"""Working time: equal to counting minutes on the business's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Crm, Invalid
from crmkit.core.config.hours import DAYS, HoursSettings
from crmkit.core.hours import WorkingHours

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = 60_000_000
# Around both changes of the clocks, and a year's end.
FIRST = datetime(2026, 3, 26, tzinfo=UTC)
SPANS = st.lists(
    st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda span: span[0] < span[1]), max_size=2
)


def _us(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _local(text: str) -> int:
    return _us(datetime.fromisoformat(text).replace(tzinfo=WARSAW))


def _written(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


@st.composite
def _settings(draw: st.DrawFn) -> HoursSettings:
    week = {}
    for day in draw(st.sets(st.sampled_from(DAYS), min_size=1)):
        spans = sorted(draw(SPANS))
        if len(spans) == 2 and spans[1][0] < spans[0][1]:
            spans = spans[:1]
        week[day] = ", ".join(f"{_written(a)}-{_written(b)}" for a, b in spans)
    return HoursSettings(open=week, holidays=tuple(draw(st.sets(st.sampled_from(["2026-03-27", "03-30"])))))


def open_minutes(hours: HoursSettings, begin: datetime, count: int) -> list[bool]:
    """For each minute from `begin` whether it is open, by nothing but what a wall clock shows."""
    found = []
    for number in range(count):
        wall = (begin + timedelta(minutes=number)).astimezone(WARSAW)
        minute = wall.hour * 60 + wall.minute
        week = hours.week or ()
        found.append(
            not hours.is_holiday(wall.date()) and any(a <= minute < b for a, b in week[wall.weekday()])
        )
    return found


@given(_settings(), st.integers(0, 5 * 1440), st.integers(0, 5 * 1440))
def test_open_time_is_what_counting_minutes_gives(hours: HoursSettings, start: int, length: int) -> None:
    """Whatever the week, the holidays and the change of the clocks in spring."""
    working = WorkingHours(hours, WARSAW)
    begin = FIRST + timedelta(minutes=start)

    counted = sum(open_minutes(hours, begin, length)) * MINUTE

    assert working.between(_us(begin), _us(begin + timedelta(minutes=length))) == counted
    assert working.between(_us(begin + timedelta(minutes=length)), _us(begin)) == -counted


@given(_settings(), st.integers(0, 5 * 1440), st.integers(1, 600))
def test_time_that_passes_until_an_instant_has_passed_by_then(
    hours: HoursSettings, start: int, amount: int
) -> None:
    """The instant is the first of which that is true."""
    working, begin = WorkingHours(hours, WARSAW), _us(FIRST + timedelta(minutes=start))
    try:
        until = working.until(begin, amount * MINUTE)
    except Invalid:
        assert not any(spans for spans in hours.week or ())
        return

    assert working.between(begin, until) == amount * MINUTE
    assert working.between(begin, until - 1) < amount * MINUTE


def test_a_case_of_friday_evening_is_due_on_monday() -> None:
    """Four open hours after Friday 16:00, when it closes at 17:00 and opens on Monday at 9."""
    working = WorkingHours(HoursSettings(open={"mon-fri": "09:00-17:00"}), WARSAW)

    assert working.until(_local("2026-05-08T16:00"), 4 * 60 * MINUTE) == _local("2026-05-11T12:00")
    assert working.until(_local("2026-05-08T16:00"), 60 * MINUTE) == _local("2026-05-08T17:00")
    assert working.until(_local("2026-05-08T17:00"), 0) == _local("2026-05-11T09:00")
    assert not working.is_open(_local("2026-05-08T17:00"))
    assert working.is_open(_local("2026-05-11T09:00"))


def test_a_night_in_which_clocks_are_put_back_is_an_hour_longer() -> None:
    """Who is open all day on 25 October 2026 is open for 25 hours."""
    working = WorkingHours(HoursSettings(open={"mon-sun": "00:00-24:00"}), WARSAW)

    passed = working.between(_local("2026-10-25T00:00"), _local("2026-10-26T00:00"))

    assert passed == 25 * 60 * MINUTE


def test_who_never_opens_is_told_so() -> None:
    """No endless look for an hour that never comes."""
    working = WorkingHours(HoursSettings(open={"mon": ""}), WARSAW)

    with pytest.raises(Invalid, match="not open for so long"):
        working.until(_local("2026-05-08T16:00"), MINUTE)


def test_without_hours_every_hour_counts(crm: Crm) -> None:
    """A business that says nothing works around the clock."""
    assert crm.hours.always
    assert crm.hours.between(0, 7 * MINUTE) == 7 * MINUTE
