"""What stands against the addresses of customers."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.customers.sets import rows_among
from crmkit.core.model.suppression import Suppression
from crmkit.core.suppressions.entries import any_listed, entries_of


def standing_of(
    connection: sa.Connection, ids: Collection[int], now: int
) -> dict[int, tuple[Suppression, ...]]:
    """What stands at an instant against the addresses of customers, by id; those with nothing are left
    out."""
    if not ids or not any_listed(connection):
        return {}
    select = "SELECT customer_id, kind, normalised, value FROM contact_point WHERE customer_id"
    points = list(rows_among(connection, select, sorted(ids), after="ORDER BY customer_id, id"))
    entries = entries_of(connection, {(row[1], row[2]) for row in points}, now)
    found: dict[int, list[Suppression]] = {}
    for customer_id, kind, normalised, value in points:
        for each in entries.get((kind, normalised), ()):
            found.setdefault(customer_id, []).append(evolve(each, address=value, customer_id=customer_id))
    return {id_: tuple(each) for id_, each in found.items()}
