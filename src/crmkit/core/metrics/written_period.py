"""What a period is called in the language spoken: `last 90 days`, `ostatnie 90 dni`."""

from __future__ import annotations

from typing import Final

from crmkit.core.language import ENGLISH, N_, _, ngettext, spoken
from crmkit.core.metrics.period import LAST, Period

_NAMED: Final = {
    "today": N_("today"),
    "yesterday": N_("yesterday"),
    "all time": N_("all time"),
    "ever": N_("all time"),
    "this week": N_("this week"),
    "last week": N_("last week"),
    "this month": N_("this month"),
    "last month": N_("last month"),
    "this quarter": N_("this quarter"),
    "last quarter": N_("last quarter"),
    "this year": N_("this year"),
    "last year": N_("last year"),
}


def written_period(period: Period) -> str:
    """Its name, in English as it was asked for; empty where its days say it all."""
    text = period.text
    if spoken() == ENGLISH or text[:1].isdigit():
        return text
    found = LAST.fullmatch(text)
    if found is not None:
        return _lately(int(found[1]), found[2])
    named = _NAMED.get(text.replace("previous ", "last "))
    return _(named) if named else ""


def _lately(count: int, unit: str) -> str:
    match unit:
        case "day":
            return ngettext("last {count} day", "last {count} days", count)
        case "week":
            return ngettext("last {count} week", "last {count} weeks", count)
        case "month":
            return ngettext("last {count} month", "last {count} months", count)
        case "quarter":
            return ngettext("last {count} quarter", "last {count} quarters", count)
    return ngettext("last {count} year", "last {count} years", count)
