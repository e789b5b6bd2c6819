"""Pictures of results, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Axis, Chart, _, ngettext, translated
from crmkit.plugins.campaign.counted import counted

if TYPE_CHECKING:
    from crmkit.plugins.campaign.results.model import MessageFigures, Results

_STEPS: Final = (
    ("planned", N_("Planned")), ("sent", N_("Sent")), ("delivered", N_("Delivered")),
    ("opened", N_("Opened")), ("clicked", N_("Clicked")), ("replied", N_("Replied")),
    ("bounced", N_("Bounced")), ("complained", N_("Complained")), ("unsubscribed", N_("Unsubscribed")),
)  # fmt: skip

_GROUPINGS: Final = {
    "all": N_("All"), "step": N_("Step"), "variant": N_("Variant"), "channel": N_("Channel"),
    "origin": N_("Origin"), "day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "year": N_("Year"),
}  # fmt: skip


def course(found: Results) -> Chart:
    """How far messages came: from planned to answered."""
    rows = [
        {"step": _(title), "messages": getattr(found.whole, name)}
        for name, title in _STEPS
        if getattr(found.whole, name) is not None
    ]
    return Chart(
        name="messages", title=_("Messages of {origin}", origin=found.origin), says=said(found.whole),
        kind="bars", rows=rows,
        x=Axis(column="step", title="Message", measure="text"), y=Axis(column="messages", title="Messages"),
    )  # fmt: skip


def groups(found: Results) -> Chart | None:
    """Groups side by side: clicked of the delivered where clicks are told, else sent."""
    is_told = any(each.rate("clicked") is not None for each in found.groups)
    rows = [
        {
            "group": _("(none)") if each.group is None else each.group,
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
    by = grouping(str(found.by))
    title = _("Clicked, of the delivered: {by}", by=by) if is_told else _("Sent: {by}", by=by)
    is_time = found.by in ("day", "week", "month", "year")
    return Chart(
        name="groups", title=title, says=title,
        kind="lines" if is_time and len(rows) > 1 else "bars", rows=rows, y=y,
        x=Axis(column="group", title=by, measure="date" if is_time else "text"),
    )  # fmt: skip


def said(figures: MessageFigures) -> str:
    """The counts that matter, in a sentence."""
    names = [name for name, _title in _STEPS[1:6] if getattr(figures, name) is not None]
    parts = ", ".join(counted(name, getattr(figures, name)) for name in names)
    return ngettext(
        "Of {count} message: {parts}.", "Of {count} messages: {parts}.", figures.planned, parts=parts
    )


def grouping(by: str) -> str:
    """What groups are called: `Variant`, `In regulars` for a segment."""
    if by.startswith("segment:"):
        return _("In {segment}", segment=by.removeprefix("segment:"))
    return translated(_GROUPINGS.get(by, by.capitalize()))
