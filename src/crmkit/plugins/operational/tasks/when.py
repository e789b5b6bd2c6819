"""Days and times as people say them: `tomorrow`, `friday`, `+3d`, `friday 14:00`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from crmkit import Invalid
from crmkit.plugin import parse_date, phrase, today_of, zone_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from crmkit import Crm

_NEAR: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
_AHEAD: Final = re.compile(r"(?:\+|in )?([0-9]{1,4}) ?(?:(d)(?:ays?)?|(w)(?:eeks?)?)")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def parse_day(text: str, today: date) -> date:
    """The day that `text` says: `today`, `tomorrow`, `friday` (the next one), `+3d`, `in 2 weeks`, a date.

    Raises `Invalid`.
    """
    from crmkit.plugins.operational.tasks.repeating import day_named

    said = " ".join(text.lower().split())
    try:
        if said in _NEAR:
            return today + timedelta(days=_NEAR[said])
        if (day := day_named(said.removeprefix("next "))) is not None:
            return today + timedelta(days=(day - today.weekday() - 1) % 7 + 1)
        if found := _AHEAD.fullmatch(said):
            return today + timedelta(days=int(found[1]) * (7 if found[3] else 1))
        return parse_date(said)
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        phrase('"{text}" is not a day', text=text), hint="Write tomorrow, friday, +3d, +2w or 2026-12-01."
    )


def parse_clock(text: str) -> str:
    """A time of day, always as `09:30`. Raises `Invalid`."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Invalid(phrase('"{text}" is not a time of day', text=text), hint="Write it as 09:30.")
    return f"{int(found[1]):02}:{found[2]}"


def parse_moment(text: str, crm: Crm, day: date | None) -> int:
    """The instant of `friday 14:00`, and of `14:00` on `day`, or today. A day alone is its 08:00."""
    said, _, last = text.strip().rpartition(" ")
    today = today_of(crm)
    if ":" not in last:
        return instant_at(parse_day(text, today), "08:00", zone_of(crm))
    return instant_at(parse_day(said, today) if said else day or today, parse_clock(last), zone_of(crm))


def instant_at(day: date, clock: str, zone: ZoneInfo) -> int:
    """When it is `clock` on that day; where clocks skip it, so much later."""
    wall = datetime.combine(day, time.fromisoformat(clock), tzinfo=zone)
    return int(wall.astimezone(UTC).timestamp()) * 1_000_000
