"""Rows of the list, read for many addresses at once, entered and ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.sets import rows_among
from crmkit.core.model.suppression import YIELDING, Suppression
from crmkit.core.store.bulk import driver_rows
from crmkit.core.store.suppression import RENEWED, Listing, insert_suppression, keyed_hasher, suppression_key

if TYPE_CHECKING:
    from crmkit.core.store.unit import Transaction

ENTITY: Final = "suppression"
_COLUMNS: Final = (
    'id, kind, reason, scope, "at", purpose, until, note, actor, lifted_at, lifted_by, because, digest'
)
# (kind of address, normalised address)
Point = tuple[str, str]


def of_row(row: Any, address: str | None = None) -> Suppression:
    """A value of a row in the order of the columns."""
    return Suppression(
        number=row[0], kind=row[1], reason=row[2], scope=row[3], at=row[4], purpose=row[5], until=row[6],
        note=row[7], actor=row[8], lifted_at=row[9], lifted_by=row[10], because=row[11], address=address,
    )  # fmt: skip


def any_listed(connection: sa.Connection) -> bool:
    """Whether the list has any row at all."""
    return bool(driver_rows(connection, "SELECT 1 FROM suppression LIMIT 1"))


def entries_of(
    connection: sa.Connection, points: Collection[Point], now: int | None
) -> dict[Point, list[Suppression]]:
    """What stands at an instant against these normalised addresses, oldest first; with None, all there was.

    A few statements, however many they are.
    """
    if not points or not any_listed(connection):
        return {}
    key = suppression_key(connection)
    if key is None:
        return {}
    hashed = keyed_hasher(key)
    hashes = {hashed(kind, address): (kind, address) for kind, address in points}
    select = f"SELECT {_COLUMNS} FROM suppression WHERE digest"  # noqa: S608
    rows = rows_among(connection, select, sorted(hashes), after='ORDER BY "at", id')
    found: dict[Point, list[Suppression]] = {}
    for row in rows:
        point = hashes[row[-1]]
        entry = of_row(row, point[1])
        if now is None or entry.stands(now):
            found.setdefault(point, []).append(entry)
    return found


def all_entries(
    connection: sa.Connection, conditions: Mapping[str, str], *, standing_at: int | None
) -> list[tuple[str, Suppression]]:
    """(hash, entry) of the whole list, or of what stands at an instant, newest first."""
    where = " AND ".join([*(f"{name} = :{name}" for name in conditions), "1 = 1"])
    select = sa.text(f'SELECT {_COLUMNS} FROM suppression WHERE {where} ORDER BY "at" DESC, id DESC')  # noqa: S608
    rows = connection.execute(select, dict(conditions))
    found = [(row[-1], of_row(row)) for row in rows]
    return [each for each in found if standing_at is None or each[1].stands(standing_at)]


def enter(
    tx: Transaction, listing: Listing, address: str, *, renews: bool = True
) -> tuple[Suppression, bool]:
    """(the entry that stands, whether it is new). What says the same or more already is left as it is; but of
    what a later consent overrules the last time counts, where it `renews`."""
    before = _before(tx.connection, listing)
    if before is not None:
        if before.stands(listing.at) and _covers(before, listing, renews=renews):
            return evolve(before, address=address), False
        over = before.until is not None and before.until <= listing.at
        end(tx, before, RENEWED, at=before.until if over else max(listing.at, before.at))
    number = insert_suppression(tx.connection, listing)
    if number is None:  # somebody else was quicker
        standing = _before(tx.connection, listing)
        assert standing is not None
        return evolve(standing, address=address), False
    tx.append_change(("created", ENTITY, number, None, listing.reason, None, as_json(_told(listing)), "", ""))
    return _of_listing(number, listing, address), True


def end(tx: Transaction, entry: Suppression, because: str, *, at: int | None = None) -> None:
    """End an entry; its row stays."""
    statement = sa.text(
        "UPDATE suppression SET lifted_at = :at, lifted_by = :actor, because = :because "
        "WHERE id = :id AND lifted_at IS NULL"
    )
    when = tx.at if at is None else at
    given = {"at": when, "actor": tx.actor.name, "because": because, "id": entry.number}
    if tx.execute(statement, given).rowcount:
        old = as_json({"kind": entry.kind, "scope": entry.scope, "purpose": entry.purpose})
        new = as_json({"because": because})
        tx.append_change(("removed", ENTITY, entry.number, None, entry.reason, old, new, "", ""))


def _before(connection: sa.Connection, listing: Listing) -> Suppression | None:
    """The row that would be in its way."""
    select = sa.text(
        f"SELECT {_COLUMNS} FROM suppression WHERE digest = :digest "  # noqa: S608
        "AND purpose = :purpose AND reason = :reason AND lifted_at IS NULL"
    )
    given = {"digest": listing.digest, "purpose": listing.purpose, "reason": listing.reason}
    row = connection.execute(select, given).first()
    return of_row(row) if row else None


def _covers(standing: Suppression, listing: Listing, *, renews: bool) -> bool:
    """Whether the list says as much already."""
    if renews and listing.reason in YIELDING and listing.at > standing.at:
        return False
    is_wide = standing.scope in ("all", listing.scope)
    is_long = standing.until is None or (listing.until is not None and listing.until <= standing.until)
    return is_wide and is_long


def _told(listing: Listing) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": listing.kind, "scope": listing.scope, "purpose": listing.purpose}
    return told if listing.until is None else {**told, "until": listing.until}


def _of_listing(number: int, listing: Listing, address: str) -> Suppression:
    return Suppression(
        number=number, kind=listing.kind, reason=listing.reason, scope=listing.scope, at=listing.at,
        purpose=listing.purpose, until=listing.until, note=listing.note, actor=listing.actor, address=address,
    )  # fmt: skip
