"""The instants and dates that a statement asks for, worked out anew for each moment of asking."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.instants import LAST_INSTANT, local_date, parse_instant
from crmkit.core.predicates.duration import (
    Duration,
    after_last_moment,
    birthdays,
    first_moment,
    start_of,
)
from crmkit.core.predicates.tree import Ago, Constant, Today, Window

# How far back: the durations of nested was_in, outermost first.
Shift = tuple[Duration, ...]
NOW: Final[Shift] = ()


@define
class Moments:
    """Parameters by what they mean, so that one statement serves every instant.

    A statement's parameters are `values(as_of)`; the names begin with `t_`.
    """

    tz: ZoneInfo
    _made: dict[Hashable, tuple[sa.BindParameter[Any], Callable[[int], Any]]] = field(factory=dict)

    def values(self, as_of: int) -> dict[str, Any]:
        """Every parameter's value for the moment of asking `as_of`."""
        return {bind.key: compute(as_of) for bind, compute in self._made.values()}

    def at(self, shift: Shift) -> sa.BindParameter[int]:
        """The instant itself."""
        return self._instant(("at", shift), lambda as_of: self.shifted(as_of, shift))

    def shifted(self, as_of: int, shift: Shift) -> int:
        """`as_of`, put back by `shift`."""
        for duration in shift:
            as_of = duration.before(as_of, self.tz)
        return as_of

    def start(self, shift: Shift, windows: Sequence[Window]) -> sa.BindParameter[int]:
        """The earliest first instant of windows that have one."""
        windows = tuple(dict.fromkeys(windows))
        key = ("start", shift, windows)
        return self._instant(
            key, lambda as_of: min(self._start(self.shifted(as_of, shift), each) for each in windows)
        )

    def end(self, shift: Shift, windows: Sequence[Window | None]) -> sa.BindParameter[int]:
        """The latest instant after windows; nothing reaches beyond the moment of asking."""
        ends = tuple(
            dict.fromkeys(
                each if each is not None and each.kind in ("until", "from") else None for each in windows
            )
        )
        key = ("end", shift, None if None in ends else ends)
        return self._instant(
            key, lambda as_of: max(self._end(self.shifted(as_of, shift), each) for each in ends)
        )

    def _start(self, now: int, window: Window) -> int:
        match window.kind, window.first:
            case "last", Duration() as duration:
                return duration.before(now, self.tz) + 1
            case "this", str() as unit:
                return first_moment(start_of(unit, local_date(now, self.tz)), self.tz)
        return self.instant_of(window.first)

    def _end(self, now: int, window: Window | None) -> int:
        if window is None:
            return now + 1
        last = window.first if window.kind == "until" else window.second
        return min(self.instant_of(last), now + 1)

    def instant_of(self, moment: Any) -> int:
        """The instant of a local date (its first moment) or a local date and time."""
        if isinstance(moment, datetime):
            return parse_instant(moment.isoformat(), self.tz, 0)
        return first_moment(moment, self.tz)

    def instant(self, value: Any, shift: Shift) -> sa.ColumnElement[int]:
        """The instant that a fixed date and time, or so long ago, is."""
        if isinstance(value, Ago):
            return self.at((*shift, value.duration))
        return sa.literal(self.instant_of(value.value), sa.BigInteger)

    def day(self, value: Any, shift: Shift) -> sa.ColumnElement[str]:
        """The local date, as ISO text, that a fixed date, today, or so long ago is."""
        if isinstance(value, Constant):
            return sa.literal(str(value.value), sa.Text)
        found: sa.BindParameter[str] = self._bind(
            ("day", shift, value), lambda as_of: self._day(value, as_of, shift).isoformat(), sa.Text()
        )
        return found

    def _day(self, value: Any, as_of: int, shift: Shift) -> date:
        today = local_date(self.shifted(as_of, shift), self.tz)
        return value.duration.days_before(today) if isinstance(value, Ago) else today

    def bounds(self, value: Any, shift: Shift) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
        """The first instant of a date (or of today), and the first one after it."""
        if isinstance(value, Today):
            first = self._instant(("first", shift), lambda as_of: self._edges(as_of, shift)[0])
            return first, self._instant(("after", shift), lambda as_of: self._edges(as_of, shift)[1])
        day = value.value
        edges = first_moment(day, self.tz), min(after_last_moment(day, self.tz), LAST_INSTANT)
        return sa.literal(edges[0], sa.BigInteger), sa.literal(edges[1], sa.BigInteger)

    def _edges(self, as_of: int, shift: Shift) -> tuple[int, int]:
        today = local_date(self.shifted(as_of, shift), self.tz)
        return first_moment(today, self.tz), after_last_moment(today, self.tz)

    def birthdays(self, within: int, shift: Shift) -> sa.BindParameter[Any]:
        """`MM-DD` of every anniversary from today to `within` days later."""
        found: sa.BindParameter[Any] = self._bind(
            ("birthdays", within, shift),
            lambda as_of: list(birthdays(local_date(self.shifted(as_of, shift), self.tz), within)),
            sa.Text(),
            expanding=True,
        )
        return found

    def bind(self, key: Hashable, compute: Callable[[int], Any], type_: Any) -> sa.BindParameter[Any]:
        """A parameter of one's own, worked out of the moment of asking."""
        found: sa.BindParameter[Any] = self._bind(key, compute, type_)
        return found

    def _instant(self, key: Hashable, compute: Callable[[int], int]) -> sa.BindParameter[int]:
        bind: sa.BindParameter[int] = self._bind(key, compute, sa.BigInteger())
        return bind

    def _bind(self, key: Hashable, compute: Callable[[int], Any], type_: Any, **options: Any) -> Any:
        if key not in self._made:
            bind = sa.bindparam(f"t_{len(self._made)}", type_=type_, **options)
            self._made[key] = (bind, compute)
        return self._made[key][0]


def has_start(window: Window | None) -> bool:
    """Whether a window leaves out what was before some instant."""
    return window is not None and window.kind != "until"
