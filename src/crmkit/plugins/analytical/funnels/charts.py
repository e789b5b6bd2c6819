"""Funnels as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.plugin import Axis, Chart, _, ngettext, number, wilson

if TYPE_CHECKING:
    from crmkit.plugins.analytical.funnels.model import Funnel


def bars(found: Funnel) -> Chart:
    """How many customers took each step."""
    return Chart(
        name="funnel",
        title=_("From {first} to {last}", first=found.steps[0].type, last=found.steps[-1].type),
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
        return _("Nobody took the first step, {type}.", type=found.steps[0].type)
    between = wilson(whole)
    return ngettext(
        "{part} of {count} customer came from {first} to {last}: {share} (95 %: {low} to {high}).",
        "{part} of {count} customers came from {first} to {last}: {share} (95 %: {low} to {high}).",
        whole.n,
        part=number(whole.successes),
        first=found.steps[0].type,
        last=found.steps[-1].type,
        share=f"{whole.rate:.1%}",
        low=f"{between.low:.1%}",
        high=f"{between.high:.1%}",
    )
