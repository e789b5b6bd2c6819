"""Suppression: addresses of which somebody asked that they not be written to, or that were erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.sets import rows_among
from crmkit.core.store.bulk import driver_rows
from crmkit.core.store.suppression import HASHED_KINDS, keyed_hash, suppression_key
from crmkit.core.strategy.gates.consent import Way
from crmkit.core.strategy.gates.verdict import SUPPRESSION

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.strategy.gates.contacts import Contact

_REASONS = {
    "objection": "somebody asked that this address not be written to",
    "erased": "this address was erased on request, and is not written to again",
}
_OTHER = "this address is on the list of those that are not written to"


def suppressed(
    connection: sa.Connection,
    contacts: Sequence[Contact],
    kinds: Mapping[str, str | None],
    granted: Mapping[Way, int],
    now: int,
) -> None:
    """Nobody at an address that is on the list, unless they agreed anew after it was put there.

    `contacts` are marketing; `kinds` has the kind of contact point of each channel, `granted` when customers
    agreed.
    """
    wanted = [each for each in contacts if each.address and kinds.get(each.channel) in HASHED_KINDS]
    listed = _listed(connection, wanted, kinds, now)
    for each in wanted if listed else ():
        found = listed.get((kinds[each.channel], each.address))
        if found is None:
            continue
        at, reason = found
        if granted.get((each.customer_id, each.purpose, each.channel), at) <= at:
            each.drop(SUPPRESSION, _REASONS.get(reason, _OTHER))


def _listed(
    connection: sa.Connection, contacts: Sequence[Contact], kinds: Mapping[str, str | None], now: int
) -> dict[tuple[str | None, str | None], tuple[int, str]]:
    """(instant, reason) of those (kind, address) that are on the list, as last put there."""
    if not contacts or not driver_rows(connection, "SELECT 1 FROM suppression LIMIT 1"):
        return {}
    key = suppression_key(connection)
    if key is None:
        return {}
    hashes = {}
    for each in contacts:
        kind, address = kinds[each.channel], each.address
        assert kind is not None
        assert address is not None
        hashes[keyed_hash(key, kind, address)] = (kind, address)
    select = 'SELECT digest, "at", reason FROM suppression WHERE "at" <= ? AND digest'
    rows = rows_among(connection, select, sorted(hashes), now, after='ORDER BY "at"')
    return {hashes[row[0]]: (row[1], row[2]) for row in rows}
