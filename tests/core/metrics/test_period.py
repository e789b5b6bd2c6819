"""Periods by their names."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.instants import local_date
from crmkit.core.metrics.period import days_after, parse_period
from crmkit.core.predicates.duration import Duration

TODAY = date(2026, 5, 31)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-05-01", "2026-05-01", "2026-05-02"),
        ("today", "2026-05-31", "2026-06-01"),
        ("yesterday", "2026-05-30", "2026-05-31"),
        ("this month", "2026-05-01", "2026-06-01"),
        ("last month", "2026-04-01", "2026-05-01"),
        ("this quarter", "2026-04-01", "2026-07-01"),
        ("previous year", "2025-01-01", "2026-01-01"),
        ("this week", "2026-05-25", "2026-06-01"),
        ("Last 7 days", "2026-05-25", "2026-06-01"),
        ("last 3 months", "2026-03-01", "2026-06-01"),
        ("since 2026-05-30", "2026-05-30", "2026-06-01"),
        ("from 2026-01-01 to 2026-02-01", "2026-01-01", "2026-02-01"),
        ("2026-01-01..2026-02-01", "2026-01-01", "2026-02-01"),
    ],
)
def test_a_period_is_the_days_that_people_mean(text: str, start: str, end: str) -> None:
    """The first day is in it, the last named one of a range is not, today is in what ends now."""
    period = parse_period(text, TODAY)
    assert (period.start, period.end) == (date.fromisoformat(start), date.fromisoformat(end))


def test_a_period_is_called_as_it_was_named() -> None:
    """Only the letter of a quarter or a week is made large."""
    named = ["2026-q1", "2026-w02", "2026-01-01 to 2026-02-01", "since 1.5.2026"]
    assert [str(parse_period(text, TODAY)) for text in named] == ["2026-Q1", "2026-W02", *named[2:]]


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-W54", "last 0 days", "from 2026-02-01 to 2026-01-01", "soon"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    """The error shows what a period looks like."""
    with pytest.raises(Invalid, match="period"):
        parse_period(text, TODAY)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2026-03", "2026-02-01"),
        ("2026-Q1", "2025-10-01"),
        ("last 10 days", "2026-05-12"),
        ("2026", "2025-01-01"),
    ],
)
def test_the_period_before_ends_where_this_one_begins(text: str, start: str) -> None:
    """A month follows a month, however long; days follow as many days."""
    period = parse_period(text, TODAY)
    assert period.previous().start == date.fromisoformat(start)
    assert period.previous().end == period.start


@given(
    st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["Europe/Warsaw", "America/Santiago", "UTC"]),
)
def test_the_bounds_of_a_day_are_its_first_instant_and_the_first_after_it(day: date, zone: str) -> None:
    """Also on the days that the clocks are changed, at midnight even."""
    tz = ZoneInfo(zone)
    start, end = parse_period(day.isoformat(), TODAY).bounds(tz)
    assert (local_date(start, tz), local_date(end - 1, tz)) == (day, day)
    assert local_date(end, tz) == day + timedelta(days=1)


def test_a_month_after_the_31st_is_the_last_of_the_next_month() -> None:
    """Windows that are followed end on a day that exists."""
    assert days_after(date(2026, 1, 31), Duration(1, "month")) == date(2026, 2, 28)
    assert days_after(date(2024, 2, 29), Duration(1, "year")) == date(2025, 2, 28)
