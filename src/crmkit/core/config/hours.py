"""When the business is open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.core.config.faults import Fault, Faults
from crmkit.core.config.problems import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) ?- ?(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")
_EACH_YEAR: Final = re.compile(r"\d\d-\d\d")
_MIDNIGHT: Final = 24 * 60
_NOTHING: Mapping[str, Any] = MappingProxyType({})
# Minutes since midnight, from and to.
Span = tuple[int, int]


def _weekdays(name: str) -> Sequence[int]:
    """The days that a key such as `mon-fri` or `sat` names. Raises ValueError."""
    first, _, last = name.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    if begin > end:
        raise ValueError(name)
    return range(begin, end + 1)


def _spans(text: str) -> Iterator[Span]:
    """The spans of a day's text such as `09:00-12:00, 13:00-17:00`. Raises ValueError."""
    for part in filter(None, map(str.strip, text.split(","))):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(part)
        begin = int(found[1]) * 60 + int(found[2])
        end = _MIDNIGHT if found[3] is None else int(found[3]) * 60 + int(found[4])
        if begin >= end:
            raise ValueError(part)
        yield begin, end


def _open_hours(_: object, __: Attribute[Mapping[str, str]], value: Mapping[str, str]) -> None:
    found, taken = list[Fault](), set[int]()
    for key, text in value.items():
        try:
            days = set(_weekdays(key))
        except ValueError:
            found.append(
                Fault((key,), phrase("{key} is neither a day (mon) nor days (mon-fri)", key=quoted(key)))
            )
            continue
        if taken & days:
            found.append(
                Fault((key,), phrase("{key} names a day that another line names too", key=quoted(key)))
            )
        taken |= days
        try:
            spans = sorted(_spans(text))
        except ValueError as error:
            found.append(
                Fault((key,), phrase("{error} are not hours such as 09:00-17:00", error=quoted(str(error))))
            )
        else:
            if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
                found.append(Fault((key,), phrase("the hours {text} overlap", text=quoted(text))))
    if found:
        raise Faults(found)


def _days_off(_: object, __: Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    found = []
    for at, text in enumerate(value):
        try:
            dt.date.fromisoformat(f"2024-{text}" if _EACH_YEAR.fullmatch(text) else text)
        except ValueError:
            found.append(
                Fault((at,), phrase("{text} is no day such as 2026-04-06 or 12-25", text=quoted(text)))
            )
    if found:
        raise Faults(found)


@frozen(kw_only=True, slots=False)  # so that the week is read once
class HoursSettings:
    """`[hours]`: when the business is open, by its own clock; always, if nothing is said."""

    open: Mapping[str, str] = field(
        default=_NOTHING,
        validator=_open_hours,
        metadata={"doc": 'By day: { mon-fri = "09:00-12:00, 13:00-17:00", sat = "09:00-12:00" }.'},
    )
    holidays: tuple[str, ...] = field(
        default=(),
        validator=_days_off,
        metadata={"doc": "Days on which it is closed: 2026-04-06, or 12-25 for each year."},
    )

    @cached_property
    def week(self) -> tuple[tuple[Span, ...], ...] | None:
        """The spans of each day of the week, Monday first; None where it is always open."""
        if not self.open:
            return None
        days: list[tuple[Span, ...]] = [()] * len(DAYS)
        for key, text in self.open.items():
            for day in _weekdays(key):
                days[day] = tuple(sorted(_spans(text)))
        return tuple(days)

    def is_holiday(self, day: dt.date) -> bool:
        """Whether it is closed on this day, whatever day of the week it is."""
        return day.isoformat() in self.holidays or day.strftime("%m-%d") in self.holidays
