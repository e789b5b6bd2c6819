"""Amounts of working time as people write them: `4 hours`, `2 days`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.plugin import _, phrase

if TYPE_CHECKING:
    from crmkit.plugin import WorkingHours

MINUTE: Final = 60_000_000
_DAY_AND_NIGHT: Final = 24 * 60
_UNITS: Final = {"minute": 1, "hour": 60}
_WRITTEN: Final = re.compile(r"(\d{1,6}) (minute|hour|day|week)s?")


@frozen
class WorkingTime:
    """`amount` of `unit`: minute, hour, day or week.

    A day is as much as the business is open on its longest day, a week as much as in a whole one: with open
    hours from 09:00 to 17:00 a day is eight hours. Where it is always open they are those of the calendar.
    """

    amount: int
    unit: str

    def microseconds(self, hours: WorkingHours) -> int:
        """How much open time that is."""
        return self.amount * _minutes(self.unit, hours) * MINUTE


def working_time(text: str) -> WorkingTime:
    """The amount that `text` writes down. Raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not int(found[1]):
        raise ValueError(
            phrase(
                '"{text}" is no working time such as "30 minutes", "4 hours", "2 days", "1 week"', text=text
            )
        )
    return WorkingTime(int(found[1]), found[2])


def said(microseconds: int) -> str:
    """An amount of time in words: `3 h 20 min`, `45 min`."""
    hours, minutes = divmod(max(0, microseconds) // MINUTE, 60)
    if not hours:
        return _("{minutes} min", minutes=minutes)
    if not minutes:
        return _("{hours} h", hours=hours)
    return _("{hours} h {minutes} min", hours=hours, minutes=minutes)


def _minutes(unit: str, hours: WorkingHours) -> int:
    if unit in _UNITS:
        return _UNITS[unit]
    week = hours.settings.week
    days = [_DAY_AND_NIGHT] * 7 if week is None else [sum(e - b for b, e in spans) for spans in week]
    return max(days) if unit == "day" else sum(days)
