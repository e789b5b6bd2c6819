"""Working time: how much of it lies between two instants, and when so much of it will have passed.

By the clock of the business: open through the night, it has an hour less in the one in which clocks are put
forward, and an hour more in the one in which they are put back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from attrs import define, field

from crmkit.core.errors import Invalid
from crmkit.core.instants import instant_of, local_date

if TYPE_CHECKING:
    from crmkit.core.config.hours import HoursSettings, Span

_MIDNIGHT: Final = 24 * 60
_AT_ONCE: Final = timedelta(days=400)
# Whoever has no open hour in so long has none at all.
_LONGEST: Final = timedelta(days=3_700)


@define(eq=False)
class WorkingHours:
    """The open hours of a business. All instants, and all amounts of time, are in microseconds.

    What is known of the calendar grows in both directions as it is asked for; any number of threads may ask.
    """

    settings: HoursSettings
    tz: ZoneInfo
    _begins: list[int] = field(factory=list)
    _ends: list[int] = field(factory=list)
    # Open time before each span, counted from the first one that is known.
    _before: list[int] = field(factory=list)
    _first: date | None = None
    _last: date | None = None
    _lock: Lock = field(factory=Lock)

    @property
    def always(self) -> bool:
        """Whether it is open day and night."""
        return self.settings.week is None and not self.settings.holidays

    def is_open(self, at: int) -> bool:
        """Whether it is open at an instant."""
        return self.always or self.until(at, 0) == at

    def between(self, begin: int, end: int) -> int:
        """The open time from one instant to another; negative where the second is the earlier one."""
        if self.always:
            return end - begin
        with self._lock:
            self._know(min(begin, end), max(begin, end))
            return self._passed(end) - self._passed(begin)

    def until(self, begin: int, amount: int) -> int:
        """The first instant by which `amount` of open time has passed since `begin`; with an amount of 0 the
        first open instant from `begin` on.

        Raises `Invalid` for a negative amount, and where there is no such instant within ten years.
        """
        if amount < 0:
            raise Invalid("An amount of working time cannot be negative")
        if self.always:
            return begin + amount
        with self._lock:
            reach = _AT_ONCE
            while reach <= _LONGEST:
                self._know(begin, begin + amount + _in_microseconds(reach))
                found = self._after(begin, amount) if amount else self._first_open(begin)
                if found is not None:
                    return found
                reach *= 2
        raise Invalid(
            "The business is not open for so long within ten years", hint="Look at [hours] in crm.toml."
        )

    def _after(self, begin: int, amount: int) -> int | None:
        target = self._passed(begin) + amount
        place = bisect_left(self._before, target) - 1
        if place < 0:
            return None
        instant = self._begins[place] + target - self._before[place]
        return instant if instant <= self._ends[place] else None

    def _first_open(self, begin: int) -> int | None:
        place = bisect_right(self._begins, begin) - 1
        if place >= 0 and begin < self._ends[place]:
            return begin
        return self._begins[place + 1] if place + 1 < len(self._begins) else None

    def _passed(self, at: int) -> int:
        """Open time from the first known span until an instant."""
        place = bisect_right(self._begins, at) - 1
        if place < 0:
            return 0
        return self._before[place] + min(at, self._ends[place]) - self._begins[place]

    def _know(self, begin: int, end: int) -> None:
        """Have every span from a day before `begin` to a day after `end`."""
        first = local_date(begin, self.tz) - timedelta(days=1)
        last = local_date(end, self.tz) + timedelta(days=1)
        if self._first is not None and self._last is not None and self._first <= first and last <= self._last:
            return
        first = min(first, self._first) - _AT_ONCE if self._first else first - timedelta(days=7)
        last = max(last, self._last or last) + _AT_ONCE
        self._first, self._last = first, last
        self._begins, self._ends, self._before = [], [], []
        passed = 0
        for number in range((last - first).days + 1):
            for begins, ends in self._spans(first + timedelta(days=number)):
                if ends > begins:  # a span may lie in the hour that clocks jump over
                    self._begins.append(begins)
                    self._ends.append(ends)
                    self._before.append(passed)
                    passed += ends - begins

    def _spans(self, day: date) -> list[tuple[int, int]]:
        if self.settings.is_holiday(day):
            return []
        week = self.settings.week
        spans: tuple[Span, ...] = ((0, _MIDNIGHT),) if week is None else week[day.weekday()]
        return [(self._instant(day, begins), self._instant(day, ends)) for begins, ends in spans]

    def _instant(self, day: date, minute: int) -> int:
        days, minute = divmod(minute, _MIDNIGHT)
        wall = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60))
        return instant_of(wall, self.tz)


def _in_microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
