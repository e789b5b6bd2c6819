"""A chart as a Vega-Lite specification, with its data inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from crmkit.charts.colours import GRID, GROUND, INK, QUIET
from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.model.chart import Chart

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH: Final = 640
LEAST: Final = 200
# The first comes with the renderer, so that text is as wide on every machine.
FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"


def spec(chart: Chart, width: int = WIDTH) -> dict[str, Any]:
    """A Vega-Lite 5 specification of the chart, `width` pixels wide; its data is in it, nothing is fetched.

    The columns of the rows have names of their own in it (`x`, `y`, `series`, …); money is in major units.
    Raises `Invalid` for rows that lack a column or have words where numbers belong, and below 200 pixels.
    """
    if width < LEAST:
        raise Invalid(
            phrase("A chart of {width} pixels shows nothing", width=width),
            hint=phrase("Give it at least {least}.", least=LEAST),
        )
    view = _drawers()[chart.kind](chart, width)
    return {
        "$schema": SCHEMA,
        "description": chart.says,
        "background": GROUND,
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 8,
        **view,
        "config": {**_config(), **view.get("config", {})},
    }


def _drawers() -> Mapping[str, Callable[[Chart, int], dict[str, Any]]]:
    from crmkit.charts.bars import bars
    from crmkit.charts.flow import flow
    from crmkit.charts.heat import heat
    from crmkit.charts.lines import lines
    from crmkit.charts.points import points

    return MappingProxyType({"bars": bars, "lines": lines, "points": points, "heat": heat, "flow": flow})


def _config() -> dict[str, Any]:
    return {
        "font": FONT,
        "aria": False,  # the whole picture has one text, not each mark its own
        "view": {"stroke": None},
        "axis": {
            "labelColor": QUIET,
            "titleColor": QUIET,
            "titleFontWeight": "normal",
            "labelFontSize": 12,
            "titleFontSize": 12,
            "gridColor": GRID,
            "domainColor": QUIET,
            "tickColor": GRID,
            "labelPadding": 5,
        },
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "title": None,
            "labelColor": INK,
            "labelFontSize": 12,
            "labelLimit": 180,
            "symbolStrokeWidth": 2,
        },
        "text": {"color": INK, "fontSize": 12},
    }
