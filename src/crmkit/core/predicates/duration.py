"""A length of time as people say it: 90 days, 1 year."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.instants import FIRST_INSTANT, LAST_INSTANT, day_bounds, format_instant, parse_instant
from crmkit.core.phrase import phrase

UNITS: Final = ("hour", "day", "week", "month", "year")
LONGEST_YEARS: Final = 1000
_HOUR: Final = 3_600_000_000
_PER_YEAR: Final = {"hour": 8784, "day": 366, "week": 53, "month": 12, "year": 1}


@frozen
class Duration:
    """`amount` (whole, from 0) of `unit`: hour, day, week, month or year.

    Hours are exact. Days and longer units are the calendar's, in the business's time zone: a day before noon
    is noon, whether 23, 24 or 25 hours lie between; a month before 31 March is the last day of February.
    """

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    @property
    def is_too_long(self) -> bool:
        """Whether it exceeds a thousand years."""
        return self.amount > LONGEST_YEARS * _PER_YEAR[self.unit]

    def before(self, instant: int, tz: tzinfo) -> int:
        """The instant that lies this long before `instant`; the calendar's first where there is none."""
        if self.unit == "hour":
            return max(FIRST_INSTANT, instant - self.amount * _HOUR)
        if not self.amount:
            return instant
        wall = datetime.fromisoformat(format_instant(instant, tz, exact=True)).replace(tzinfo=None)
        try:
            day = self.days_before(wall.date())
            moved = datetime.combine(day, wall.time())
            return parse_instant(moved.isoformat(), tz, instant)
        except Invalid:
            return FIRST_INSTANT

    def days_before(self, day: date) -> date:
        """The date that lies this long before `day`; the calendar's first where there is none."""
        try:
            if self.unit in ("day", "week"):
                return day - timedelta(days=self.amount * (7 if self.unit == "week" else 1))
            if self.unit == "hour":
                return day - timedelta(hours=self.amount)
            return _months_before(day, self.amount * (12 if self.unit == "year" else 1))
        except (OverflowError, ValueError):
            return date.min

    def after(self, instant: int, tz: tzinfo) -> int:
        """The instant that lies this long after `instant`; the calendar's last where there is none.

        A month after 31 January is the last day of February.
        """
        if self.unit == "hour":
            return min(LAST_INSTANT, instant + self.amount * _HOUR)
        if not self.amount:
            return instant
        wall = datetime.fromisoformat(format_instant(instant, tz, exact=True)).replace(tzinfo=None)
        try:
            moved = datetime.combine(self.days_after(wall.date()), wall.time())
            return parse_instant(moved.isoformat(), tz, instant)
        except (Invalid, OverflowError, ValueError):
            return LAST_INSTANT

    def days_after(self, day: date) -> date:
        """The date that lies this long after `day`. Raises `OverflowError` or `ValueError` beyond 9999."""
        if self.unit in ("day", "week"):
            return day + timedelta(days=self.amount * (7 if self.unit == "week" else 1))
        if self.unit == "hour":
            return day + timedelta(hours=self.amount)
        return _months_before(day, -self.amount * (12 if self.unit == "year" else 1))


def parse_duration(text: str) -> Duration:
    """The length of time that `90 days` or `1 year` says. Raises ValueError for anything else."""
    amount, _, unit = " ".join(text.split()).partition(" ")
    name = unit.lower().removesuffix("s")
    if amount.isascii() and amount.isdigit() and len(amount) <= 8 and name in UNITS:
        found = Duration(int(amount), name)
        if found.amount and not found.is_too_long:
            return found
    raise ValueError(phrase("{text!r} is no length of time such as 90 days or 1 year", text=text))


def start_of(unit: str, day: date) -> date:
    """The first day of the day, week (Monday), month or year that `day` is in."""
    if unit == "week":
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def first_moment(day: date, tz: tzinfo) -> int:
    """The instant at which `day` begins in `tz`."""
    return day_bounds(day, tz)[0]


def after_last_moment(day: date, tz: tzinfo) -> int:
    """The first instant after `day` in `tz`."""
    return day_bounds(day, tz)[1]


def birthdays(today: date, within: int) -> tuple[str, ...]:
    """`MM-DD` of every anniversary from `today` to `within` days later; 29 February is kept on the 28th."""
    found: dict[str, None] = {}
    for offset in range(min(within, 366) + 1):
        try:
            day = today + timedelta(days=offset)
        except OverflowError:
            break
        found[f"{day.month:02d}-{day.day:02d}"] = None
        if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
            found["02-29"] = None
    return tuple(found)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
