"""The scores of customers as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.plugin import Axis, Chart

if TYPE_CHECKING:
    from crmkit.plugins.analytical.rfm.model import Rfm


def heat_map(found: Rfm) -> Chart:
    """How many customers have each pair of scores."""
    counts = {(each.r, each.fm): each.customers for each in found.cells}
    scores = range(1, found.scores + 1)
    return Chart(
        name="rfm",
        title="Customers by recency, frequency and money",
        says=_said(found),
        kind="heat",
        rows=[
            {"fm": str(fm), "r": str(r), "customers": counts.get((r, fm), 0)}
            for r in reversed(scores)
            for fm in scores
        ],
        x=Axis(column="fm", title="Frequency and money (higher: more)", measure="text"),
        y=Axis(column="r", title="Recency (higher: more lately)", measure="text"),
        value=Axis(column="customers", title="Customers"),
    )


def bars(found: Rfm) -> Chart:
    """How many customers each segment has."""
    return Chart(
        name="rfm-segments",
        title="Segments of customers",
        says=_said(found),
        kind="bars",
        rows=[{"segment": each.segment, "customers": each.customers} for each in found.segments],
        x=Axis(column="segment", title="Segment", measure="text"),
        y=Axis(column="customers", title="Customers"),
    )


def _said(found: Rfm) -> str:
    """One sentence with the largest segment, and the one that spent most."""
    largest = max(found.segments, key=lambda each: each.customers)
    richest = max(found.segments, key=lambda each: each.spent)
    said = f"{largest.segment} is the largest segment: {largest.share:.0%} of the"
    said += f" {found.customers:,} customers who ever bought"
    if richest.spent_share is None:
        return f"{said}."
    return f"{said}; {richest.segment} spent most: {richest.spent_share:.0%} of all."
