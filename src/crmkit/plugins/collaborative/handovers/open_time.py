"""Amounts of working time as people write them: `4 working hours`, `30 minutes`, `2 working days`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from crmkit.plugin import WorkingHours

MINUTE: Final = 60_000_000
_DAY_AND_NIGHT: Final = 24 * 60
_WRITTEN: Final = re.compile(r"([0-9]{1,6}) ?(?:working )?(minute|hour|day)s?")


@frozen
class OpenTime:
    """`amount` of `unit`: minute, hour or day. A day is as much as the business is open on its
    longest day."""

    amount: int
    unit: str

    def microseconds(self, hours: WorkingHours) -> int:
        """How much open time that is."""
        minutes = {"minute": 1, "hour": 60}.get(self.unit) or _longest_day(hours)
        return self.amount * minutes * MINUTE

    def after(self, at: int, hours: WorkingHours) -> int:
        """The first instant by which so much open time has passed since `at`; `at` itself for none."""
        return hours.until(at, self.microseconds(hours)) if self.amount else at


def open_time(text: str) -> OpenTime:
    """The amount that `text` writes down. Raises ValueError."""
    found = _WRITTEN.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise ValueError(
            phrase('"{text}" is no working time such as "30 minutes", "4 working hours", "1 day"', text=text)
        )
    return OpenTime(int(found[1]), found[2])


def _longest_day(hours: WorkingHours) -> int:
    week = hours.settings.week
    return _DAY_AND_NIGHT if week is None else max(sum(end - begin for begin, end in day) for day in week)
