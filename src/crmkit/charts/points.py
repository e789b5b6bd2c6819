"""Points: pairs of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.charts.colours import SERIES
from crmkit.charts.figures import number
from crmkit.charts.parts import coloured, distinct, ends, rows_of, scale_axis, shaped

if TYPE_CHECKING:
    from crmkit.core.model.chart import Chart


def points(chart: Chart, width: int) -> dict[str, Any]:
    """The view of a chart of points."""
    rows = rows_of(chart)
    for row, given in zip(rows, chart.rows, strict=True):
        row["x"] = number(chart, chart.x, given[chart.x.column])
    rows = [row for row in rows if row["x"] is not None and row["y"] is not None]
    names = distinct(row["series"] for row in rows) if chart.series else []
    across = [row["x"] for row in rows]
    encoding: dict[str, Any] = {
        "x": {"field": "x", "type": "quantitative", "axis": scale_axis(chart, chart.x, across, width)},
        "y": {"field": "y", "type": "quantitative", "axis": scale_axis(chart, chart.y, ends(rows), 420)},
        "color": coloured(chart, names, width) if names else {"value": SERIES[0]},
    }
    if names:
        encoding["shape"] = shaped(names)
    mark = {"type": "point", "filled": True, "opacity": 0.75, "size": 60 if len(rows) < 500 else 20}
    return {"data": {"values": rows}, "height": 300, "mark": mark, "encoding": encoding}
