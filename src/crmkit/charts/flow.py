"""A flow picture: what goes from each place on the left to each on the right, as wide as it is much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.charts.colours import QUIET, SERIES
from crmkit.charts.figures import column, label, number, shown
from crmkit.charts.parts import LETTER, distinct

if TYPE_CHECKING:
    from crmkit.core.model.chart import Chart

_GAP: Final = 14.0
_LEAST: Final = 1.0
_NODE: Final = 10.0
_STEPS: Final = 24


@frozen(kw_only=True)
class Flow:
    """So much (`size`) from one place to another."""

    start: str
    end: str
    size: float


@frozen(kw_only=True)
class _Place:
    name: str
    size: float
    top: float
    height: float


def flows(chart: Chart) -> list[Flow]:
    """What flows, where anything does. Raises `Invalid` for a width that is no number."""
    value = chart.value or chart.y
    found = []
    for row in chart.rows:
        size = number(chart, value, column(row, chart, value.column))
        if size is not None and size > 0:
            start = label(chart.x, column(row, chart, chart.x.column), chart.currency)
            end = label(chart.y, column(row, chart, chart.y.column), chart.currency)
            found.append(Flow(start=start, end=end, size=size))
    return found


def flow(chart: Chart, width: int) -> dict[str, Any]:
    """The view of a flow picture, with its coordinates worked out."""
    found = flows(chart)
    left = distinct(each.start for each in found)
    # What is on both sides stands in the same order.
    ends_of = distinct(each.end for each in found)
    right = [name for name in distinct([*left, *ends_of]) if name in ends_of]
    height = max(180.0, 46.0 * max(len(left), len(right), 1))
    starts = _stacked(left, {name: sum(f.size for f in found if f.start == name) for name in left}, height)
    ends = _stacked(right, {name: sum(f.size for f in found if f.end == name) for name in right}, height)
    # The same name has the same colour on both sides.
    colours = {name: SERIES[i % len(SERIES)] for i, name in enumerate(distinct([*left, *right]))}
    longest = max((len(name) for name in [*left, *right]), default=0)
    aside = min(width * 0.33, max(60.0, longest * LETTER + 16))
    across = (aside, width - 16 - aside)
    scales = _scales(width - 16, height)
    layers = [
        {
            "data": {"values": list(_ribbons(found, starts, ends, across))},
            "mark": {"type": "area", "opacity": 0.45, "interpolate": "linear"},
            "encoding": {
                "x": {"field": "x", **scales["x"]},
                "y": {"field": "top", **scales["y"]},
                "y2": {"field": "bottom"},
                "detail": {"field": "ribbon"},
                "color": _colour(colours),
            },
        },
        *_places(chart, starts.values(), across[0], "right", colours, scales, aside),
        *_places(chart, ends.values(), across[1], "left", colours, scales, aside),
        _headings(chart, across, scales),
    ]
    return {"height": height + 24, "layer": layers}


def _scales(width: float, height: float) -> dict[str, dict[str, Any]]:
    shared = {"type": "quantitative", "axis": None}
    return {
        "x": {**shared, "scale": {"domain": [0, width], "nice": False, "zero": False}},
        "y": {**shared, "scale": {"domain": [height, -24], "nice": False, "zero": False}},
    }


def _stacked(names: Sequence[str], sizes: Mapping[str, float], height: float) -> dict[str, _Place]:
    """Each place one above the other, to one scale on both sides but for the gaps."""
    total = sum(sizes.values()) or 1.0
    room = height - _GAP * (max(1, len(names)) - 1)
    top, found = 0.0, {}
    for name in names:
        tall = max(_LEAST, sizes[name] / total * room)
        found[name] = _Place(name=name, size=sizes[name], top=top, height=tall)
        top += tall + _GAP
    return found


def _ribbons(
    found: Sequence[Flow],
    starts: Mapping[str, _Place],
    ends: Mapping[str, _Place],
    across: tuple[float, float],
) -> Iterator[dict[str, Any]]:
    order = {name: i for i, name in enumerate(ends)}
    used = {("start", name): 0.0 for name in starts} | {("end", name): 0.0 for name in ends}
    first, last = across[0] + _NODE, across[1] - _NODE
    for i, each in enumerate(sorted(found, key=lambda f: (list(starts).index(f.start), order[f.end]))):
        begin, finish = starts[each.start], ends[each.end]
        tall = (each.size / begin.size * begin.height, each.size / finish.size * finish.height)
        tops = (begin.top + used["start", each.start], finish.top + used["end", each.end])
        used["start", each.start] += tall[0]
        used["end", each.end] += tall[1]
        for step in range(_STEPS + 1):
            t = step / _STEPS
            bend = t * t * (3 - 2 * t)
            top = tops[0] + (tops[1] - tops[0]) * bend
            thick = tall[0] + (tall[1] - tall[0]) * bend
            yield {
                "ribbon": i, "name": each.start, "x": round(first + (last - first) * t, 1),
                "top": round(top, 2), "bottom": round(top + thick, 2),
            }  # fmt: skip


def _places(
    chart: Chart,
    places: Any,
    at: float,
    align: str,
    colours: Mapping[str, str],
    scales: Mapping[str, Any],
    aside: float,
) -> list[dict[str, Any]]:
    value = chart.value or chart.y
    scale = 10 ** _digits(chart)
    towards = 1 if align == "right" else -1
    rows = [
        {
            "name": each.name, "x": at, "x2": at + towards * _NODE, "top": each.top,
            "bottom": each.top + each.height, "middle": each.top + each.height / 2,
            "text": shown(value, _whole(each.size * scale), chart.currency),
        }
        for each in places
    ]  # fmt: skip
    x = {"field": "x", **scales["x"]}
    middle = {"field": "middle", **scales["y"]}
    words = {"type": "text", "align": align, "dx": -6 * towards, "limit": round(aside - 10)}
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rect"},
            "encoding": {
                "x": x,
                "x2": {"field": "x2"},
                "y": {"field": "top", **scales["y"]},
                "y2": {"field": "bottom"},
                "color": _colour(colours),
            },
        },
        {
            "data": {"values": rows},
            "mark": {**words, "dy": -7},
            "encoding": {"x": x, "y": middle, "text": {"field": "name"}},
        },
        {
            "data": {"values": rows},
            "mark": {**words, "dy": 8, "color": QUIET},
            "encoding": {"x": x, "y": middle, "text": {"field": "text"}},
        },
    ]


def _headings(chart: Chart, across: tuple[float, float], scales: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"x": across[0], "y": -17, "text": chart.x.title, "align": "left"},
        {"x": across[1], "y": -17, "text": chart.y.title, "align": "right"},
    ]
    shared = {"y": {"field": "y", **scales["y"]}, "text": {"field": "text"}}
    return {
        "data": {"values": rows},
        "layer": [
            {
                "transform": [{"filter": f"datum.align == '{align}'"}],
                "mark": {"type": "text", "align": align, "color": QUIET},
                "encoding": {"x": {"field": "x", **scales["x"]}, **shared},
            }
            for align in ("left", "right")
        ],
    }


def _colour(colours: Mapping[str, str]) -> dict[str, Any]:
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": "name", "type": "nominal", "scale": scale, "legend": None}


def _digits(chart: Chart) -> int:
    from crmkit.core.model.money import minor_digits

    value = chart.value or chart.y
    return minor_digits(chart.currency) if value.measure == "money" and chart.currency else 0


def _whole(value: float) -> int | float:
    return round(value) if abs(value - round(value)) < 1e-9 * max(1.0, abs(value)) else value
