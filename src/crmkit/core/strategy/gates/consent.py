"""Consent: marketing needs it, everything else is allowed until it is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.consent import ASKED, GRANTED, WITHDRAWN
from crmkit.core.customers.sets import rows_among
from crmkit.core.instants import format_instant
from crmkit.core.strategy.gates.verdict import CONSENT

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.gates.contacts import Contact

MARKETING = "marketing"
# (customer id, purpose, channel)
Way = tuple[int, str, str]


def agreed(
    kernel: Kernel,
    connection: sa.Connection,
    contacts: Sequence[Contact],
    now: int,
    *,
    just_asked: bool = False,
) -> Mapping[Way, int]:
    """Nobody without the consent that the purpose needs; when those who agree said so last.

    Whoever is asked to confirm a consent gets that one message, and for them it is when they were asked.
    """
    said, asked = _last_words(connection, contacts, now)
    if just_asked:
        asked |= {(each.customer_id, each.purpose, each.channel): now for each in contacts if each.is_ask}
    purposes = kernel.words.purposes
    for each in contacts:
        word = purposes.get(each.purpose)
        state, at = said.get((each.customer_id, each.purpose, each.channel), (None, 0))
        asked_at = asked.get((each.customer_id, each.purpose, each.channel))
        by = f"{each.purpose} by {each.channel}"
        if word is None:
            each.drop(CONSENT, f'there is no purpose "{each.purpose}" that anybody could agree to')
        elif each.is_ask and state != GRANTED and asked_at is not None:
            continue
        elif each.is_ask:
            each.drop(CONSENT, f"nothing about {by} is left to confirm")
        elif state == WITHDRAWN:
            each.drop(CONSENT, f"withdrew {by} on {format_instant(at, kernel.tz)[:10]}")
        elif state is None and word.type == MARKETING:
            never = asked_at is None
            day = "" if asked_at is None else format_instant(asked_at, kernel.tz)[:10]
            each.drop(
                CONSENT, f"never agreed to {by}" if never else f"asked about {by} on {day}, not confirmed"
            )
    return asked | {way: at for way, (state, at) in said.items() if state == GRANTED}


def _last_words(
    connection: sa.Connection, contacts: Sequence[Contact], now: int
) -> tuple[dict[Way, tuple[str, int]], dict[Way, int]]:
    """(state, instant) of what each customer said last on each purpose and channel, and where they were asked
    since, when."""
    select = 'SELECT customer_id, purpose, channel, state, "at" FROM consent WHERE "at" <= ? AND customer_id'
    ids = sorted({each.customer_id for each in contacts})
    rows = rows_among(connection, select, ids, now, after='ORDER BY "at", id')
    said: dict[Way, tuple[str, int]] = {}
    asked: dict[Way, int] = {}
    for *way, state, at in rows:
        key = way[0], way[1], way[2]
        if state == ASKED:
            asked[key] = at
        else:
            said[key] = state, at
            asked.pop(key, None)
    return said, asked
