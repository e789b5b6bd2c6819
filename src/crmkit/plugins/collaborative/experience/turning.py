"""Where a relationship turned: after what the customer bought at most half, or at least twice, as often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crmkit.plugins.collaborative.experience.model import BOUGHT, Contact, Turn

DAY: Final = 86_400_000_000
SPAN: Final = 90
_LEAST: Final = 30
_MOST: Final = 3
_HALF: Final = 2
# One purchase more or less says nothing.
_FEWEST: Final = 2
_DOWN: Final = ("complaint", "handover.broken", "handover.dropped", "case.reopened")
_UP: Final = ("handover.kept",)


def turns_of(contacts: Sequence[Contact], now: int) -> tuple[Turn, ...]:
    """The turns, the strongest first. At least thirty days on each side must be known."""
    if not contacts:
        return ()
    bought = [each.at for each in contacts if each.side == BOUGHT]
    found = [
        turn
        for each in contacts
        if (way := _way(each)) and (turn := _turn(each, bought, contacts[0].at, now)) and _is(turn, way)
    ]
    return tuple(sorted(found, key=lambda turn: (-turn.strength, turn.at))[:_MOST])


def _way(contact: Contact) -> int:
    if contact.rating is not None and contact.rating.mood:
        return contact.rating.mood
    return -1 if contact.type in _DOWN else 1 if contact.type in _UP else 0


def _turn(contact: Contact, bought: Sequence[int], first: int, now: int) -> Turn | None:
    at = contact.at
    before, after = (min(SPAN, (length) // DAY) for length in (at - first, now - at))
    if before < _LEAST or after < _LEAST:
        return None
    return Turn(
        at=at, type=contact.type, what=contact.what, days_before=before, days_after=after,
        before=sum(at - before * DAY <= each < at for each in bought),
        after=sum(at < each <= at + after * DAY for each in bought),
    )  # fmt: skip


def _is(turn: Turn, way: int) -> bool:
    before, after = turn.rates
    if way < 0:
        return turn.before >= _FEWEST and after * _HALF <= before
    return turn.after >= _FEWEST and after >= before * _HALF
