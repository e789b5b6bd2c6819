"""Consent: marketing needs it, everything else is allowed until it is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.consent import GRANTED, WITHDRAWN
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
    kernel: Kernel, connection: sa.Connection, contacts: Sequence[Contact], now: int
) -> Mapping[Way, int]:
    """Nobody without the consent that the purpose needs; when those who agree said so last."""
    said = _last_words(connection, contacts, now)
    purposes = kernel.words.purposes
    for each in contacts:
        word = purposes.get(each.purpose)
        state, at = said.get((each.customer_id, each.purpose, each.channel), (None, 0))
        by = f"{each.purpose} by {each.channel}"
        if word is None:
            each.drop(CONSENT, f'there is no purpose "{each.purpose}" that anybody could agree to')
        elif state == WITHDRAWN:
            each.drop(CONSENT, f"withdrew {by} on {format_instant(at, kernel.tz)[:10]}")
        elif state is None and word.type == MARKETING:
            each.drop(CONSENT, f"never agreed to {by}")
    return {way: at for way, (state, at) in said.items() if state == GRANTED}


def _last_words(
    connection: sa.Connection, contacts: Sequence[Contact], now: int
) -> dict[Way, tuple[str, int]]:
    """(state, instant) of what each customer said last on each purpose and channel."""
    select = 'SELECT customer_id, purpose, channel, state, "at" FROM consent WHERE "at" <= ? AND customer_id'
    ids = sorted({each.customer_id for each in contacts})
    rows = rows_among(connection, select, ids, now, after='ORDER BY "at", id')
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
