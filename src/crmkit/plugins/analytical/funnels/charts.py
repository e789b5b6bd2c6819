"""Funnels as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.plugin import Axis, Chart, wilson

if TYPE_CHECKING:
    from crmkit.plugins.analytical.funnels.model import Funnel


def bars(found: Funnel) -> Chart:
    """How many customers took each step."""
    return Chart(
        name="funnel",
        title=f"From {found.steps[0].type} to {found.steps[-1].type}",
        says=said(found),
        kind="bars",
        rows=[
            {"step": f"{place}. {each.type}", "customers": each.customers}
            for place, each in enumerate(found.steps, 1)
        ],
        x=Axis(column="step", title="Step", measure="text"),
        y=Axis(column="customers", title="Customers"),
    )


def said(found: Funnel) -> str:
    """One sentence with the conversion from the first step to the last."""
    whole = found.conversion
    if not whole.n:
        return f"Nobody took the first step, {found.steps[0].type}."
    between = wilson(whole)
    return (
        f"{whole.successes:,} of {whole.n:,} customers came from {found.steps[0].type} to "
        f"{found.steps[-1].type}: {whole.rate:.1%} (95 %: {between.low:.1%} to {between.high:.1%})."
    )
