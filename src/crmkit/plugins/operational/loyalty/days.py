"""Days and lengths of time by the business's own clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from crmkit.plugin import day_of, parse_duration, written_day, zone_of

if TYPE_CHECKING:
    from crmkit import Crm


def end_of(crm: Crm, day: date) -> int:
    """The instant at which a day is over."""
    midnight = datetime.combine(day + timedelta(days=1), time(), zone_of(crm))
    return int(midnight.timestamp()) * 1_000_000


def later(crm: Crm, instant: int, length: str | None) -> int | None:
    """The instant so much later, at the same time of day; None where no length is set."""
    return None if length is None else parse_duration(length).after(instant, zone_of(crm))


def last_moment(crm: Crm, instant: int | None) -> int | None:
    """The end of the day of an instant: what holds for some days holds for whole ones."""
    return None if instant is None else end_of(crm, day_of(crm, instant))


def shown_until(crm: Crm, instant: int) -> str:
    """The last day of what ends at an instant."""
    return written_day(day_of(crm, instant - 1))
