"""Pictures of lifetime value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmkit.plugin import Axis, Chart, _, figures, number

if TYPE_CHECKING:
    from crmkit.plugins.analytical.lifetime.validation import Validation

_WHAT = Axis(column="what", title="Actual or expected", measure="text")


def by_frequency(found: Validation) -> Chart:
    """Purchases since the day, by how often customers had bought before it."""
    rows = [
        {"class": each.label, "what": what, "purchases": number}
        for each in found.classes
        for what, number in (("actual", each.actual), ("expected", each.expected))
    ]
    return Chart(
        name="value-by-frequency",
        title="Purchases after the day, by repeat purchases before it",
        says=_(
            "After {until} customers made {actual} purchases; {expected} were expected.",
            until=found.until,
            actual=number(found.actual),
            expected=figures(f"{found.expected:,.0f}"),
        ),
        kind="bars",
        rows=rows,
        x=Axis(column="class", title="Repeat purchases before", measure="text"),
        y=Axis(column="purchases", title="Purchases after, mean per customer"),
        series=_WHAT,
    )


def over_time(found: Validation) -> Chart:
    """Cumulative repeat purchases by week."""
    rows = [
        {"week": each.ends.isoformat(), "what": what, "purchases": number}
        for each in found.weeks
        for what, number in (("actual", each.actual), ("expected", each.expected))
    ]
    last = found.weeks[-1]
    return Chart(
        name="value-over-time",
        title="Repeat purchases, all together",
        says=_(
            "By {ends} there were {actual} repeat purchases; a model that knew them up to {until} expected "
            "{expected}.",
            ends=last.ends,
            actual=number(last.actual),
            until=found.until,
            expected=figures(f"{last.expected:,.0f}"),
        ),
        kind="lines",
        rows=rows,
        x=Axis(column="week", title="Week that ends on", measure="date"),
        y=Axis(column="purchases", title="Repeat purchases so far"),
        series=_WHAT,
    )


def alive_chart(shares: Sequence[float]) -> Chart:
    """How many customers there are for each chance of being still there, in tenths."""
    counts = [0] * 10
    for each in shares:
        counts[min(int(each * 10), 9)] += 1
    rows: list[dict[str, Any]] = [
        {"chance": f"{10 * n}–{10 * n + 10} %", "customers": count} for n, count in enumerate(counts)
    ]
    sure = counts[9]
    return Chart(
        name="value-alive",
        title="Customers by the chance that they are still there",
        says=_(
            "{sure} of {all} buyers are still there with a chance of {chance} and more.",
            chance=figures("90 %"),
            sure=number(sure),
            all=number(sum(counts)),
        ),
        kind="bars",
        rows=rows,
        x=Axis(column="chance", title="Chance of being still there", measure="text"),
        y=Axis(column="customers", title="Customers"),
    )
