"""Bars: lying where x is text, so that names can be read; standing where x is time or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crmkit.charts.colours import INK, SERIES
from crmkit.charts.figures import column, shown
from crmkit.charts.parts import LETTER, coloured, distinct, ends, rows_of, scale_axis

if TYPE_CHECKING:
    from crmkit.core.model.chart import Chart

_THICK: Final = 24


def bars(chart: Chart, width: int) -> dict[str, Any]:
    """The view of a chart of bars."""
    rows = rows_of(chart)
    names = distinct(row["series"] for row in rows) if chart.series else []
    colour = coloured(chart, names, width) if names else {"value": SERIES[0]}
    lying = chart.x.measure == "text"
    make = _lying if lying else _standing
    return make(chart, rows, width, names, colour)


def _lying(
    chart: Chart, rows: list[dict[str, Any]], width: int, names: list[str], colour: dict[str, Any]
) -> dict[str, Any]:
    places = distinct(row["x"] for row in rows)
    for row, given in zip(rows, chart.rows, strict=True):
        row["text"] = shown(chart.y, column(given, chart, chart.y.column), chart.currency)
        row["end"] = max([0.0, *(row[key] for key in ("y", "high") if row.get(key) is not None)])
    limit = round(width * 0.36)
    before = min(limit, max((len(place) for place in places), default=0) * LETTER)
    after = max((len(row["text"]) for row in rows), default=0) * LETTER + 8
    room = max(40.0, width - 30 - before)
    low, high = min([0.0, *ends(rows)]), max([0.0, *ends(rows)])
    high = high if high > low else low + 1
    # Room for the written value behind the longest bar.
    most = low + (high - low) / max(0.35, 1 - after / room)
    y: dict[str, Any] = {"field": "x", "type": "nominal", "sort": places, "title": None}
    y["axis"] = {"labelLimit": limit, "ticks": False, "domain": False, "labelColor": INK}
    y["scale"] = {"paddingInner": 0.25}
    offset = {"yOffset": {"field": "series", "sort": names}} if names else {}
    x: dict[str, Any] = {
        "field": "y",
        "type": "quantitative",
        "axis": scale_axis(chart, chart.y, [high, low], int(room)),
    }
    x["scale"] = {"domain": [low, most], "nice": False}
    shared = {"y": y, **offset}
    layers = [
        {"mark": "bar", "encoding": {**shared, "x": x, "color": colour}},
        *_intervals(chart, shared, "x"),
        {
            "mark": {"type": "text", "align": "left", "dx": 5},
            "encoding": {**shared, "x": {**x, "field": "end"}, "text": {"field": "text"}},
        },
    ]
    step = {"step": _THICK if not names else _THICK - 4, **({"for": "offset"} if names else {})}
    return {"data": {"values": rows}, "height": step, "layer": layers}


def _standing(
    chart: Chart, rows: list[dict[str, Any]], width: int, names: list[str], colour: dict[str, Any]
) -> dict[str, Any]:
    places = distinct(row["x"] for row in rows)
    longest = max((len(place) for place in places), default=1)
    nth = max(1, -(-int((longest * LETTER + 12) * len(places)) // max(1, width - 70)))
    x: dict[str, Any] = {"field": "x", "type": "ordinal", "sort": places}
    x["axis"] = {"title": chart.x.title, "labelAngle": 0, "values": places[::nth], "ticks": False}
    offset = {"xOffset": {"field": "series", "sort": names}} if names else {}
    y = {"field": "y", "type": "quantitative", "axis": scale_axis(chart, chart.y, ends(rows), 420)}
    shared = {"x": x, **offset}
    layers = [
        {"mark": "bar", "encoding": {**shared, "y": y, "color": colour}},
        *_intervals(chart, shared, "y"),
    ]
    return {"data": {"values": rows}, "height": 260, "layer": layers}


def _intervals(chart: Chart, shared: dict[str, Any], along: str) -> list[dict[str, Any]]:
    if chart.low is None or chart.high is None:
        return []
    ends_of = {along: {"field": "low", "type": "quantitative"}, f"{along}2": {"field": "high"}}
    known = {"filter": "isValid(datum.low) && isValid(datum.high)"}
    mark = {"type": "rule", "color": INK, "strokeWidth": 1.5}
    return [{"transform": [known], "mark": mark, "encoding": {**shared, **ends_of}}]
