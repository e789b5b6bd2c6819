"""The local day of an instant, as SQL that every engine understands."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.instants import day_bounds

_DAY: Final = 86_400_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
# (first instant, number of its day, whether all its days have 24 hours)
_Run = tuple[int, int, bool]


def local_day(instant: Any, first: date, last: date, tz: tzinfo) -> sa.ColumnElement[int]:
    """The number of the local day that an instant from `first` to `last` is in, counted from 1970-01-01.

    Days begin where `day_bounds` says, on the days that the clocks are changed as well. Instants outside of
    the range get some day outside of it.
    """
    runs = _runs(first, last, tz)
    branches = [(instant >= start, _day_of(instant, *run)) for run in reversed(runs[1:]) for start in run[:1]]
    start, number, _ = runs[0]
    # Before the first run division would round towards it: go far back, then forth again.
    far = 4_000_000
    earliest = (instant - _big(start - far * _DAY)) // _big(_DAY) + _big(number - far)
    return sa.case(*branches, else_=earliest) if branches else earliest


def iso_day(number: sa.ColumnElement[int], dialect: str) -> sa.ColumnElement[str]:
    """The day with that number as ISO text, `2026-05-01`."""
    if dialect == "sqlite":
        return sa.func.date(number * _big(86_400), "unixepoch", type_=sa.Text())
    if dialect == "duckdb":
        epoch = sa.cast(sa.literal_column("'1970-01-01'"), sa.Date())
        return sa.func.strftime(epoch.op("+")(sa.cast(number, sa.Integer())), "%Y-%m-%d", type_=sa.Text())
    day = sa.func.to_date(sa.literal_column("'1970-01-01'"), sa.literal_column("'YYYY-MM-DD'"))
    shifted = day.op("+")(sa.cast(number, sa.Integer()))
    return sa.func.to_char(shifted, sa.literal_column("'YYYY-MM-DD'"), type_=sa.Text())


def day_number(day: date) -> int:
    """The number of a day, counted from 1970-01-01."""
    return day.toordinal() - _EPOCH


@lru_cache(maxsize=64)
def _runs(first: date, last: date, tz: tzinfo) -> tuple[_Run, ...]:
    """Stretches of days that all have 24 hours; a day that has not is a stretch of its own."""
    runs: list[_Run] = []
    end = min(last, date.max - timedelta(days=1))
    day = first
    while day <= end:
        start, after = day_bounds(day, tz)
        is_whole = after - start == _DAY
        if after > start and not (runs and is_whole and _goes_on(runs[-1], start, day_number(day))):
            runs.append((start, day_number(day), is_whole))
        day += timedelta(days=1)
    return tuple(runs) or ((day_bounds(first, tz)[0], day_number(first), True),)


def _goes_on(run: _Run, start: int, number: int) -> bool:
    """Whether the day belongs to the stretch: no odd day lies between, and none was skipped."""
    first, first_number, is_whole = run
    return is_whole and first + (number - first_number) * _DAY == start


def _day_of(instant: Any, start: int, number: int, is_whole: bool) -> Any:
    if not is_whole:
        return _big(number)
    return (instant - _big(start)) // _big(_DAY) + _big(number)


def _big(number: int) -> sa.ColumnElement[int]:
    return sa.literal(number, sa.BigInteger())
