"""Periods of local days, as people name them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta, tzinfo
from typing import Final

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.instants import FIRST_INSTANT, day_bounds, parse_date
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import Duration, start_of

LAST: Final = re.compile(r"last ([1-9][0-9]{0,4}) (day|week|month|quarter|year)s?")
_NEAR: Final = re.compile(r"(this|last|previous) (week|month|quarter|year)")
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_QUARTER: Final = re.compile(r"([0-9]{4})-q([1-4])")
_WEEK: Final = re.compile(r"([0-9]{4})-w([0-9]{2})")
_YEAR: Final = re.compile(r"[0-9]{4}")
_BETWEEN: Final = re.compile(r"(?:from )?(\S+) ?(?:to|\.\.) ?(\S+)")
_NUMBERED: Final = re.compile(r"(?<=^[0-9]{4}-)[qw](?=[0-9])")
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


@frozen
class Period:
    """The local days from `start` (None: from the very first) up to, and not with, `end`.

    `text` is how it was named. `unit` and `amount` tell calendar periods, whose predecessor may be longer or
    shorter: one `month`, three months for a quarter.
    """

    start: date | None
    end: date
    text: str = field(default="", eq=False)
    unit: str = field(default="day", eq=False)
    amount: int = field(default=0, eq=False)

    @property
    def days(self) -> int | None:
        """How many days it has."""
        return None if self.start is None else (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    def bounds(self, tz: tzinfo) -> tuple[int, int]:
        """Its first instant, and the first after it, in `tz`."""
        start = FIRST_INSTANT if self.start is None else day_bounds(self.start, tz)[0]
        return start, day_bounds(self.end, tz)[0]

    def previous(self) -> Period:
        """The period before, which ends where this one starts. Raises `Invalid` where there is none."""
        if self.start is None:
            raise Invalid("Nothing comes before all time", hint="Name a period, such as: --period 2026-05")
        if self.amount:
            start = _moved(self.start, self.unit, -self.amount)
        else:
            start = self.start - timedelta(days=(self.end - self.start).days)
        return Period(start, self.start, _told(start, self.start), self.unit, self.amount)

    def __str__(self) -> str:
        return self.text or _told(self.start, self.end)


def parse_period(text: str, today: date) -> Period:
    """The period that `text` names, on the local day `today`.

    `2026`, `2026-Q1`, `2026-05`, `2026-W07`, `2026-05-01`, `today`, `yesterday`, `this month`, `last month`
    (the calendar's before this one), `last 90 days` (today is the last of them), `from 2026-01-01 to
    2026-04-01` (the second day is no longer in it), `since 2026-01-01`, `all time`. Raises `Invalid`.
    """
    written = " ".join(text.split()).lower()
    try:
        found = _named(written, today) or _calendar(written) or _between(written, today)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Invalid(
            phrase("{text} is not a period", text=quoted(text)),
            hint="Write one such as: last 90 days, this month, 2026-05, 2026-Q1, 2026, "
            "from 2026-01-01 to 2026-04-01, all time",
            value=text,
        )
    start, end, unit, amount = found
    if start is not None and start >= end:
        raise Invalid(
            phrase("The period {text} ends before it begins", text=quoted(text)),
            hint="The first day comes first.",
        )
    return Period(start, end, _NUMBERED.sub(lambda found: found[0].upper(), written), unit, amount)


def days_after(day: date, length: Duration) -> date:
    """The day that lies `length` after `day`; the last of the month where that has no such day."""
    match length.unit:
        case "hour":
            return day + timedelta(days=-(-length.amount // 24))
        case "day" | "week":
            return day + timedelta(days=length.amount * (7 if length.unit == "week" else 1))
    months = length.amount * _MONTHS[length.unit]
    first = _moved(day.replace(day=1), "month", months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


_Found = tuple[date | None, date, str, int]


def _named(written: str, today: date) -> _Found | None:
    tomorrow = today + timedelta(days=1)
    if written in ("today", "yesterday"):
        day = parse_date(written, today)
        return day, day + timedelta(days=1), "day", 0
    if written in ("all time", "ever"):
        return None, tomorrow, "day", 0
    if written.startswith("since "):
        return parse_date(written[6:], today), tomorrow, "day", 0
    if found := LAST.fullmatch(written):
        return _back(tomorrow, int(found[1]), found[2]), tomorrow, "day", 0
    if found := _NEAR.fullmatch(written):
        unit = found[2]
        start = _start(unit, today)
        if found[1] != "this":
            start = _moved(start, *_unit(unit, -1))
        return start, _moved(start, *_unit(unit, 1)), *_unit(unit, 1)
    return None


def _calendar(written: str) -> _Found | None:
    if found := _QUARTER.fullmatch(written):
        start = date(int(found[1]), int(found[2]) * 3 - 2, 1)
        return start, _moved(start, "month", 3), "month", 3
    if found := _MONTH.fullmatch(written):
        start = date(int(found[1]), int(found[2]), 1)
        return start, _moved(start, "month", 1), "month", 1
    if found := _WEEK.fullmatch(written):
        start = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return start, start + timedelta(days=7), "day", 0
    if _YEAR.fullmatch(written):
        start = date(int(written), 1, 1)
        return start, _moved(start, "month", 12), "month", 12
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        day = date.fromisoformat(written)
        return day, day + timedelta(days=1), "day", 0
    return None


def _between(written: str, today: date) -> _Found | None:
    found = _BETWEEN.fullmatch(written)
    return (parse_date(found[1], today), parse_date(found[2], today), "day", 0) if found else None


def _back(end: date, amount: int, unit: str) -> date:
    if unit == "quarter":
        amount, unit = amount * 3, "month"
    return Duration(amount, unit).days_before(end)


def _start(unit: str, day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1) if unit == "quarter" else start_of(unit, day)


def _unit(unit: str, amount: int) -> tuple[str, int]:
    return ("day", 7 * amount) if unit == "week" else ("month", _MONTHS[unit] * amount)


def _moved(day: date, unit: str, amount: int) -> date:
    """`day`, the first of its month where months are counted, moved by calendar units."""
    if unit == "day":
        return day + timedelta(days=amount)
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, day.day)


def _told(start: date | None, end: date) -> str:
    return f"from {start} to {end}" if start else f"until {end}"
