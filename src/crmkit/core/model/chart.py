"""A chart as data: what is drawn, by which columns, and a sentence for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from attrs import field, frozen

# bars: a length for each x. lines: values over an ordered x. points: pairs of numbers. heat: a colour for
# each (x, y). flow: widths from x to y.
ChartKind = Literal["bars", "lines", "points", "heat", "flow"]
Measure = Literal["text", "date", "number", "percent", "money"]


def as_tuple(items: Iterable[Any]) -> tuple[Any, ...]:
    """What was given, so that nobody changes it afterwards."""
    return tuple(items)


@frozen(kw_only=True)
class Axis:
    """The `column` of the rows that is shown, what it is called, and what its values are.

    A percent is a share between 0 and 1, money an integer of minor units, a date ISO text.
    """

    column: str
    title: str
    measure: Measure = "number"


@frozen(kw_only=True)
class Chart:
    """One picture of `rows`.

    `name` is short and fit for a file; `says` is one sentence with the figures that matter: whoever cannot
    see the picture reads it. `series` tells several lines or groups of bars apart. `value` is the colour of
    a heat map's cell, or the width of a flow. `low` and `high` name columns with the ends of an interval
    of y. A row whose value is None is a gap. `currency` is that of money.
    """

    name: str
    title: str
    says: str
    kind: ChartKind
    rows: Sequence[Mapping[str, Any]] = field(converter=as_tuple)
    x: Axis
    y: Axis
    series: Axis | None = None
    value: Axis | None = None
    low: str | None = None
    high: str | None = None
    currency: str = ""
