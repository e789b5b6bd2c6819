"""Instants and dates as people write and read them."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.instants import (
    FIRST_INSTANT,
    LAST_INSTANT,
    day_bounds,
    format_instant,
    local_date,
    parse_date,
    parse_instant,
    zone,
)

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Warsaw", "America/New_York", "Asia/Karachi", "Pacific/Apia",
                 "Australia/Lord_Howe", "Pacific/Kiritimati", "America/Sao_Paulo", "Europe/Amsterdam")
]  # fmt: skip
NOW = 1_777_890_600_000_000  # 4 May 2026, 12:30 in Warsaw


def utc(*parts: int) -> int:
    """The instant of a UTC date and time."""
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-01", utc(2026, 4, 30, 22)),
        ("2026-05-01 10:00", utc(2026, 5, 1, 8)),
        ("2026-05-01T10:00", utc(2026, 5, 1, 8)),
        (" 2026-05-01 10:00:05 ", utc(2026, 5, 1, 8, 0, 5)),
        ("2026-05-01 10:00:05.25", utc(2026, 5, 1, 8, 0, 5, 250_000)),
        ("2026-05-01T10:00:05.123456789Z", utc(2026, 5, 1, 10, 0, 5, 123_456)),
        ("2026-05-01T10:00:00Z", utc(2026, 5, 1, 10)),
        ("2026-05-01t10:00:00z", utc(2026, 5, 1, 10)),
        ("2026-05-01 10:00+05:00", utc(2026, 5, 1, 5)),
        ("2026-05-01 10:00 -0330", utc(2026, 5, 1, 13, 30)),
        ("2026-05-01T10:00+05", utc(2026, 5, 1, 5)),
        ("now", NOW),
        ("Today", utc(2026, 5, 3, 22)),
        ("today 14:30", utc(2026, 5, 4, 12, 30)),
        ("yesterday", utc(2026, 5, 2, 22)),
        ("yesterday 09:15:01", utc(2026, 5, 3, 7, 15, 1)),
        ("tomorrow 00:00", utc(2026, 5, 4, 22)),
        ("0001-01-01T00:00Z", FIRST_INSTANT),
        ("9999-12-31T23:59:59.999999Z", LAST_INSTANT),
        ("12.9.2001 10:00", parse_instant("2001-09-12 10:00", WARSAW, NOW)),
    ],
)
def test_parse_instant(text: str, instant: int) -> None:
    """Dates, times, offsets and a few words name an instant, in the given zone where no offset is written."""
    assert parse_instant(text, WARSAW, NOW) == instant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not read"),
        ("01/05/2026", "does not read"),
        ("2026-5-1", "does not read"),
        ("20260501", "does not read"),
        ("2026-W18-5", "does not read"),
        ("2026-05-01x10:00", "does not read"),
        ("2026-05-01 10", "does not read"),
        ("2026-05-01 1000", "does not read"),
        ("٢٠٢٦-٠٥-٠١", "does not read"),
        ("now 10:00", "does not read"),
        ("2026-02-30", "no such day"),
        ("2026-13-01 10:00", "no such day"),
        ("0000-01-01", "no such day"),
        ("2026-05-01 24:00", "no such time"),
        ("2026-05-01 10:60", "no such time"),
        ("today 25:00", "no such time"),
        ("2026-05-01 10:00+25:00", "offset"),
        ("0001-01-01 00:00", "1 to 9999"),
        ("9999-12-31T23:59:59-01:00", "1 to 9999"),
    ],
)
def test_what_is_no_instant_is_refused_with_the_reason(text: str, reason: str) -> None:
    """A mistake is quoted, explained and shown how to write."""
    with pytest.raises(Invalid, match=reason) as refused:
        parse_instant(text, WARSAW, NOW)
    assert f'"{text}"' in refused.value.message
    assert "2026-05-01" in refused.value.hint


@given(st.text("0123456789-:TZ+. todayw", max_size=30) | st.text(max_size=30), st.sampled_from(ZONES))
def test_any_text_is_an_instant_or_refused(text: str, tz: ZoneInfo) -> None:
    """No text makes anything but an instant in range or `Invalid`."""
    with contextlib.suppress(Invalid):
        assert FIRST_INSTANT <= parse_instant(text, tz, NOW) <= LAST_INSTANT


def test_a_skipped_time_means_the_first_moment_after_the_gap() -> None:
    """In the night when clocks go forward, every skipped time is the moment at which they did."""
    after = utc(2026, 3, 29, 1)
    for text in ("02:00", "02:00:01", "02:30", "02:59:59.999999"):
        assert parse_instant(f"2026-03-29 {text}", WARSAW, NOW) == after
    assert parse_instant("2026-03-29 01:59:59", WARSAW, NOW) == after - 1_000_000
    assert parse_instant("2026-03-29 03:00", WARSAW, NOW) == after


def test_a_doubled_time_means_the_first() -> None:
    """In the night when clocks go back, a time that comes twice is the first of the two."""
    assert parse_instant("2026-10-25 02:30", WARSAW, NOW) == utc(2026, 10, 25, 0, 30)
    assert parse_instant("2026-10-25 03:00", WARSAW, NOW) == utc(2026, 10, 25, 2)


def test_a_day_that_begins_in_a_gap_begins_after_it() -> None:
    """Where midnight itself is skipped, the day begins at the first time there is."""
    sao_paulo = ZoneInfo("America/Sao_Paulo")
    start, end = day_bounds(date(2018, 11, 4), sao_paulo)
    assert start == utc(2018, 11, 4, 3)
    assert end - start == 23 * 3_600_000_000


def test_a_skipped_day_is_empty() -> None:
    """Samoa had no 30 December 2011: nothing happened on it, and the next day begins where it would have."""
    apia = ZoneInfo("Pacific/Apia")
    start, end = day_bounds(date(2011, 12, 30), apia)
    assert start == end == utc(2011, 12, 30, 10)
    assert day_bounds(date(2011, 12, 31), apia)[0] == end


def test_days_have_23_24_or_25_hours() -> None:
    """The bounds of a day follow the clocks of its zone."""
    days = (date(2026, 3, 29), date(2026, 5, 1), date(2026, 10, 25))
    hours = [(end - start) / 3_600_000_000 for start, end in (day_bounds(day, WARSAW) for day in days)]
    assert hours == [23, 24, 25]


@given(st.dates(), st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap_or_overlap(day: date, tz: ZoneInfo) -> None:
    """Where one day ends the next begins, from the year 1 to 9999."""
    start, end = day_bounds(day, tz)
    assert start <= end
    if day < date.max:
        assert end == day_bounds(day + timedelta(days=1), tz)[0] or end == LAST_INSTANT + 1
    else:
        assert end == LAST_INSTANT + 1 or tz.utcoffset(datetime(9999, 12, 31)) > timedelta()  # type: ignore[operator]  # noqa: DTZ001


@given(st.integers(utc(1900, 1, 1), utc(2200, 1, 1)), st.sampled_from(ZONES))
def test_an_instant_lies_within_its_local_day(us: int, tz: ZoneInfo) -> None:
    """The bounds of an instant's date hold the instant."""
    start, end = day_bounds(local_date(us, tz), tz)
    assert start <= us < end


@given(
    st.integers(FIRST_INSTANT + 10**12, LAST_INSTANT - 10**12)
    | st.integers(utc(1880, 1, 1), utc(2100, 1, 1)),
    st.sampled_from(ZONES),
)
def test_the_exact_form_reads_back(us: int, tz: ZoneInfo) -> None:
    """What is written exactly is read back to the microsecond, in every zone and in doubled hours."""
    assert parse_instant(format_instant(us, tz, exact=True), UTC, NOW) == us


def test_format_instant() -> None:
    """People see local time to the minute; the exact form has seconds and offset."""
    assert format_instant(NOW, WARSAW) == "2026-05-04 12:30"
    assert format_instant(NOW + 1_500_000, WARSAW, exact=True) == "2026-05-04T12:30:01.500000+02:00"
    with pytest.raises(Invalid, match="cannot be shown"):
        format_instant(LAST_INSTANT + 1, WARSAW)
    with pytest.raises(Invalid, match="cannot be shown"):
        local_date(LAST_INSTANT, WARSAW)


def test_parse_date() -> None:
    """A date is written in ISO form, with dots and the day first, or as a word where today is known."""
    today = date(2026, 3, 1)
    assert parse_date("2024-02-29") == date(2024, 2, 29)
    assert parse_date("29.2.2024") == date(2024, 2, 29)
    assert parse_date(" Yesterday ", today) == date(2026, 2, 28)
    assert parse_date("tomorrow", today) == date(2026, 3, 2)
    for text in ("2026-02-29", "29.2.2026", "yesterday", "29/02/2024", "2024-02-29T10:00", ""):
        with pytest.raises(Invalid, match="is not a date"):
            parse_date(text)
    with pytest.raises(Invalid, match="1 to 9999"):
        parse_date("tomorrow", date.max)


def test_zone() -> None:
    """An IANA name gives its zone; anything else is refused without looking at other files."""
    assert zone("Europe/Warsaw") == WARSAW
    for name in ("Europe/Atlantis", "", "../etc/passwd", "/etc/passwd", "Europe", "a\x00b", "łódź"):
        with pytest.raises(Invalid, match="not a time zone"):
            zone(name)
