"""The business's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from crmkit import Crm


def day_of(crm: Crm, instant: int) -> date:
    """The local day of an instant in microseconds."""
    at = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return at.astimezone(ZoneInfo(crm.config.crs.timezone)).date()


def today_of(crm: Crm) -> date:
    """Today, where the business is."""
    return day_of(crm, crm.clock.now())
