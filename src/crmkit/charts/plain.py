"""A chart as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from crmkit.charts.figures import column, label, number, shown
from crmkit.charts.flow import flows
from crmkit.charts.heat import cells
from crmkit.charts.parts import distinct
from crmkit.core.errors import Invalid
from crmkit.core.language import _
from crmkit.core.measuring.charts import LEAST_WIDTH, Bar, Point, bars, line
from crmkit.core.measuring.interval import Interval
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.model.chart import Axis, Chart

_SHADES: Final = (" ·░▒▒▓█", " .:-=*#")
_HEIGHTS: Final = ("▁▂▃▄▅▆▇█", "_.,-=+*#")
_MARKS: Final = ("●▲■◆", "ox+*")
_ROWS: Final = 12


def terminal(chart: Chart, width: int = 72, *, ascii_only: bool = False) -> str:
    """The chart as lines of at most `width` cells, without colours; "" where it has no rows.

    Bars and flows are bars, a line is a line, several lines are one row each, a heat map is a table of
    shades, points are marks on a grid. `ascii_only` is for terminals that have nothing else. Raises `Invalid`
    below 24 cells, and as `spec` does.
    """
    if width < LEAST_WIDTH:
        raise Invalid(
            phrase("A chart of {width} cells shows nothing", width=width),
            hint=phrase("Give it at least {least}.", least=LEAST_WIDTH),
        )
    if not chart.rows:
        return ""
    drawers = {"bars": _bars, "lines": _lines, "heat": _heat, "flow": _flow, "points": _points}
    return drawers[chart.kind](chart, width, ascii_only)


def _bars(chart: Chart, width: int, ascii_only: bool) -> str:
    rows = []
    for row in chart.rows:
        value = number(chart, chart.y, column(row, chart, chart.y.column))
        text = shown(chart.y, column(row, chart, chart.y.column), chart.currency)
        rows.append(
            Bar(label=_named(chart, row), value=value or 0.0, text=text, interval=_interval(chart, row))
        )
    return bars(rows, width=width, ascii_only=ascii_only)


def _flow(chart: Chart, width: int, ascii_only: bool) -> str:
    value = chart.value or chart.y
    arrow = "->" if ascii_only else "→"
    found = sorted(flows(chart), key=lambda each: -each.size)
    rows = [
        Bar(label=f"{each.start} {arrow} {each.end}", value=each.size, text=_figure(chart, value, each.size))
        for each in found
    ]
    return bars(rows, width=width, ascii_only=ascii_only)


def _lines(chart: Chart, width: int, ascii_only: bool) -> str:
    if chart.series is not None:
        return _sparks(chart, width, ascii_only)
    points = [
        Point(
            label=label(chart.x, column(row, chart, chart.x.column), chart.currency),
            value=number(chart, chart.y, column(row, chart, chart.y.column)),
            interval=_interval(chart, row),
        )
        for row in chart.rows
    ]
    return line(points, width=width, ascii_only=ascii_only, show=lambda value: _figure(chart, chart.y, value))


def _sparks(chart: Chart, width: int, ascii_only: bool) -> str:
    """A row for each series, all to one scale, with its last value."""
    assert chart.series is not None
    places = distinct(label(chart.x, row[chart.x.column], chart.currency) for row in chart.rows)
    series: dict[str, dict[str, float]] = {}
    for row in chart.rows:
        of = series.setdefault(label(chart.series, row[chart.series.column], chart.currency), {})
        value = number(chart, chart.y, column(row, chart, chart.y.column))
        if value is not None:
            of[label(chart.x, row[chart.x.column], chart.currency)] = value
    values = [value for each in series.values() for value in each.values()]
    if not values:
        return ""
    low, high = min([0.0, *values]), max(values)
    texts = {
        name: _figure(chart, chart.y, list(of.values())[-1]) if of else "" for name, of in series.items()
    }
    before = min(max(map(len, series)), width // 3)
    after = max(map(len, texts.values()))
    room = max(4, width - before - after - 2)
    step = -(-len(places) // room)
    heights = _HEIGHTS[ascii_only]
    lines = []
    for name, of in series.items():
        marks = "".join(_level(of.get(place), low, high, heights) for place in reversed(places[::-1][::step]))
        lines.append(f"{name[:before]:<{before}} {marks} {texts[name]}"[:width].rstrip())
    ends = _(
        "{first} to {last}, up to {most}",
        first=places[0],
        last=places[-1],
        most=_figure(chart, chart.y, high),
    )
    return "\n".join([*lines, f"{'':<{before}} {ends}"[:width]])


def _level(value: float | None, low: float, high: float, marks: str) -> str:
    if value is None:
        return " "
    return marks[min(len(marks) - 1, int((value - low) / ((high - low) or 1.0) * len(marks)))]


def _heat(chart: Chart, width: int, ascii_only: bool) -> str:
    """A table of shades, with the numbers where they fit."""
    found = cells(chart)
    across, down = distinct(row["x"] for row in found), distinct(row["y"] for row in found)
    by = {(row["x"], row["y"]): row for row in found if row["value"] is not None}
    before = min(max(map(len, down)), width // 3)
    room = (width - before) // len(across) - 1
    wide = max(max(len(row["text"]) for row in found) + 2, min(12, max(map(len, across))))
    shades = _SHADES[ascii_only]
    if wide <= room:
        head = " ".join(f"{place[:wide]:>{wide}}" for place in across)
        lines = [f"{'':<{before}} {head}"]
        for place in down:
            texts = (_cell(by.get((each, place)), shades, wide) for each in across)
            lines.append(f"{place[:before]:<{before}} {' '.join(texts)}".rstrip())
        return "\n".join(lines)
    kept = across[: width - before - 1]
    each_wide = max(1, min(4, (width - before - 1) // len(kept)))
    ends = _("{first} to {last}", first=kept[0], last=kept[-1])
    lines = [f"{'':<{before}} {ends[: width - before - 1]}"]
    for place in down:
        marks = "".join(
            (shades[by[each, place]["step"]] if (each, place) in by else " ") * each_wide for each in kept
        )
        lines.append(f"{place[:before]:<{before}} {marks}".rstrip())
    return "\n".join(lines)


def _cell(row: Mapping[str, Any] | None, shades: str, wide: int) -> str:
    return f"{shades[row['step']]}{row['text']:>{wide - 1}}" if row else " " * wide


def _points(chart: Chart, width: int, ascii_only: bool) -> str:
    found = [
        (x, y, label(chart.series, row[chart.series.column]) if chart.series else "")
        for row in chart.rows
        if (x := number(chart, chart.x, column(row, chart, chart.x.column))) is not None
        and (y := number(chart, chart.y, column(row, chart, chart.y.column))) is not None
    ]
    if not found:
        return ""
    low, high = min(y for _, y, _ in found), max(y for _, y, _ in found)
    first, last = min(x for x, _, _ in found), max(x for x, _, _ in found)
    left = [_figure(chart, chart.y, high), _figure(chart, chart.y, low)]
    margin = max(map(len, left))
    room = width - margin - 2
    grid = [[" "] * room for _ in range(_ROWS)]
    names = distinct(name for _, _, name in found)
    marks = _MARKS[ascii_only]
    for x, y, name in found:
        row = _ROWS - 1 - _place(y, low, high, _ROWS)
        grid[row][_place(x, first, last, room)] = marks[names.index(name) % len(marks)]
    edge = "|" if ascii_only else "┤"
    texts = [left[0], *[""] * (_ROWS - 2), left[1]]
    lines = [f"{text:>{margin}} {edge}{''.join(row)}".rstrip() for text, row in zip(texts, grid, strict=True)]
    ends = (_figure(chart, chart.x, first), _figure(chart, chart.x, last))
    lines.append(f"{'':<{margin + 2}}{ends[0]}{ends[1]:>{max(1, room - len(ends[0]))}}"[:width])
    if chart.series:
        legend = "  ".join(f"{marks[i % len(marks)]} {name}" for i, name in enumerate(names))
        lines.append(f"{'':<{margin + 2}}{legend}"[:width])
    return "\n".join(lines)


def _place(value: float, low: float, high: float, room: int) -> int:
    return round((value - low) / ((high - low) or 1.0) * (room - 1))


def _named(chart: Chart, row: Mapping[str, Any]) -> str:
    place = label(chart.x, column(row, chart, chart.x.column), chart.currency)
    if chart.series is None:
        return place
    return f"{place}, {label(chart.series, column(row, chart, chart.series.column), chart.currency)}"


def _interval(chart: Chart, row: Mapping[str, Any]) -> Interval | None:
    if chart.low is None or chart.high is None:
        return None
    low, high = (number(chart, chart.y, column(row, chart, name)) for name in (chart.low, chart.high))
    return None if low is None or high is None else Interval(low, high)


def _figure(chart: Chart, axis: Axis, value: float) -> str:
    """A number of the scale as a person reads it."""
    from crmkit.core.model.money import minor_digits

    if axis.measure == "money" and chart.currency:
        return shown(axis, round(value * 10 ** minor_digits(chart.currency)), chart.currency)
    return shown(axis, value, chart.currency)
