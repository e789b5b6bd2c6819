"""The business's own clock: its time zone, and the day that it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crmkit.core.instants import local_date

if TYPE_CHECKING:
    from datetime import date

    from crmkit.core.crm import Crm


def zone_of(crm: Crm) -> ZoneInfo:
    """The business's time zone."""
    return ZoneInfo(crm.config.crs.timezone)


def day_of(crm: Crm, at: int) -> date:
    """The business's day of an instant, in microseconds."""
    return local_date(at, zone_of(crm))


def today_of(crm: Crm) -> date:
    """The day that it is now, where the business is."""
    return day_of(crm, crm.clock.now())
