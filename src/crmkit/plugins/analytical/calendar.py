"""Weeks, months, quarters and years of the business's time zone, for statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit import Invalid
from crmkit.plugin import day_bounds, local_date, phrase

if TYPE_CHECKING:
    from datetime import tzinfo

UNITS: Final = ("week", "month", "quarter", "year")
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_MOST: Final = 600


@frozen(kw_only=True)
class Calendar:
    """Periods of one `unit` that follow each other; they are numbered from 0.

    `starts` are their first days, `bounds` the instants at which they begin, and that at which the last ends.
    `complete` is the number of those that were over at the instant asked about.
    """

    unit: str
    starts: Sequence[date] = field(converter=tuple[date, ...])
    bounds: Sequence[int] = field(converter=tuple[int, ...])
    complete: int

    @classmethod
    def of(cls, unit: str, first: int, last: int, tz: tzinfo) -> Calendar:
        """The periods from the one with the instant `first` to the one with `last`.

        Raises `Invalid` for more than 600.
        """
        day, end = _start(unit, local_date(first, tz)), local_date(last, tz)
        starts = [day]
        while (day := _next(unit, day)) <= end:
            starts.append(day)
            if len(starts) > _MOST:
                raise Invalid(
                    phrase(
                        "There are more than {most} {unit}s between the first event and the last",
                        most=_MOST,
                        unit=unit,
                    ),
                    hint="Ask for a longer unit: --unit year",
                )
        bounds = [day_bounds(each, tz)[0] for each in (*starts, day)]
        return cls(
            unit=unit, starts=starts, bounds=bounds, complete=sum(each <= last + 1 for each in bounds[1:])
        )

    def number(self, instant: Any) -> sa.ColumnElement[int]:
        """The number of the period that an instant is in, found by halving: a few comparisons."""
        return self._between(instant, 0, len(self.starts))

    def name(self, number: int) -> str:
        """What a period is called: `2026-W07`, `2026-05`, `2026-Q2`, `2026`."""
        day = self.starts[number]
        if self.unit == "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        names = {"month": f"{day:%Y-%m}", "quarter": f"{day.year}-Q{(day.month + 2) // 3}"}
        return names.get(self.unit, str(day.year))

    def _between(self, instant: Any, low: int, high: int) -> sa.ColumnElement[int]:
        if high - low == 1:
            return sa.literal_column(str(low), sa.BigInteger())
        middle = (low + high) // 2
        before = instant < sa.literal_column(str(self.bounds[middle]), sa.BigInteger())
        return sa.case(
            (before, self._between(instant, low, middle)), else_=self._between(instant, middle, high)
        )


def _start(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _next(unit: str, day: date) -> date:
    if unit == "week":
        return day + timedelta(days=7)
    year, month = divmod(day.year * 12 + day.month - 1 + _MONTHS[unit], 12)
    return date(year, month + 1, 1)
