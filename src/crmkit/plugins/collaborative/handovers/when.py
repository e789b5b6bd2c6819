"""By when something is promised, as people say it: `friday`, `friday 14:00`, `2 days`, `4 hours`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from crmkit import Invalid
from crmkit.plugin import instant_of, parse_date, phrase, today_of, zone_of
from crmkit.plugins.collaborative.handovers.open_time import open_time

if TYPE_CHECKING:
    from crmkit import Crm

_NEAR: Final = {"today": 0, "tomorrow": 1}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST: Final = 3
_AHEAD: Final = re.compile(r"(?:\+|in )?([0-9]{1,4}) ?(?:(d)(?:ays?)?|(w)(?:eeks?)?)")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_LAST_MINUTE: Final = 24 * 60 - 1


def parse_by(text: str, crm: Crm) -> int:
    """The instant by which something is promised, by the business's clock.

    A day (`today`, `friday`, `2 days`, `2026-12-01`) is meant until the end of its working hours; one on
    which the business is closed, or always open, until 23:59. `friday 14:00` is a time on it; `4 hours` and
    `30 minutes` are working time from now. Raises `Invalid`.
    """
    said = " ".join(text.lower().split())
    if re.search(r"(minute|hour)s?$", said):
        try:
            return open_time(said.removeprefix("in ")).after(crm.clock.now(), crm.hours)
        except ValueError:
            raise _refused(text) from None
    first, _, last = said.replace("t", " ", 1).rpartition(" ") if _is_iso(said) else said.rpartition(" ")
    clock = _CLOCK.fullmatch(last)
    if clock is None:
        return end_of_work(_day(said, text, today_of(crm)), crm)
    day = _day(first or "today", text, today_of(crm))
    try:
        return instant_of(datetime.combine(day, time(int(clock[1]), int(clock[2]))), zone_of(crm))
    except ValueError:
        raise _refused(text) from None


def end_of_work(day: date, crm: Crm) -> int:
    """The instant at which the working hours of a day end; 23:59 where it has none, or has no end."""
    hours = crm.hours.settings
    closed = hours.week is None or hours.is_holiday(day)
    minute = (
        0 if closed or hours.week is None else max((end for _, end in hours.week[day.weekday()]), default=0)
    )
    days, minute = divmod(minute or _LAST_MINUTE, 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60))
    return instant_of(wall, zone_of(crm))


def _is_iso(said: str) -> bool:
    return re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}t", said) is not None


def _day(said: str, text: str, today: date) -> date:
    said = said.removeprefix("next ")
    try:
        if said in _NEAR:
            return today + timedelta(days=_NEAR[said])
        weekday = next((number for number, name in enumerate(_WEEKDAYS) if name.startswith(said)), None)
        if weekday is not None and len(said) >= _SHORTEST:
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
        if found := _AHEAD.fullmatch(said):
            return today + timedelta(days=int(found[1]) * (7 if found[3] else 1))
        return parse_date(said)
    except (ValueError, OverflowError):
        raise _refused(text) from None


def _refused(text: str) -> Invalid:
    return Invalid(
        phrase('"{text}" is no time by which something can be promised', text=text),
        hint='Write friday, tomorrow 14:00, "2 days", "4 hours", 2026-12-01 or "2026-12-01 14:00".',
    )
