"""What several kinds of charts have in common: scales, axes, the colours of series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.charts.colours import SERIES
from crmkit.charts.figures import column, label, number, title_of

if TYPE_CHECKING:
    from crmkit.core.model.chart import Axis, Chart

LETTER: Final = 6.6  # pixels of a letter of 12 points, about
_DASHES: Final = ([1, 0], [6, 3], [2, 3], [9, 3, 2, 3])
_SHAPES: Final = ("circle", "square", "diamond", "triangle-up")


def rows_of(chart: Chart) -> list[dict[str, Any]]:
    """The rows with x as its label, y as a number, and whatever else the chart names."""
    found = []
    for row in chart.rows:
        each: dict[str, Any] = {
            "x": label(chart.x, column(row, chart, chart.x.column), chart.currency),
            "y": number(chart, chart.y, column(row, chart, chart.y.column)),
        }
        if chart.series is not None:
            each["series"] = label(chart.series, column(row, chart, chart.series.column), chart.currency)
        for end, name in (("low", chart.low), ("high", chart.high)):
            if name is not None:
                each[end] = number(chart, chart.y, column(row, chart, name))
        found.append(each)
    return found


def distinct(texts: Iterable[str]) -> list[str]:
    """Each text once, in the order of the first."""
    return list(dict.fromkeys(texts))


def scale_axis(chart: Chart, axis: Axis, values: Sequence[float], width: int) -> dict[str, Any]:
    """The axis of a quantity: few ticks, thousands as k, shares in percent."""
    most = max((abs(value) for value in values), default=0.0)
    found: dict[str, Any] = {"title": title_of(chart, axis), "tickCount": max(3, min(6, width // 90))}
    if axis.measure == "percent":
        return {**found, "format": ".1%" if most < 0.05 else ".0%"}
    if most >= 10_000:
        return {**found, "labelExpr": "replace(format(datum.value, '~s'), 'G', 'bn')"}
    return {**found, "format": ",~f"}


def coloured(chart: Chart, names: Sequence[str], width: int) -> dict[str, Any]:
    """Series by colour, with a legend in as many columns as there is room for."""
    longest = max((len(name) for name in names), default=1)
    columns = max(1, int((width - 16) // (min(longest * LETTER, 180) + 34)))
    colours = [SERIES[i % len(SERIES)] for i in range(len(names))]
    assert chart.series is not None
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(names), "range": colours},
        "legend": {"columns": columns},
    }


def dashed(names: Sequence[str]) -> dict[str, Any]:
    """Series by the way their line is broken, for whoever does not tell the colours apart."""
    dashes = [_DASHES[(i + i // len(SERIES)) % len(_DASHES)] for i in range(len(names))]
    return {"field": "series", "type": "nominal", "scale": {"domain": list(names), "range": dashes}}


def shaped(names: Sequence[str]) -> dict[str, Any]:
    """Series by the shape of their points."""
    shapes = [_SHAPES[(i + i // len(SERIES)) % len(_SHAPES)] for i in range(len(names))]
    return {"field": "series", "type": "nominal", "scale": {"domain": list(names), "range": shapes}}


def ends(rows: Iterable[dict[str, Any]]) -> list[float]:
    """Every number that has to fit on the scale of y."""
    return [row[key] for row in rows for key in ("y", "low", "high") if row.get(key) is not None]
