"""A chart of each kind, with names that are hard to draw."""

from __future__ import annotations

from typing import Any, Final

from crmkit.plugin import Axis, Chart

HARD: Final = 'زينب "<b>&' + "\x07"
MONTHS: Final = ("2025-11", "2025-12", "2026-01")


def axis(column: str, measure: Any = "text") -> Axis:
    """An axis that is called as its column is."""
    return Axis(column=column, title=column.capitalize(), measure=measure)


def chart(kind: Any, rows: Any, **more: Any) -> Chart:
    """A chart of places and sums."""
    given = {"x": axis("place"), "y": axis("sum", "money"), "currency": "PLN", **more}
    return Chart(
        name=f"a {kind}", title=f"Sums <of> {kind}", says=f"{HARD} is largest.", kind=kind, rows=rows, **given
    )


BARS: Final = chart(
    "bars",
    [
        {"place": HARD, "sum": 123_456, "least": 100_000, "most": 150_000},
        {"place": "Old Town", "sum": -2_050, "least": -4_000, "most": 100},
        {
            "place": "A place whose name is far longer than there is room for it",
            "sum": None,
            "least": None,
            "most": None,
        },
    ],
    low="least",
    high="most",
)
STANDING: Final = chart(
    "bars",
    [
        {"month": month, "share": i / 10, "arm": arm}
        for i, month in enumerate(MONTHS)
        for arm in ("all", HARD)
    ],
    x=axis("month", "date"),
    y=axis("share", "percent"),
    series=axis("arm"),
)
LINES: Final = chart(
    "lines",
    [
        {"month": month, "sum": None if month == "2025-12" else 1_000_000 + i, "who": who}
        for i, month in enumerate(MONTHS)
        for who in ("new", HARD)
    ],
    x=axis("month", "date"),
    series=axis("who"),
)
POINTS: Final = chart(
    "points",
    [{"days": i * 10, "sum": i * i * 100, "who": "new" if i % 2 else HARD} for i in range(9)],
    x=axis("days", "number"),
    series=axis("who"),
)
HEAT: Final = chart(
    "heat",
    [
        {"first": month, "later": str(later), "stayed": 1 - later / 3 if later < 3 - i else None}
        for i, month in enumerate(MONTHS)
        for later in range(3)
    ],
    x=axis("later"),
    y=axis("first"),
    value=axis("stayed", "percent"),
)
FLOW: Final = chart(
    "flow",
    [
        {"from": "new", "to": "loyal", "people": 30},
        {"from": "new", "to": HARD, "people": 0.5},
        {"from": HARD, "to": "loyal", "people": 7},
        {"from": HARD, "to": "gone", "people": 0},
    ],
    x=axis("from"),
    y=axis("to"),
    value=axis("people", "number"),
)
EVERY: Final = (BARS, STANDING, LINES, POINTS, HEAT, FLOW)
