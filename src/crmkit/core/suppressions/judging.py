"""What of the list keeps a message from an address, and how that is told in short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from crmkit.core.cldr import written_day
from crmkit.core.instants import local_date
from crmkit.core.language import _, translated
from crmkit.core.model.suppression import ALL, REASONS, YIELDING, Suppression


def against(
    entries: Iterable[Suppression],
    purpose: str,
    agreed: int | None,
    *,
    is_marketing: bool,
    is_ask: bool = False,
) -> Suppression | None:
    """Of what stands against an address, what keeps a message for `purpose` from it: the latest of it.

    `agreed` is when its owner agreed last, None where they do not; with `is_ask`, when they were asked to.
    """
    found = None
    for each in entries:
        if each.scope != ALL and not (is_marketing and each.purpose in ("", purpose)):
            continue
        yields = each.scope != ALL and each.reason in YIELDING and (each.purpose or not is_ask)
        if not (yields and agreed is not None and agreed > each.at):
            found = each
    return found


def in_short(entry: Suppression, tz: tzinfo) -> str:
    """Why nothing goes there, as a line beside the address: `bounced on 2026-11-22`."""
    since, what = written_day(local_date(entry.at, tz)), translated(REASONS[entry.reason][0])
    what = what if entry.scope == ALL else f"{what} ({entry.purpose or 'marketing'})"
    if entry.until is None:
        return _("{what} on {day}", what=what, day=since)
    return _(
        "{what} on {day}, until {until}", what=what, day=since, until=written_day(local_date(entry.until, tz))
    )
