"""Lines over time or any other order, with the interval of each value behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.charts.colours import SERIES
from crmkit.charts.figures import milliseconds, number, title_of
from crmkit.charts.parts import LETTER, coloured, dashed, distinct, ends, rows_of, scale_axis

if TYPE_CHECKING:
    from crmkit.core.model.chart import Chart


def lines(chart: Chart, width: int) -> dict[str, Any]:
    """The view of a chart of lines."""
    rows = rows_of(chart)
    names = distinct(row["series"] for row in rows) if chart.series else []
    x = _along(chart, rows, width)
    numbers = ends(rows)
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    # A scale that starts elsewhere than at 0 is for what changes little.
    scale = {"zero": low < 0 or low < 0.6 * high}
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": scale,
        "axis": scale_axis(chart, chart.y, numbers, 420),
    }
    colour: dict[str, Any] = coloured(chart, names, width) if names else {"value": SERIES[0]}
    if names:
        colour["legend"] |= {"symbolType": "stroke", "symbolStrokeWidth": 3}
    series = {"color": colour, **({"strokeDash": dashed(names)} if names else {})}
    layers: list[dict[str, Any]] = []
    if chart.low is not None and chart.high is not None:
        band = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}
        known = {"filter": "isValid(datum.low) && isValid(datum.high)"}
        layers.append({"transform": [known], "mark": {"type": "area", "opacity": 0.18}, "encoding": band})
    mark: dict[str, Any] = {"type": "line", "strokeWidth": 2}
    layers.append({"mark": mark, "encoding": {"x": x, "y": y, **series}})
    if len(rows) <= 40 * max(1, len(names)):
        dot = {"type": "point", "filled": True, "size": 26, "opacity": 1}
        layers.append({"mark": dot, "encoding": {"x": x, "y": y, "color": colour}})
    return {"data": {"values": rows}, "height": 260, "layer": layers}


def _along(chart: Chart, rows: list[dict[str, Any]], width: int) -> dict[str, Any]:
    """The scale of x: time, numbers, or places in the order of the rows."""
    places = distinct(row["x"] for row in rows)
    longest = max((len(place) for place in places), default=1)
    most = max(2, int((width - 80) // (longest * LETTER + 18)))
    axis: dict[str, Any] = {"title": title_of(chart, chart.x), "grid": False, "labelFlush": False}
    if chart.x.measure == "date" and (moments := milliseconds(places)) is not None:
        for row in rows:
            row["x"] = moments[row["x"]]
        pattern = {4: "%Y", 7: "%Y-%m"}.get(longest, "%Y-%m-%d")
        marked = [moments[place] for place in _some(sorted(places), most)]
        axis |= {"values": marked, "labelExpr": f"utcFormat(datum.value, '{pattern}')"}
        return {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}
    if chart.x.measure not in ("text", "date"):
        for row, given in zip(rows, chart.rows, strict=True):
            row["x"] = number(chart, chart.x, given[chart.x.column])
        axis |= scale_axis(chart, chart.x, [row["x"] or 0.0 for row in rows], width)
        return {"field": "x", "type": "quantitative", "scale": {"zero": False, "nice": False}, "axis": axis}
    axis |= {"values": _some(places, most), "labelAngle": 0}
    return {"field": "x", "type": "ordinal", "sort": places, "scale": {"type": "point"}, "axis": axis}


def _some(places: list[str], most: int) -> list[str]:
    """So many of them that their labels do not touch, evenly, from the first."""
    return places[:: -(-len(places) // most)] if places else []
