"""Instants and dates: read from text, shown in a time zone, and where a day begins and ends there.

An instant is an integer of microseconds since 1970 UTC, from the year 1 to the year 9999. A local time that
the clocks skip means the first moment after the gap; one that they show twice means the first time.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_INSTANT = -62_135_596_800_000_000
LAST_INSTANT = 253_402_300_799_999_999
# With dots between them the day comes first, wherever days are so written.
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}


def zone(name: str) -> ZoneInfo:
    """The time zone `name` of the IANA database, such as `"Europe/Warsaw"`. Raises `Invalid`."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown; not a relative path; a directory
        raise Invalid(
            phrase("{name} is not a time zone.", name=quoted(name)),
            hint="Write an IANA name such as Europe/Warsaw or UTC.",
        ) from None


def parse_instant(text: str, tz: tzinfo, now: int) -> int:
    """The instant that `text` names, in microseconds UTC.

    `"2026-05-01"` (its first moment) or `"1.5.2026"`, `"2026-05-01 10:00"`, seconds and their fraction if
    need be, with `T` or a space, and an offset (`Z`, `+02:00`) or else in `tz`; `"now"`; `"today"`,
    `"yesterday"` and `"tomorrow"`, alone or with a time of day. A fraction finer than a microsecond is cut
    off. Raises `Invalid`.
    """
    written = text.strip()
    wall = _plain_iso(written)
    if wall is not None:
        return _in_range(_from_wall(wall, tz), text)
    found = _written().fullmatch(written)
    if not found:
        if written.lower() == "now":
            return now
        _refuse(text, phrase("It does not read as a date or time."))
    day = _day(found["day"].lower(), text, tz, now)
    clock_time = _time_of_day(found, text)
    wall = datetime.combine(day, clock_time)
    if found["offset"]:
        return _in_range(_micros(wall, _offset(found["offset"], text)), text)
    return _in_range(instant_of(wall, tz), text)


def format_instant(us: int, tz: tzinfo, *, exact: bool = False) -> str:
    """`us` as local time in `tz`: `"2026-05-01 10:00"`.

    With `exact=True` in ISO 8601 with seconds, a fraction where there is one, and the offset; `parse_instant`
    gives the same instant back.
    """
    local = _to_local(us, tz)
    if exact:
        return local.isoformat()
    return local.replace(tzinfo=None).isoformat(" ", "minutes")


def local_date(us: int, tz: tzinfo) -> date:
    """The date of the instant `us` in `tz`."""
    return _to_local(us, tz).date()


def parse_date(text: str, today: date | None = None) -> date:
    """The date `"2026-05-01"` or `"1.5.2026"`; `"today"`, `"yesterday"` and `"tomorrow"` where `today` is
    given."""
    written = text.strip().lower()
    if today is not None and written in _DAYS:
        return _shifted(today, _DAYS[written], text)
    if not re.fullmatch(_DATE, written):
        _refuse(text, phrase("It does not read as a date."), phrase("Write a date such as 2026-05-01."))
    return _date(written, text)


def day_bounds(day: date, tz: tzinfo) -> tuple[int, int]:
    """The instants `(start, end)` of `day` in `tz`: it holds every `us` with `start <= us < end`.

    A day that the zone skipped altogether is empty. The calendar's first and last day end where instants do.
    """
    midnight = datetime.combine(day, time())
    start = instant_of(midnight, tz)
    is_last = day == date.max
    end = start + 86_400_000_000 if is_last else instant_of(midnight + timedelta(days=1), tz)
    return max(FIRST_INSTANT, start), min(LAST_INSTANT + 1, end)


def _plain_iso(written: str) -> datetime | None:
    """What the standard library reads at once; None for words, mistakes and forms that only it takes."""
    is_date = len(written) == 10
    is_time = written[13:14] == ":" and written[10] in " Tt" and written[16:17] in ("", ":")
    if written[4:5] != "-" or written[7:8] != "-" or not (is_date or is_time):
        return None
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _from_wall(wall: datetime, tz: tzinfo) -> int:
    offset = wall.utcoffset()
    return instant_of(wall, tz) if offset is None else _micros(wall.replace(tzinfo=None), offset)


@cache
def _written() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<day>{_DATE}|today|yesterday|tomorrow)"
        r"(?:(?:T| +)(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
        r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
        r" ?(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2}(?::[0-9]{2})?)?)?)?",
        re.IGNORECASE | re.ASCII,
    )


def _day(word: str, text: str, tz: tzinfo, now: int) -> date:
    if word in _DAYS:
        return _shifted(local_date(now, tz), _DAYS[word], text)
    return _date(word, text)


def _date(word: str, text: str) -> date:
    try:
        if "." in word:
            day, month, year = map(int, word.split("."))
            return date(year, month, day)
        return date.fromisoformat(word)
    except ValueError:
        _refuse(text, phrase("There is no such day in the calendar."))


def _shifted(day: date, days: int, text: str) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        _refuse(text, phrase("Years run from 1 to 9999."))


def _time_of_day(found: re.Match[str], text: str) -> time:
    if found["hour"] is None:
        return time()
    micros = int((found["fraction"] or "0").ljust(6, "0")[:6])
    try:
        return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), micros)
    except ValueError:
        _refuse(text, phrase("There is no such time of day; it runs from 00:00 to 23:59:59."))


def _offset(written: str, text: str) -> timedelta:
    if written in "Zz":
        return timedelta()
    figures = written[1:].replace(":", "").ljust(6, "0")
    hours, minutes, seconds = int(figures[:2]), int(figures[2:4]), int(figures[4:])
    if hours > 23 or minutes > 59 or seconds > 59:
        _refuse(text, phrase("The offset {written} is not one.", written=quoted(written)))
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if written[0] == "-" else offset


def instant_of(wall: datetime, tz: tzinfo) -> int:
    """When clocks in `tz` show `wall`, which has no zone of its own: of two such moments the first, and where
    clocks jump over it the first after the jump."""
    local = wall.replace(tzinfo=tz)
    before = local.utcoffset() or timedelta()
    after = local.replace(fold=1).utcoffset() or timedelta()
    if before >= after:  # an ordinary time, or the first of two
        return _micros(wall, before)
    return _end_of_gap(_micros(wall, after), _micros(wall, before), before, tz)


def _end_of_gap(early: int, late: int, before: timedelta, tz: tzinfo) -> int:
    """The instant between `early` and `late` at which `tz` leaves the offset `before`, by halving."""
    while late - early > 1:
        middle = (early + late) // 2
        if _to_local(middle, tz).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _micros(wall: datetime, offset: timedelta) -> int:
    since = wall.replace(tzinfo=UTC) - _EPOCH - offset
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _to_local(us: int, tz: tzinfo) -> datetime:
    try:
        return (_EPOCH + timedelta(microseconds=us)).astimezone(tz)
    except OverflowError:
        raise Invalid(
            phrase("The instant {us} (microseconds since 1970) cannot be shown.", us=us),
            hint="Years run from 1 to 9999.",
        ) from None


def _in_range(us: int, text: str) -> int:
    if not FIRST_INSTANT <= us <= LAST_INSTANT:
        _refuse(text, phrase("Years run from 1 to 9999, in UTC."))
    return us


def _refuse(text: str, reason: str, hint: str = "") -> NoReturn:
    example = phrase(
        "Write a date and time such as 2026-05-01 10:00, 2026-05-01T10:00:00+02:00, yesterday or now."
    )
    raise Invalid(
        phrase("{text} is not a date or time. {reason}", text=quoted(text), reason=reason),
        hint=hint or example,
        value=text,
    )
