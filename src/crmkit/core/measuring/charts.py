"""Small charts for a terminal, as plain text: no colours, never wider than asked for, blocks or ASCII."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from unicodedata import combining, east_asian_width

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.measuring.interval import Interval
from crmkit.core.phrase import phrase

LEAST_WIDTH: Final = 24
_T = TypeVar("_T")


@frozen(kw_only=True)
class Bar:
    """One bar: `label` before it, `value` its length, `text` after it (the value, written out)."""

    label: str
    value: float
    text: str = ""
    interval: Interval | None = None


@frozen(kw_only=True)
class Point:
    """One place on a line: `label` beneath it (first and last are shown), and a value, if there is one."""

    label: str
    value: float | None
    interval: Interval | None = None


def bars(rows: Sequence[Bar], *, width: int = 72, ascii_only: bool = False) -> str:
    """One line for each bar, all to one scale that includes 0, within `width` cells.

    Solid up to the interval's lower end, dark from there to the value, light on to the upper end: `█▓░`, in
    ASCII `#=-`. Labels that leave no room are cut. "" without rows. Raises `Invalid` below 24 cells.
    """
    _check(width)
    if not rows:
        return ""
    after = max(_cells(row.text) for row in rows)
    before = min(max(_cells(row.label) for row in rows), max(4, (width - after) // 2))
    room = max(4, width - before - after - 2)
    low, high = _scale([0.0, *(value for row in rows for value in _ends(row.value, row.interval))])
    solid, dark, light = "#=-" if ascii_only else "█▓░"
    lines = []
    for row in rows:
        start, end = (_cell(edge, low, high, room) for edge in sorted((0.0, row.value)))
        cells = [solid if start <= at < end else " " for at in range(room)]
        if row.interval is not None:
            first, last = (_cell(edge, low, high, room) for edge in (row.interval.low, row.interval.high))
            for at in range(max(0, first), min(room, last)):
                cells[at] = dark if start <= at < end else light
        text = f"{_fitted(row.label, before)} {''.join(cells)} {row.text}"
        lines.append(_fitted(text, width).rstrip())
    return "\n".join(lines)


def line(
    points: Sequence[Point],
    *,
    width: int = 72,
    height: int = 9,
    ascii_only: bool = False,
    show: Callable[[float], str] = "{:.3g}".format,
) -> str:
    """A line over time, with the interval of each value and a rule at 0 where the scale reaches it.

    `show` writes the numbers on the left, the largest and the smallest. Where there are more points than
    columns, some are left out, never the last. "" without any value. Raises `Invalid` below 24 cells of
    `width` or 3 rows of `height`.
    """
    _check(width)
    if height < 3:
        raise Invalid(
            phrase("A chart of {height} rows shows nothing", height=height), hint="Give it at least 3."
        )
    values = [
        end for point in points if point.value is not None for end in _ends(point.value, point.interval)
    ]
    if not values:
        return ""
    low, high = _scale(values)
    names = {
        _row(each, low, high, height): _fitted(show(each), width // 3).rstrip() for each in _marked(low, high)
    }
    margin = max(_cells(name) for name in names.values())
    grid = _grid(points, low, high, (width - margin - 2, height), ascii_only=ascii_only)
    left = [names.get(row, "") for row in range(height)]
    edge = "|" if ascii_only else "┤"
    lines = [
        f"{' ' * (margin - _cells(name))}{name} {edge}{''.join(row)}".rstrip()
        for name, row in zip(left, grid, strict=True)
    ]
    return "\n".join([*lines, _beneath(points, margin + 2, width)])


def _marked(low: float, high: float) -> list[float]:
    """The numbers on the left: zero, where it is within, and the ends, which come last and so come first."""
    return [*([0.0] if low < 0 < high else []), low, high]


def _grid(
    points: Sequence[Point], low: float, high: float, size: tuple[int, int], *, ascii_only: bool
) -> list[list[str]]:
    columns, rows = size
    mark, bar, rule = "*:-" if ascii_only else "●│┄"
    grid = [[" "] * columns for _ in range(rows)]
    if low <= 0 <= high:
        grid[_row(0.0, low, high, rows)] = [rule] * columns
    shown = _thinned(points, columns)
    for i, point in enumerate(shown):
        if point.value is None:
            continue
        column = i * _step(len(shown), columns)
        if point.interval is not None:
            top, bottom = (_row(end, low, high, rows) for end in (point.interval.high, point.interval.low))
            for row in range(top, bottom + 1):
                grid[row][column] = bar
        grid[_row(point.value, low, high, rows)][column] = mark
    return grid


def _step(points: int, columns: int) -> int:
    """How many columns apart the points are."""
    return max(1, (columns - 1) // (points - 1)) if points > 1 else 1


def _beneath(points: Sequence[Point], margin: int, width: int) -> str:
    """The first label and the last, as far as both fit."""
    first, last = points[0].label, points[-1].label
    shown = min(len(points), width - margin)
    used = (shown - 1) * _step(shown, width - margin) + 1
    room = min(width - margin, max(used, _cells(first) + _cells(last) + 1))
    if len(points) == 1 or _cells(first) + _cells(last) + 1 > room:
        return f"{' ' * margin}{_fitted(last, room).rstrip()}"
    return f"{' ' * margin}{first}{' ' * (room - _cells(first) - _cells(last))}{last}"


def _thinned(items: Sequence[_T], most: int) -> Sequence[_T]:
    if len(items) <= most:
        return items
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)] if most > 1 else items[-1:]


def _ends(value: float, interval: Interval | None) -> list[float]:
    """What has to fit on the scale: the value, and the interval's ends as far as they are known."""
    bounds = interval.bounds if interval is not None else ()
    return [value, *(end for end in bounds if end is not None)]


def _scale(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if low < high else (low, low + 1.0)


def _cell(value: float, low: float, high: float, room: int) -> int:
    """The number of whole cells up to `value`; off the scale, its ends."""
    return round((min(max(value, low), high) - low) / (high - low) * room)


def _row(value: float, low: float, high: float, rows: int) -> int:
    return rows - 1 - _cell(value, low, high, rows - 1)


def _check(width: int) -> None:
    if width < LEAST_WIDTH:
        raise Invalid(
            phrase("A chart of {width} cells shows nothing", width=width),
            hint=phrase("Give it at least {least_width}.", least_width=LEAST_WIDTH),
        )


def _cells(text: str) -> int:
    """How many cells a terminal takes for the text: two for wide scripts, none for combining marks."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _fitted(text: str, width: int) -> str:
    """The text in exactly `width` cells: cut, or filled up with blanks."""
    while _cells(text) > width:
        text = text[:-1]
    return text + " " * (width - _cells(text))
