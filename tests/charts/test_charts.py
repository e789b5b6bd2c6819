"""Charts as specifications, pictures and text."""

from __future__ import annotations

import json
import re
import sys
from typing import Any
from unicodedata import combining, east_asian_width
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import ExtraMissing, Invalid
from crmkit.charts import drawn, shown, spec, terminal
from crmkit.charts.colours import DARK, GROUND, HEAT, INK, ON_DEEP, ON_PALE, PALE, QUIET, SERIES
from crmkit.core.normalise.text import shown_safely
from crmkit.plugin import Axis, Chart
from tests.charts.examples import BARS, EVERY, FLOW, HARD, LINES, STANDING
from tests.charts.examples import HEAT as HEAT_MAP
from tests.web.pages.browser import chromium
from tests.web.pages.browser import shown as window

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = re.compile(r"(?:https?:)?//[a-z]", re.IGNORECASE)


def with_rows(chart: Chart, rows: Any) -> Chart:
    """The same chart of other rows."""
    return evolve(chart, rows=rows)


def cells_of(text: str) -> int:
    """The cells that a line takes on a terminal."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


@pytest.mark.parametrize(
    "chart", EVERY, ids=lambda chart: chart.kind + (" by date" if chart is STANDING else "")
)
def test_a_picture_says_what_it_shows_and_asks_nobody(chart: Chart) -> None:
    """Each kind is drawn on a phone and on a desk: as wide as asked for, with its text, from nowhere else."""
    for width in (330, 640):
        text = drawn(chart, "svg", width).decode()
        root = ET.fromstring(text)
        assert (root.get("role"), float(root.get("width", 0))) == ("img", width)
        named = {each.get("id"): each.text for each in root.iter() if each.get("id")}
        assert named[root.get("aria-labelledby")] == chart.title
        assert named[root.get("aria-describedby")] == shown_safely(chart.says)
        assert all(str(name).startswith(f"a-{chart.kind}-{width}") for name in named)
        written = [each.text or "" for each in root.iter(f"{SVG}text")]
        assert written
        assert not [each for each in written if re.search("NaN|undefined|null|Invalid", each)]
        assert not ADDRESS.search(text.replace('xmlns="http://www.w3.org/2000/svg"', ""))
        assert "<image" not in text
        assert set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', text)) <= set(DARK)
    assert drawn(chart, "svg", 330) == drawn(chart, "svg", 330)
    assert drawn(chart, "png", 330).startswith(b"\x89PNG")


def test_names_are_drawn_as_they_are() -> None:
    """Letters of any script come through, control characters as pictures, and marks stay marks."""
    written = [each.text for each in ET.fromstring(drawn(BARS, "svg")).iter(f"{SVG}text")]
    assert shown_safely(HARD) in written
    assert "1,234.56 PLN" in written


def test_a_specification_has_its_data_inside() -> None:
    """Programs get plain JSON with amounts in major units, and gaps stay gaps."""
    found = json.loads(json.dumps(spec(LINES)))
    rows = found["data"]["values"]
    assert {row["y"] for row in rows} == {10_000.0, 10_000.02, None}
    assert found["description"] == LINES.says
    assert "url" not in json.dumps(found["layer"])
    assert [row["y"] for row in spec(BARS)["data"]["values"]] == [1234.56, -20.5, None]


def test_every_colour_can_be_seen() -> None:
    """Text stands out by 4.5 to 1, bars and lines by 3 to 1, on a light page and on a dark one."""
    for of in (dict(zip(DARK, DARK, strict=True)), DARK):
        assert min(contrast(of[each], of[GROUND]) for each in (INK, QUIET)) >= 4.5
        assert min(contrast(of[each], of[GROUND]) for each in SERIES) >= 3
        assert min(contrast(of[each], of[ON_PALE]) for each in HEAT[:PALE]) >= 4.5
        assert min(contrast(of[each], of[ON_DEEP]) for each in HEAT[PALE:]) >= 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours."""
    low, high = sorted(luminance(each) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_on_a_dark_screen_and_on_paper() -> None:
    """The same picture is dark on a dark screen, light on a light one, and light on paper."""
    grounds = {}
    with chromium() as browser:
        for scheme in ("light", "dark"):
            with window(browser, color_scheme=scheme) as shown_in:
                shown_in.page.set_content(drawn(BARS, "svg").decode())
                ground = "getComputedStyle(document.querySelector('svg > rect')).fill"
                grounds[scheme, "screen"] = shown_in.page.evaluate(ground)
                shown_in.page.emulate_media(media="print")
                grounds[scheme, "print"] = shown_in.page.evaluate(ground)
                assert shown_in.asked == []
                images = [each for each in shown_in.tree() if each[0] == "image"]
                assert images == [("image", BARS.title)]
    assert grounds == {
        ("light", "screen"): "rgb(255, 255, 255)",
        ("light", "print"): "rgb(255, 255, 255)",
        ("dark", "screen"): "rgb(22, 25, 29)",
        ("dark", "print"): "rgb(255, 255, 255)",
    }


@pytest.mark.parametrize(
    "chart", EVERY, ids=lambda chart: chart.kind + (" by date" if chart is STANDING else "")
)
@settings(max_examples=15, deadline=None)
@given(width=st.integers(24, 120), ascii_only=st.booleans())
def test_text_is_never_wider_than_asked_for(chart: Chart, width: int, ascii_only: bool) -> None:
    """Each kind fits into any terminal, and needs only ASCII where there is nothing else."""
    lines = terminal(chart, width, ascii_only=ascii_only).splitlines()
    assert lines
    assert max(cells_of(line) for line in lines) <= width
    marks = "".join(lines).replace(shown_safely(HARD), "")
    if ascii_only:
        assert not set("█▓▒░●▲■◆┤│→▁▂▃▄▅▆▇·") & set(marks)


def test_text_has_the_figures() -> None:
    """Bars have their values, flows are sorted, the table of a heat map has its numbers."""
    assert "Old Town" in terminal(BARS)
    assert "1,234.56 PLN" in terminal(BARS)
    assert terminal(FLOW).startswith("new")
    assert "67 %" in terminal(HEAT_MAP)
    assert terminal(with_rows(BARS, ())) == ""


@pytest.mark.parametrize("kind", ["bars", "lines", "points", "heat", "flow"])
def test_no_rows_and_no_values(kind: str) -> None:
    """A chart of nothing is drawn empty, and one whose values are all unknown likewise."""
    chart = next(each for each in EVERY if each.kind == kind)
    measured = chart.value or chart.y
    for rows in ([], [{**chart.rows[0], measured.column: None}]):
        assert drawn(with_rows(chart, rows), "svg").startswith(b"<svg")
        terminal(with_rows(chart, rows))


def test_what_is_wrong_with_a_chart_is_said() -> None:
    """A column that is not there, a word for a number, and no room are told as what they are."""
    with pytest.raises(Invalid, match='no column "sum"'):
        spec(with_rows(BARS, [{"place": "here", "least": 1, "most": 2}]))
    with pytest.raises(Invalid, match='needs numbers in its column "sum", not "much"'):
        terminal(with_rows(BARS, [{"place": "here", "sum": "much", "least": 1, "most": 2}]))
    with pytest.raises(Invalid, match="10 pixels"):
        spec(BARS, 10)
    with pytest.raises(Invalid, match="10 cells"):
        terminal(BARS, 10)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can draw, specification and text are there, and the picture says what is missing."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert spec(BARS)
    assert terminal(BARS)
    with pytest.raises(ExtraMissing) as caught:
        drawn(BARS, "svg")
    assert caught.value.hint == "Run: pip install 'crmkit[analytical]'"


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [
        ("number", 1234567, "1,234,567"),
        ("number", 2.5, "2.50"),
        ("number", 40.0, "40"),
        ("percent", 0.1234, "12.3 %"),
        ("money", 123456, "1,234.56 PLN"),
        ("date", "2026-05", "2026-05"),
        ("text", None, ""),
    ],
)
def test_values_are_written_as_everywhere(measure: str, value: object, text: str) -> None:
    """A table beside a chart writes its values as commands do."""
    assert shown(Axis(column="a", title="A", measure=measure), value, "PLN") == text  # type: ignore[arg-type]
