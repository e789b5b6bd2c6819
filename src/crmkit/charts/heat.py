"""A heat map: a colour for each pair, in seven steps, with its number where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.charts.colours import HEAT, INK, ON_DEEP, ON_PALE, PALE
from crmkit.charts.figures import column, label, number, shown, title_of
from crmkit.charts.parts import LETTER, distinct
from crmkit.core.language import _

if TYPE_CHECKING:
    from crmkit.core.model.chart import Axis, Chart

_TALL: Final = 28


def heat(chart: Chart, width: int) -> dict[str, Any]:
    """The view of a heat map; a pair without a value stays empty."""
    value = chart.value or chart.y
    rows = cells(chart)
    across, down = distinct(row["x"] for row in rows), distinct(row["y"] for row in rows)
    limit = round(width * 0.3)
    before = min(limit, max((len(place) for place in down), default=0) * LETTER)
    room = max(40.0, width - 36 - before) / max(1, len(across))
    written = max((len(row["text"]) for row in rows), default=0) * LETTER <= room - 2
    x: dict[str, Any] = {"field": "x", "type": "ordinal", "sort": across, "scale": {"padding": 0.04}}
    longest = max((len(place) for place in across), default=1) * LETTER + 8
    slanted = chart.x.measure == "text" and longest > max(room, 4 * LETTER)
    shown_ones = across if slanted else across[:: max(1, -(-int(longest) // max(1, int(room))))]
    x["axis"] = {
        "title": chart.x.title, "orient": "top", "values": shown_ones, "ticks": False, "domain": False,
        "labelColor": INK, "labelLimit": 140, "labelAngle": 0,
        **(_slant(across, before, room) if slanted else {}),
    }  # fmt: skip
    y: dict[str, Any] = {"field": "y", "type": "ordinal", "sort": down, "scale": {"padding": 0.04}}
    y["axis"] = {
        "title": chart.y.title, "ticks": False, "domain": False, "labelColor": INK, "labelLimit": limit
    }  # fmt: skip
    colour: dict[str, Any] = {"field": "step", "type": "ordinal"}
    colour["scale"] = {"domain": list(range(len(HEAT))), "range": list(HEAT)}
    colour["legend"] = None if written else _legend(chart, value, rows, width)
    known = {"filter": "isValid(datum.value)"}
    layers: list[dict[str, Any]] = [
        {"transform": [known], "mark": "rect", "encoding": {"x": x, "y": y, "color": colour}}
    ]
    if written:
        text: dict[str, Any] = {"field": "pale", "type": "nominal", "legend": None}
        text["scale"] = {"domain": [True, False], "range": [ON_PALE, ON_DEEP]}
        encoding = {"x": x, "y": y, "text": {"field": "text"}, "color": text}
        layers.append({"transform": [known], "mark": {"type": "text"}, "encoding": encoding})
    # Two layers have a scale of colours each.
    apart = {"resolve": {"scale": {"color": "independent"}}}
    return {"data": {"values": rows}, "height": {"step": _TALL}, "layer": layers, **apart}


def _slant(across: Sequence[str], before: float, room: float) -> dict[str, Any]:
    """Labels too long for their columns end at them, above those of the rows, where there is room for that;
    else they stand upright. To the right they would leave the picture."""
    ahead = [min(140, len(name) * LETTER) * 0.77 - at * room for at, name in enumerate(across)]
    if max(ahead, default=0.0) <= before + room / 2:
        return {"labelAngle": 40, "labelAlign": "right", "labelBaseline": "bottom"}
    return {"labelAngle": -90, "labelAlign": "left", "labelBaseline": "middle"}


def cells(chart: Chart) -> list[dict[str, Any]]:
    """The rows as x, y, their number, its step from 0 to 6, and its text."""
    value = chart.value or chart.y
    found: list[dict[str, Any]] = []
    for row in chart.rows:
        given = column(row, chart, value.column)
        found.append(
            {
                "x": label(chart.x, column(row, chart, chart.x.column), chart.currency),
                "y": label(chart.y, column(row, chart, chart.y.column), chart.currency),
                "value": number(chart, value, given),
                "text": _short(value, given, chart.currency),
            }
        )
    low, high = bounds(found)
    for each in found:
        each["step"] = _step(each["value"], low, high)
        each["pale"] = each["step"] < PALE
    return found


def bounds(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """The ends of the scale, which has 0 in it."""
    values = [row["value"] for row in rows if row["value"] is not None]
    return min([0.0, *values]), max([0.0, *values])


def _step(value: float | None, low: float, high: float) -> int:
    if value is None or high <= low:
        return 0
    return min(len(HEAT) - 1, int((value - low) / (high - low) * len(HEAT)))


def _short(axis: Axis, value: Any, currency: str) -> str:
    """The number in a cell: without the currency, which the title has, and whole percents."""
    if value is not None and axis.measure == "percent":
        return f"{value * 100:.0f} %"
    return shown(axis, value, currency).removesuffix(f" {currency}")


def _legend(chart: Chart, value: Axis, rows: list[dict[str, Any]], width: int) -> dict[str, Any]:
    """What the colours mean, each by the number it begins with."""
    low, high = bounds(rows)
    starts = [low + (high - low) * i / len(HEAT) for i in range(len(HEAT))]
    texts = [f"{start:.0%}" if value.measure == "percent" else _plain(start) for start in starts]
    choices = ", ".join(f"'{text}'" for text in texts)
    return {
        "title": _("{title}, from", title=title_of(chart, value)),
        "titleColor": INK,
        "titleFontWeight": "normal",
        "symbolType": "square",
        "columns": 7 if width >= 480 else 4,
        "labelExpr": f"[{choices}][datum.value]",
    }


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"
