"""When a rule runs, as people say it in the language spoken."""

from __future__ import annotations

from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.language import ENGLISH, N_, _, ngettext, pgettext, spoken
from crmkit.core.strategy.schedules import DAYS, parse_schedule, read_words

_WEEKLY: Final = (
    N_("Every Monday"), N_("Every Tuesday"), N_("Every Wednesday"), N_("Every Thursday"), N_("Every Friday"),
    N_("Every Saturday"), N_("Every Sunday"),
)  # fmt: skip


def written_schedule(run: str) -> str:
    """The schedule within a sentence; in English, and where it is none, as it was written."""
    try:
        parse_schedule(run)
    except Invalid:
        return run
    said = when(run)
    return run if spoken() == ENGLISH else said[:1].lower() + said[1:]


def when(run: str) -> str:
    """The schedule as it begins a sentence; in English as it was written."""
    if spoken() == ENGLISH:
        return run[:1].upper() + run[1:]
    said = read_words(run)
    match said.kind:
        case "minute":
            return ngettext("Every {count} minute", "Every {count} minutes", int(said.which))
        case "hour":
            return ngettext("Every {count} hour", "Every {count} hours", int(said.which))
        case "weekly":
            days = _(_WEEKLY[DAYS.index(said.which)])
        case "monthly" if said.which == "last":
            days = _("On the last day of each month")
        case "monthly":
            days = _("On day {day} of each month", day=said.which)
        case "weekdays":
            days = _("On weekdays")
        case _:
            days = pgettext("schedule", "Every day")
    return _("{days} at {time}", days=days, time=said.at) if said.at else days
