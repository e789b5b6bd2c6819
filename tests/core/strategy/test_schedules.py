"""When rules run, by the wall clock of the business."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from crmkit.core.errors import Invalid
from crmkit.core.instants import format_instant, parse_instant
from crmkit.core.strategy.schedules import parse_schedule

WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str) -> int:
    """The instant of a local time in Warsaw."""
    return parse_instant(text, WARSAW, 0)


@pytest.mark.parametrize(
    ("text", "now", "occasion", "due"),
    [
        ("daily at 09:00", "2026-05-04 09:00", "2026-05-04", "2026-05-04 09:00"),
        ("daily at 09:00", "2026-05-04 08:59", "2026-05-03", "2026-05-03 09:00"),
        ("Every  day at 9:00", "2026-05-04 12:00", "2026-05-04", "2026-05-04 09:00"),
        ("weekdays at 07:30", "2026-05-03 12:00", "2026-05-01", "2026-05-01 07:30"),
        ("every monday at 08:00", "2026-05-10 23:00", "2026-05-04", "2026-05-04 08:00"),
        ("weekly on sunday", "2026-05-04 00:00", "2026-05-03", "2026-05-03 00:00"),
        ("monthly", "2026-05-04 00:00", "2026-05", "2026-05-01 00:00"),
        ("monthly on 15 at 10:00", "2026-05-04 00:00", "2026-04", "2026-04-15 10:00"),
        ("monthly on last at 18:00", "2026-03-01 00:00", "2026-02", "2026-02-28 18:00"),
        ("every 30 minutes", "2026-05-04 10:44", "2026-05-04T08:30Z", "2026-05-04 10:30"),
        ("hourly", "2026-05-04 10:44", "2026-05-04T08:00Z", "2026-05-04 10:00"),
    ],
)
def test_the_turn_that_was_due_last(text: str, now: str, occasion: str, due: str) -> None:
    """A turn has a name, by which what is done in it is done once, and begins at a time on the wall."""
    found = parse_schedule(text).latest(at(now), WARSAW)
    assert found is not None
    assert (found.occasion, format_instant(found.due_at, WARSAW)) == (occasion, due)


def test_a_time_that_the_clocks_skip_is_the_first_moment_after_the_gap() -> None:
    """On 29 March 2026 there is no 02:30 in Warsaw."""
    found = parse_schedule("daily at 02:30").latest(at("2026-03-29 12:00"), WARSAW)
    assert found is not None
    assert format_instant(found.due_at, WARSAW) == "2026-03-29 03:00"


def test_a_time_that_the_clocks_show_twice_comes_once() -> None:
    """On 25 October 2026 it is 02:30 twice in Warsaw, and one turn."""
    schedule = parse_schedule("daily at 02:30")
    first = schedule.next(at("2026-10-25 00:00"), WARSAW)
    assert schedule.next(first.due_at, WARSAW).occasion == "2026-10-26"


def test_the_next_turn_follows_the_last_one() -> None:
    """What is due now is not next."""
    schedule = parse_schedule("every monday at 08:00")
    assert schedule.next(at("2026-05-04 08:00"), WARSAW).occasion == "2026-05-11"
    assert parse_schedule("every 6 hours").next(at("2026-05-04 08:00"), WARSAW).due_at == at(
        "2026-05-04 14:00"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sometimes",
        "daily at 25:00",
        "monthly on 30",
        "every 7 minutes",
        "every 0 hours",
        "every 1 minute",
    ],
)
def test_what_is_no_schedule_is_refused_with_examples(text: str) -> None:
    """The error says what was written, and the hint how to write one."""
    with pytest.raises(Invalid) as refused:
        parse_schedule(text)
    assert refused.value.hint


def test_a_misspelt_day_is_recognised() -> None:
    """The nearest day of the week is suggested."""
    with pytest.raises(Invalid, match='"munday"') as refused:
        parse_schedule("every munday at 09:00")
    assert "monday" in str(refused.value.hint)
