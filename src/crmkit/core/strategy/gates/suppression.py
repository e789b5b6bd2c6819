"""Suppression: addresses to which nothing goes, or no marketing, or none of one purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.instants import format_instant
from crmkit.core.model.suppression import Suppression
from crmkit.core.strategy.gates.consent import MARKETING, Way
from crmkit.core.strategy.gates.verdict import SUPPRESSION
from crmkit.core.suppressions.entries import entries_of
from crmkit.core.suppressions.judging import against

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.gates.contacts import Contact

_SENTENCES = {
    "objection": "somebody asked that this address not be written to",
    "erased": "this address was erased on request, and is not written to again",
    "complaint": "somebody at this address reported a message as spam on {day}",
    "bounce": "messages to this address bounced on {day}, nothing goes there",
    "soft-bounces": "messages to this address keep coming back, it is left alone until {until}",
    "manual": "this address is on the list of those that are not written to, since {day}",
}


def suppressed(
    kernel: Kernel,
    connection: sa.Connection,
    contacts: Sequence[Contact],
    kinds: Mapping[str, str | None],
    granted: Mapping[Way, int],
    now: int,
) -> None:
    """Nobody at an address that is on the list.

    `kinds` has the kind of contact point of each channel, `granted` when customers agreed last: after an
    objection or an erasure whoever agrees anew is written to. Whoever is only asked to confirm is not, but
    where all they did was to end this one purpose before.
    """
    marketing = {each.name for each in kernel.words.purposes if each.type == MARKETING}
    points = {(kind, each.address) for each in contacts if each.address and (kind := kinds.get(each.channel))}
    listed = entries_of(connection, points, now)
    for each in contacts if listed else ():
        entries = listed.get((kinds.get(each.channel) or "", each.address or ""), ())
        agreed = granted.get((each.customer_id, each.purpose, each.channel))
        found = against(
            entries, each.purpose, agreed, is_marketing=each.purpose in marketing, is_ask=each.is_ask
        )
        if found is not None:
            each.drop(SUPPRESSION, told(kernel, found))


def told(kernel: Kernel, entry: Suppression) -> str:
    """Why nothing goes there, as a sentence of its own."""
    until = format_instant(entry.until, kernel.tz)[:10] if entry.until is not None else ""
    said = _SENTENCES[entry.reason].format(day=format_instant(entry.at, kernel.tz)[:10], until=until)
    return f"{said}, until {until}" if until and until not in said else said
