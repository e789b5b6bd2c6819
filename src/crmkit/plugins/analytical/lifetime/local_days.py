"""Local days of the business as numbers, in SQL: by bounds, since engines know no time zones."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any, Final

import sqlalchemy as sa

from crmkit.plugin import day_bounds, local_date

_DAY: Final = 86_400_000_000


def local_day(instant: Any, first: int, last: int, tz: tzinfo) -> sa.ColumnElement[int]:
    """The number of the local day (as `date.toordinal`) of an instant from `first` to `last`.

    Between two changes of the clocks every day has 24 hours, so that a division tells it.
    """
    branches = [
        (instant >= _big(start), _big(day) + (instant - _big(start)) // _big(_DAY))
        for start, day in reversed(_stretches(local_date(first, tz), local_date(last, tz), tz))
    ]
    return sa.cast(sa.case(*branches), sa.BigInteger)


def _stretches(first: date, last: date, tz: tzinfo) -> list[tuple[int, int]]:
    """(first instant, number of its day) of stretches of days that are alike; a longer day is one alone."""
    found: list[tuple[int, int]] = []
    alike = False
    for number in range(first.toordinal(), last.toordinal() + 1):
        start, end = day_bounds(date.fromordinal(number), tz)
        usual = end - start == _DAY
        if not (alike and usual):
            found.append((start, number))
        alike = usual
    return found


def _big(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.BigInteger())
