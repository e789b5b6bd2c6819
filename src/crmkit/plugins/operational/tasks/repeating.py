"""Rules by which a task comes again: `every 2 weeks on monday`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NoReturn

from attrs import evolve, frozen

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.operational.tasks.rrule import PREFIX, CalendarRule, parse_rrule

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS: Final = (0, 1, 2, 3, 4)
_LAST: Final = 31
_SHORTEST: Final = 28
_MOST: Final = 999
_WORDS: Final = {
    "daily": "every day", "weekly": "every week", "monthly": "every month", "yearly": "every year",
    "annually": "every year", "fortnightly": "every 2 weeks", "quarterly": "every 3 months",
    "weekdays": "every weekday", "every weekdays": "every weekday", "every quarter": "every 3 months",
}  # fmt: skip
_EVERY: Final = re.compile(
    r"every (?:(?P<count>[0-9]{1,3}|other) )?(?P<unit>day|week|month|year)s?(?: on (?:the )?(?P<on>.+))?"
)


@frozen(kw_only=True)
class Repeat:
    """A rule: every so many `unit`s (day, week, month or year).

    Weeks name their `days` (0 is Monday). Months name the day of the month, years the month as well: in a
    month that is shorter it is the last day, so that 31 means the last day of every month.
    """

    unit: str
    count: int = 1
    days: tuple[int, ...] = ()
    day: int | None = None
    month: int | None = None

    @property
    def text(self) -> str:
        """The one way to write it; `parse` reads it."""
        if self.unit == "week" and self.count == 1 and self.days == _WEEKDAYS:
            return "every weekday"
        if self.unit == "week" and self.count == 1 and self.days:
            return f"every {_listed(self.days)}"
        often = f"every {self.unit}" if self.count == 1 else f"every {self.count} {self.unit}s"
        if self.days:
            return f"{often} on {_listed(self.days)}"
        if self.month is not None:
            return f"{often} on {self.month:02}-{self.day:02}"
        return often if self.day is None else f"{often} on day {self.day}"

    def anchored(self, due: date) -> Repeat:
        """The rule with the day that it takes from the first task: of the week, month or year."""
        if self.unit == "week" and not self.days:
            return evolve(self, days=(due.weekday(),))
        if self.unit == "month" and self.day is None:
            return evolve(self, day=due.day)
        if self.unit == "year" and self.day is None:
            return evolve(self, month=due.month, day=due.day)
        return self

    @property
    def rrule(self) -> str:
        """The rule, once anchored, as calendars write it (RFC 5545): `FREQ=WEEKLY;BYDAY=MO,TH`."""
        parts = {"day": "FREQ=DAILY", "week": "FREQ=WEEKLY", "month": "FREQ=MONTHLY", "year": "FREQ=YEARLY"}
        said = [parts[self.unit]]
        if self.count > 1:
            said.append(f"INTERVAL={self.count}")
        if self.days:
            said.append(f"BYDAY={','.join(DAYS[day][:2].upper() for day in self.days)}")
        if self.month is not None:
            said.append(f"BYMONTH={self.month}")
        if self.day is not None and self.day > _SHORTEST:
            # The last of those that the month has.
            days = ",".join(str(day) for day in range(_SHORTEST, self.day + 1))
            said.append(f"BYMONTHDAY={days};BYSETPOS=-1")
        elif self.day is not None:
            said.append(f"BYMONTHDAY={self.day}")
        return ";".join(said)

    def after(self, due: date, day: date) -> date | None:
        """The first day of the series after both `due` and `day`; None beyond the calendar."""
        later = max(due, day)
        try:
            return next((each for each in self.anchored(due).from_(due, later) if each > later), None)
        except (OverflowError, ValueError):  # past the year 9999
            return None

    def from_(self, due: date, later: date) -> Iterator[date]:
        """Days of an anchored series that `due` belongs to, from about `later` on. Never ends by itself."""
        if self.unit == "day":
            passed = (later - due).days // self.count
            while True:
                yield due + timedelta(days=passed * self.count)
                passed += 1
        elif self.unit == "week":
            yield from self._weeks(due, later)
        else:
            yield from self._months(due, later)

    def _weeks(self, due: date, later: date) -> Iterator[date]:
        first = due - timedelta(days=due.weekday())
        passed = (later - first).days // (7 * self.count)
        while True:
            monday = first + timedelta(weeks=passed * self.count)
            yield from (monday + timedelta(days=day) for day in self.days)
            passed += 1

    def _months(self, due: date, later: date) -> Iterator[date]:
        step = self.count * (12 if self.unit == "year" else 1)
        first = due.year * 12 + (due.month if self.month is None else self.month) - 1
        # One step earlier where the month of a year is not that of `due`: a postponed one.
        passed = max(-1, (later.year * 12 + later.month - 1 - first) // step)
        while True:
            year, month = divmod(first + passed * step, 12)
            last = monthrange(year, month + 1)[1]
            yield date(year, month + 1, min(self.day or 1, last))
            passed += 1


def parse_repeat(text: str) -> Repeat | CalendarRule:
    """The rule that a text says, in any of the ways people or calendars write it. Raises `Invalid`."""
    if text.lstrip().upper().startswith((PREFIX, "FREQ=")):
        return parse_rrule(text)
    return _parse(text)


def _parse(text: str) -> Repeat:
    written = " ".join(text.lower().split())
    written = _WORDS.get(written, written)
    if written == "every weekday":
        return Repeat(unit="week", days=_WEEKDAYS)
    found = _EVERY.fullmatch(written)
    if found is None:
        days = _days(written.removeprefix("every ")) if written.startswith("every ") else ()
        if not days:
            _refuse(text)
        return Repeat(unit="week", days=days)
    count = 2 if found["count"] == "other" else int(found["count"] or 1)
    if not 1 <= count <= _MOST:
        _refuse(text)
    plain = Repeat(unit=found["unit"], count=count)
    return plain if found["on"] is None else _on(plain, found["on"], text)


def _on(plain: Repeat, said: str, text: str) -> Repeat:
    if plain.unit == "week" and (days := _days(said)):
        return evolve(plain, days=days)
    if plain.unit == "month":
        if said == "last day":
            return evolve(plain, day=_LAST)
        number = re.fullmatch(r"(?:day )?([0-9]{1,2})(?:st|nd|rd|th)?", said)
        if number and 1 <= int(number[1]) <= _LAST:
            return evolve(plain, day=int(number[1]))
    if plain.unit == "year" and (found := re.fullmatch(r"([0-9]{2})-([0-9]{2})", said)):
        month, day = int(found[1]), int(found[2])
        # 2000 was a leap year: 29 February is a day of the year.
        if 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]:
            return evolve(plain, month=month, day=day)
    return _refuse(text)


def _days(said: str) -> tuple[int, ...]:
    """The days of the week that a text lists, such as `monday and thursday`; none if it says more."""
    names = [each for each in re.split(r",| and ", said) if each.strip()]
    found = [day_named(each) for each in names]
    return tuple(sorted({day for day in found if day is not None})) if None not in found else ()


def day_named(text: str) -> int | None:
    """The day of the week of its name, or of the first three letters of it."""
    word = text.strip().lower()
    matching = [place for place, name in enumerate(DAYS) if word in (name, name[:3], f"{name}s")]
    return matching[0] if matching else None


def _listed(days: tuple[int, ...]) -> str:
    names = [DAYS[day] for day in days]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _refuse(text: str) -> NoReturn:
    raise Invalid(
        phrase('"{text}" does not say how often', text=text),
        hint='Write "every day", "every weekday", "every monday", "every 2 weeks", "every month", '
        '"every month on day 31", "every year" or a calendar\'s "RRULE:FREQ=MONTHLY;BYDAY=1FR".',
    )
