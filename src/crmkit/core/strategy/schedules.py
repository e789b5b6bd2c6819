"""When a rule runs: local wall time in the business's zone, worked out late, so that it survives a change of
the clocks.

A time that the clocks skip is the first moment after the gap; one that they show twice is the first of the
two, once.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.instants import format_instant, local_date, parse_instant
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase
from crmkit.core.predicates.duration import Duration

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MICROS: Final = 1_000_000
_STEPS: Final = {"minute": 60 * _MICROS, "hour": 3600 * _MICROS}
_AT: Final = r"(?: at (?P<at>\d{1,2}:\d{2}))?"
_DAILY: Final = re.compile(rf"(?P<days>daily|every day|on weekdays|weekdays){_AT}")
_WEEKLY: Final = re.compile(rf"(?:every|weekly on|on) (?P<day>[a-z]+){_AT}")
_MONTHLY: Final = re.compile(rf"monthly(?: on(?: day)? (?P<day>\d{{1,2}}|last))?{_AT}")
_STEPPED: Final = re.compile(r"every (?P<amount>\d{1,4}) (?P<unit>minute|hour)s?|hourly")
_HINT: Final = (
    'Write "daily at 09:00", "weekdays at 09:00", "every monday at 09:00", "monthly on 1 at 09:00", '
    '"monthly on last at 18:00" or "every 30 minutes".'
)
# Far enough to meet any weekday and the last day of the shortest month.
_LOOK_BACK: Final = 62


class Period(NamedTuple):
    """One turn of a schedule: its name, which is the occasion of what is done in it, and when it is due."""

    occasion: str
    due_at: int


class Words(NamedTuple):
    """What a schedule says: `kind` is daily, weekdays, weekly, monthly, minute or hour."""

    kind: str
    which: str
    at: str | None


@frozen
class Schedule:
    """A rule's turns; `text` is how it was written. Days decide by `falls_on`, others come every `step`."""

    text: str
    at: time = time(0)
    falls_on: Callable[[date], bool] | None = None
    by_month: bool = False
    step: int = 0

    def latest(self, now: int, tz: tzinfo) -> Period | None:
        """The turn that was due last at the instant `now`; None when there was none in two months."""
        if self.step:
            due = now - now % self.step
            return Period(_utc_name(due), due)
        today = local_date(now, tz)
        for back in range(_LOOK_BACK):
            day = today - timedelta(days=back)
            if self.falls_on is not None and self.falls_on(day):
                due = self._due(day, tz)
                if due <= now:
                    return Period(self._name(day), due)
        return None

    def next(self, now: int, tz: tzinfo) -> Period:
        """The first turn that is due after the instant `now`."""
        if self.step:
            due = now - now % self.step + self.step
            return Period(_utc_name(due), due)
        day = local_date(now, tz)
        while not (self.falls_on is not None and self.falls_on(day) and self._due(day, tz) > now):
            day += timedelta(days=1)
        return Period(self._name(day), self._due(day, tz))

    def _due(self, day: date, tz: tzinfo) -> int:
        return parse_instant(datetime.combine(day, self.at).isoformat(), tz, 0)

    def _name(self, day: date) -> str:
        return f"{day:%Y-%m}" if self.by_month else day.isoformat()


def parse_schedule(text: str) -> Schedule:
    """The schedule that `text` describes. Raises `Invalid`, which says how to write one."""
    said = " ".join(text.lower().split())
    for read in (_daily, _monthly, _stepped, _weekly):
        found = read(said, text)
        if found is not None:
            return found
    raise Invalid(phrase("{text} is not a schedule", text=quoted(text)), hint=_HINT)


def read_words(text: str) -> Words:
    """What a schedule that was checked when it was read consists of."""
    said = " ".join(text.lower().split())
    if (found := _DAILY.fullmatch(said)) is not None:
        return Words("weekdays" if "weekdays" in found["days"] else "daily", "", found["at"])
    if (found := _MONTHLY.fullmatch(said)) is not None:
        return Words("monthly", found["day"] or "1", found["at"])
    if (found := _STEPPED.fullmatch(said)) is not None:
        return Words(found["unit"] or "hour", found["amount"] or "1", None)
    found = _WEEKLY.fullmatch(said)
    return Words("weekly", found["day"], found["at"]) if found is not None else Words("daily", "", None)


def duration(text: str) -> Duration:
    """The length of time that a setting such as `90 days` gives, which was checked when it was read."""
    amount, unit = text.split(" ")
    return Duration(int(amount), unit.removesuffix("s"))


def _daily(said: str, text: str) -> Schedule | None:
    found = _DAILY.fullmatch(said)
    if found is None:
        return None
    falls_on = _on_weekdays if "weekdays" in found["days"] else _every_day
    return Schedule(text, _time(found["at"], text), falls_on)


def _weekly(said: str, text: str) -> Schedule | None:
    found = _WEEKLY.fullmatch(said)
    if found is None:
        return None
    if found["day"] not in DAYS:
        near = nearest(found["day"], DAYS)
        meant = phrase("Did you mean {near}? ", near=near) if near else ""
        raise Invalid(
            phrase("{day} in {text} is not a day of the week", day=quoted(found["day"]), text=quoted(text)),
            hint=joined("", (meant, phrase(_HINT))),
        )
    number = DAYS.index(found["day"])
    return Schedule(text, _time(found["at"], text), lambda day: day.weekday() == number)


def _monthly(said: str, text: str) -> Schedule | None:
    found = _MONTHLY.fullmatch(said)
    if found is None:
        return None
    which = found["day"] or "1"
    if which == "last":
        return Schedule(text, _time(found["at"], text), _is_last_of_month, by_month=True)
    if not 1 <= int(which) <= 28:
        raise Invalid(
            phrase("{text}: not every month has a day {which}", text=quoted(text), which=which),
            hint='Choose a day from 1 to 28, or "last".',
        )
    return Schedule(text, _time(found["at"], text), lambda day: day.day == int(which), by_month=True)


def _stepped(said: str, text: str) -> Schedule | None:
    found = _STEPPED.fullmatch(said)
    if found is None:
        return None
    amount, unit = (1, "hour") if said == "hourly" else (int(found["amount"]), found["unit"])
    step = amount * _STEPS[unit]
    # Turns are counted from midnight UTC: only a divisor of the day meets the same times every day.
    if not amount or 24 * _STEPS["hour"] % step or step < 5 * _STEPS["minute"]:
        raise Invalid(
            phrase("{text} does not divide a day", text=quoted(text)),
            hint="Choose 5, 10, 15, 20 or 30 minutes, or 1, 2, 3, 4, 6, 8 or 12 hours.",
        )
    return Schedule(text, step=step)


def _time(at: str | None, text: str) -> time:
    try:
        hours, minutes = map(int, (at or "0:00").split(":"))
        return time(hours, minutes)
    except ValueError:
        raise Invalid(
            phrase("{at} in {text} is not a time of day", at=at, text=quoted(text)), hint=_HINT
        ) from None


def _every_day(_day: date) -> bool:
    return True


def _on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def _is_last_of_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _utc_name(instant: int) -> str:
    return f"{format_instant(instant, UTC).replace(' ', 'T')}Z"
