"""Movement as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.plugin import Axis, Chart, _, number

if TYPE_CHECKING:
    from crmkit.plugins.analytical.movement.model import Movement


def heat_map(found: Movement) -> Chart:
    """What share of each state went where; states of nobody are gaps."""
    shares = {(each.origin, each.destination): each.share for each in found.moves}
    rows = [
        {
            "origin": origin,
            "destination": destination,
            "share": shares.get((origin, destination), 0.0) if found.out_of(origin) else None,
        }
        for origin in found.origins
        for destination in found.destinations
    ]
    return Chart(
        name="movement",
        title=_("Where customers went: {name}", name=found.name),
        says=said(found),
        kind="heat",
        rows=rows,
        x=Axis(column="destination", title="To", measure="text"),
        y=Axis(column="origin", title="From", measure="text"),
        value=Axis(column="share", title="Share of those who were there", measure="percent"),
    )


def flow(found: Movement) -> Chart:
    """How many customers went from where to where."""
    return Chart(
        name="movement-flow",
        title=_("From where to where customers went: {name}", name=found.name),
        says=said(found),
        kind="flow",
        rows=[
            {"origin": each.origin, "destination": each.destination, "customers": each.customers}
            for each in found.moves
        ],
        x=Axis(column="origin", title="From", measure="text"),
        y=Axis(column="destination", title="To", measure="text"),
        value=Axis(column="customers", title="Customers"),
    )


def said(found: Movement) -> str:
    """One sentence: how many stayed, came, were lost and returned."""
    counts = {name: number(getattr(found, name)) for name in ("total", "stayed", "new", "lost", "returned")}
    if not (found.lost or found.returned):
        return _("Of {total} customers {stayed} stayed where they were and {new} came.", **counts)
    return _(
        "Of {total} customers {stayed} stayed where they were and {new} came; {lost} became inactive and "
        "{returned} returned.",
        **counts,
    )
