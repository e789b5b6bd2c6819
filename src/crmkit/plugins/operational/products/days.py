"""The business's own day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmkit.plugin import local_date, zone_of

if TYPE_CHECKING:
    from crmkit import Crm


def day_of(crm: Crm, instant: int) -> date:
    """The local day of an instant in microseconds."""
    return local_date(instant, zone_of(crm))


def today_of(crm: Crm) -> date:
    """Today, where the business is."""
    return day_of(crm, crm.clock.now())
