"""Pictures of results, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.plugin import Axis, Chart

if TYPE_CHECKING:
    from crmkit.plugins.campaign.results.model import MessageFigures, Results

_STEPS: Final = (
    ("planned", "Planned"), ("sent", "Sent"), ("delivered", "Delivered"), ("opened", "Opened"),
    ("clicked", "Clicked"), ("replied", "Replied"), ("bounced", "Bounced"), ("complained", "Complained"),
    ("unsubscribed", "Unsubscribed"),
)  # fmt: skip


def course(found: Results) -> Chart:
    """How far messages came: from planned to answered."""
    rows = [
        {"step": title, "messages": getattr(found.whole, name)}
        for name, title in _STEPS
        if getattr(found.whole, name) is not None
    ]
    return Chart(
        name="messages", title=f"Messages of {found.origin}", says=said(found.whole), kind="bars", rows=rows,
        x=Axis(column="step", title="Message", measure="text"), y=Axis(column="messages", title="Messages"),
    )  # fmt: skip


def groups(found: Results) -> Chart | None:
    """Groups side by side: clicked of the delivered where clicks are told, else sent."""
    is_told = any(each.rate("clicked") is not None for each in found.groups)
    rows = [
        {
            "group": "(none)" if each.group is None else each.group,
            "value": each.rate("clicked") if is_told else each.sent,
        }
        for each in found.groups
    ]
    if not rows:
        return None
    y = (
        Axis(column="value", title="Clicked", measure="percent")
        if is_told
        else Axis(column="value", title="Sent")
    )
    title = "Clicked, of the delivered" if is_told else "Sent"
    is_time = found.by in ("day", "week", "month", "year")
    return Chart(
        name="groups", title=f"{title}, by {found.by}", says=f"{title}, by {found.by}: {len(rows)} groups.",
        kind="lines" if is_time and len(rows) > 1 else "bars", rows=rows, y=y,
        x=Axis(column="group", title=str(found.by), measure="date" if is_time else "text"),
    )  # fmt: skip


def said(figures: MessageFigures) -> str:
    """The counts that matter, in a sentence."""
    parts = [
        f"{getattr(figures, name):,} {name}" for name, _ in _STEPS[1:6] if getattr(figures, name) is not None
    ]
    return f"Of {figures.planned:,} messages: {', '.join(parts)}."
