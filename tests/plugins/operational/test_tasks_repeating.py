"""Rules by which tasks come again: read however people write them, and counted as a calendar counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Invalid
from crmkit.plugins.operational.tasks.repeating import Repeat, parse_repeat
from crmkit.plugins.operational.tasks.when import parse_clock, parse_day

DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
RULES = st.one_of(
    st.builds(Repeat, unit=st.just("day"), count=st.integers(1, 40)),
    st.builds(
        Repeat,
        unit=st.just("week"),
        count=st.integers(1, 6),
        days=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(Repeat, unit=st.just("month"), count=st.integers(1, 14), day=st.none() | st.integers(1, 31)),
    st.builds(Repeat, unit=st.just("year"), count=st.integers(1, 5)),
)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("daily", "every day"),
        ("Every 3 days", "every 3 days"),
        ("weekdays", "every weekday"),
        ("every Mon, thu", "every monday and thursday"),
        ("every other week", "every 2 weeks"),
        ("every 2 weeks on friday", "every 2 weeks on friday"),
        ("monthly", "every month"),
        ("every month on the 15th", "every month on day 15"),
        ("every month on the last day", "every month on day 31"),
        ("quarterly", "every 3 months"),
        ("every year on 02-29", "every year on 02-29"),
        ("rrule:freq=weekly;byday=MO,TH", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH"),
        ("FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=2", "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR"),
        ("RRULE:FREQ=DAILY;UNTIL=20260601T120000Z", "RRULE:FREQ=DAILY;UNTIL=20260601"),
    ],
)
def test_rules_are_written_in_one_way(written: str, text: str) -> None:
    """However it was said, a rule is kept in one form, which reads back as itself."""
    assert parse_repeat(written).text == text
    assert parse_repeat(text) == parse_repeat(written)


@pytest.mark.parametrize(
    "text",
    ["", "sometimes", "every 0 days", "every blue moon", "every month on day 32", "every year on 02-30"],
)
def test_what_is_no_rule(text: str) -> None:
    """What does not say how often is refused, with examples."""
    with pytest.raises(Invalid, match="how often") as caught:
        parse_repeat(text)
    assert "every monday" in caught.value.hint


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=HOURLY", "FREQ is one of"), ("RRULE:INTERVAL=2", "FREQ is one of"),
        ("FREQ=DAILY;COUNT=3", "UNTIL="),
        ("FREQ=WEEKLY;BYDAY=XX", "XX"), ("FREQ=DAILY;INTERVAL=0", "from 1 to 999"), ("RRULE:", "FREQ"),
        ("FREQ=MONTHLY;BYMONTHDAY=40", "up to 31"), ("FREQ=DAILY;BYHOUR=3", "BYHOUR"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no day is ever"), ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;BYMONTH=0", "up to 12"), ("FREQ=DAILY;INTERVAL=99999999999", "range"),
        ("FREQ=DAILY;UNTIL=soon", "soon"),
    ],
)  # fmt: skip
def test_what_is_no_rule_of_a_calendar(rule: str, said: str) -> None:
    """It is refused, with what is wrong and examples."""
    with pytest.raises(Invalid, match="not a rule of a calendar") as caught:
        parse_repeat(rule)
    assert said.upper() in caught.value.message.upper()
    assert "BYDAY=1FR" in caught.value.hint


@pytest.mark.parametrize(
    ("rule", "first", "following"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,TH", "2026-05-08", ["2026-05-11", "2026-05-14", "2026-05-18"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1FR", "2026-05-08", ["2026-06-05", "2026-07-03"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-05-08", ["2026-05-29", "2026-06-30"]),
        ("RRULE:FREQ=MONTHLY", "2026-01-31", ["2026-03-31", "2026-05-31"]),
        ("RRULE:FREQ=YEARLY", "2024-02-29", ["2028-02-29", "2032-02-29"]),
        ("RRULE:FREQ=YEARLY;INTERVAL=100", "2026-05-08", ["2126-05-08", "2226-05-08"]),
        ("RRULE:FREQ=DAILY;INTERVAL=3;UNTIL=20260513", "2026-05-08", ["2026-05-11", None]),
    ],
)
def test_rules_of_calendars(rule: str, first: str, following: list[str | None]) -> None:
    """They mean what they mean to a calendar: a day that a month has not is skipped, and a series may end."""
    repeat, day = parse_repeat(rule).anchored(date.fromisoformat(first)), date.fromisoformat(first)
    for wanted in following:
        found = parse_repeat(repeat.text).after(day, day)
        assert (found and str(found)) == wanted
        day = found or day


@pytest.mark.parametrize(
    ("rule", "first", "following"),
    [
        ("every month", "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("every year", "2024-02-29", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("every weekday", "2026-05-08", ["2026-05-11", "2026-05-12"]),
        ("every 2 weeks", "2026-05-08", ["2026-05-22", "2026-06-05"]),
        ("every 3 months", "2026-11-30", ["2027-02-28", "2027-05-30"]),
    ],
)
def test_ends_of_months_and_leap_years(rule: str, first: str, following: list[str]) -> None:
    """A month without the day has its last one instead, and the series does not forget the day."""
    repeat, day = parse_repeat(rule).anchored(date.fromisoformat(first)), date.fromisoformat(first)
    for wanted in following:
        found = parse_repeat(repeat.text).after(day, day)
        assert str(found) == wanted
        day = found or day


def belongs(rule: Repeat, due: date, day: date) -> bool:
    """Whether a day is in the series, asked of every day by itself."""
    rule = rule.anchored(due)
    if rule.unit == "day":
        return (day - due).days % rule.count == 0
    if rule.unit == "week":
        weeks = (day - timedelta(day.weekday()) - due + timedelta(due.weekday())).days // 7
        return day.weekday() in rule.days and weeks % rule.count == 0
    months = (day.year - due.year) * 12 + day.month - due.month
    step = rule.count * (12 if rule.unit == "year" else 1)
    is_last = (day + timedelta(1)).day == 1
    wanted = rule.day or 0
    return months % step == 0 and (day.day == wanted or (is_last and day.day < wanted))


@given(RULES, DAYS, st.integers(0, 800))
def test_the_next_is_the_first_of_the_series(rule: Repeat, due: date, later: int) -> None:
    """No day is skipped, and none is given that has passed: as if every day had been looked at."""
    done = due + timedelta(days=later)
    found = rule.after(due, done)
    assert found is not None
    assert found > done
    assert belongs(rule, due, found)
    between = (found - done).days
    assert not any(belongs(rule, due, done + timedelta(days=n)) for n in range(1, between))
    assert parse_repeat(rule.anchored(due).text).after(due, done) == found


@given(RULES, DAYS, st.integers(0, 800))
def test_calendars_understand_our_rules(rule: Repeat, due: date, later: int) -> None:
    """A calendar that reads the rule of a series names the same next day."""
    done = due + timedelta(days=later)
    rule = rule.anchored(due)
    assert parse_repeat(f"RRULE:{rule.rrule}").after(due, done) == rule.after(due, done)


def test_the_calendar_ends() -> None:
    """After the last year there is no next one."""
    assert parse_repeat("every year").after(date(9999, 6, 1), date(9999, 6, 1)) is None
    assert parse_repeat("every day").after(date(9999, 12, 31), date(9999, 12, 31)) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-05-08"), ("tomorrow", "2026-05-09"), ("friday", "2026-05-15"), ("mon", "2026-05-11"),
        ("next sunday", "2026-05-10"), ("+3d", "2026-05-11"), ("in 2 weeks", "2026-05-22"),
        ("2026-12-01", "2026-12-01"), ("1.12.2026", "2026-12-01"), ("2 days", "2026-05-10"),
    ],
)  # fmt: skip
def test_days_as_people_say_them(text: str, day: str) -> None:
    """On a Friday, friday is the next one."""
    assert str(parse_day(text, date(2026, 5, 8))) == day


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "+99999d", "32"])
def test_what_is_no_day(text: str) -> None:
    """It is refused with the ways to say one."""
    with pytest.raises(Invalid, match="is not a day"):
        parse_day(text, date(2026, 5, 8))


def test_times_of_day() -> None:
    """They are kept with two digits each."""
    assert parse_clock("9:05") == "09:05"
    with pytest.raises(Invalid, match="time of day"):
        parse_clock("24:00")
