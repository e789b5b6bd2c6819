"""Charts for the terminal."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.measuring.charts import Bar, Point, bars, line
from crmkit.core.measuring.interval import Interval

GROUPS = [
    Bar(label="got it", value=0.124, text="12.4 %", interval=Interval(0.118, 0.131)),
    Bar(label="left alone", value=0.101, text="10.1 %", interval=Interval(0.083, 0.122)),
]
values = st.floats(-1e9, 1e9)


def cells(text: str) -> int:
    """How wide a terminal shows it."""
    return sum(0 if combining(each) else 1 + (east_asian_width(each) in "WF") for each in text)


@st.composite
def _interval(draw: st.DrawFn, value: float) -> Interval | None:
    below, above = draw(st.floats(0, 1e9)), draw(st.floats(0, 1e9) | st.just(float("inf")))
    return draw(st.none() | st.just(Interval(value - below, value + above)))


@st.composite
def _bar(draw: st.DrawFn) -> Bar:
    value = draw(values)
    labels = st.text(st.characters(categories=["L", "Nd", "Zs", "Mn"]), max_size=40)
    return Bar(
        label=draw(labels),
        value=value,
        text=draw(st.text("0123456789. %", max_size=30)),
        interval=draw(_interval(value)),
    )


@st.composite
def _point(draw: st.DrawFn) -> Point:
    value = draw(values)
    shown = draw(st.none() | st.just(value))
    return Point(label=draw(st.text("ab客-", max_size=12)), value=shown, interval=draw(_interval(value)))


def test_bars_of_two_groups() -> None:
    """What is sure is solid, what is likely dark, what is possible light."""
    assert bars(GROUPS, width=60).splitlines() == [
        "got it     ██████████████████████████████████████▓▓░░ 12.4 %",
        "left alone ███████████████████████████▓▓▓▓▓░░░░░░░    10.1 %",
    ]
    assert bars(GROUPS, width=60, ascii_only=True).isascii()


def test_bars_below_zero() -> None:
    """A loss goes to the left of where a gain begins."""
    loss, gain = bars(
        [Bar(label="a", value=-5), Bar(label="b", value=10)], width=24, ascii_only=True
    ).splitlines()
    assert loss.rstrip().endswith("#")
    assert len(loss.rstrip()) == gain.index("#")


def test_a_line_over_time() -> None:
    """The difference day by day, its interval narrowing around it, and the rule at zero."""
    points = [
        Point(label=f"day {day}", value=0.02, interval=Interval(0.02 - 0.2 / day, 0.02 + 0.2 / day))
        for day in range(1, 31)
    ]
    chart = line(points, width=40, height=7, show=lambda value: f"{value:+.0%}")
    rows = chart.splitlines()
    assert rows[0].startswith("+22% ┤│")
    assert rows[6].startswith("-18% ┤│")
    assert rows[7].split() == ["day", "1", "day", "30"]
    assert chart.count("●") == 30
    assert rows[3].startswith(" +0% ┤●")
    assert "┄" in line(points[:1] * 3, width=40)
    assert line(points, width=40, ascii_only=True).isascii()


@settings(max_examples=60)
@given(st.lists(_bar(), max_size=5), st.integers(24, 120), st.booleans())
def test_bars_keep_within_the_width(rows: list[Bar], width: int, ascii_only: bool) -> None:
    """Whatever the labels, in any script, no line is wider than asked for, and each bar has its line."""
    told = bars(rows, width=width, ascii_only=ascii_only).split("\n")
    assert len(told) == max(1, len(rows))
    assert all(cells(each) <= width for each in told)


@settings(max_examples=60)
@given(st.lists(_point(), max_size=90), st.integers(24, 120), st.integers(3, 20), st.booleans())
def test_lines_keep_within_the_width(points: list[Point], width: int, height: int, ascii_only: bool) -> None:
    """Whatever the values, a line chart has the rows asked for and one for the labels, none too wide."""
    chart = line(points, width=width, height=height, ascii_only=ascii_only)
    if any(point.value is not None for point in points):
        assert len(chart.split("\n")) == height + 1
        assert ("*" if ascii_only else "●") in chart
    else:
        assert chart == ""
    assert all(cells(each) <= width for each in chart.split("\n"))


def test_too_narrow_is_refused() -> None:
    """A chart without room says so instead of showing nothing."""
    with pytest.raises(Invalid, match="12 cells"):
        bars(GROUPS, width=12)
    with pytest.raises(Invalid, match="2 rows"):
        line([Point(label="", value=1)], height=2)
