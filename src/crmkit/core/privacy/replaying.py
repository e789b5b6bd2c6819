"""Erasing again whom a restored backup brought back, before anybody is served."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import SchemaError
from crmkit.core.kernel import HOUSE
from crmkit.core.privacy.erasing import SCRUBBED, SCRUBBING, erase_rows
from crmkit.core.store.engine import Store
from crmkit.core.store.ledger import Entry
from crmkit.core.store.schema import PluginMigrations, schema_state
from crmkit.core.store.scrub import scrub_file
from crmkit.core.store.suppression import ensure_key, suppress
from crmkit.core.store.unit import Transaction

_REASON: Final = "restore"


@frozen(kw_only=True)
class Replay:
    """What was erased again: people, and addresses that must not be used. `merged` are uids that were
    erased and that the backup has merged into somebody who was not."""

    erased: int = 0
    suppressed: int = 0
    merged: tuple[str, ...] = ()


def replay(
    store: Store,
    entries: Sequence[Entry],
    at: int,
    plugins: Sequence[PluginMigrations] = (),
    upgrade: Callable[[Store], object] | None = None,
) -> Replay:
    """Erase everybody in `entries` from a database that nobody has open.

    An older schema is upgraded first, by `upgrade`; without it that is `SchemaError`. What plugins keep
    outside the database was erased the first time, and no backup of the database brings it back.
    """
    if not entries:
        return Replay()
    if schema_state(store, plugins).pending:
        if upgrade is None:
            raise SchemaError(
                "The backup has an older schema and holds people who were erased since",
                hint="Restore it by: crm db restore FILE",
            )
        upgrade(store)
    done = _erase_all(store, entries, at)
    if done.erased:
        _scrub(store, at)
    return done


def _erase_all(store: Store, entries: Sequence[Entry], at: int) -> Replay:
    uids = [uid for entry in entries for uid in entry.uids]
    with store.writing() as connection:
        tx = Transaction(connection=connection, actor=HOUSE, at=at, random=os.urandom)
        ensure_key(connection)
        hashes = [pair for entry in entries for pair in entry.hashes]
        suppressed = suppress(connection, hashes, reason="erased", at=at, actor=HOUSE.name)
        found = [row[0] for row in rows_among(connection, "SELECT id FROM customer WHERE uid", uids)]
        for customer_id in found:
            _settle(tx, customer_id)
            erase_rows(tx, customer_id, reason=_REASON)
        tx.flush()
        select = "SELECT uid FROM customer_alias WHERE uid"
        merged = tuple(row[0] for row in rows_among(connection, select, uids))
    return Replay(erased=len(found), suppressed=suppressed, merged=merged)


def _settle(tx: Transaction, customer_id: int) -> None:
    """What they had asked is answered by the erasure, as it was the first time."""
    tx.execute(
        sa.text(
            "UPDATE privacy_request SET state = 'done', settled_at = :at, outcome = '' "
            "WHERE state = 'open' AND customer_id = :customer"
        ),
        {"at": tx.at, "customer": customer_id},
    )


def _scrub(store: Store, at: int) -> None:
    if store.path is None or not scrub_file(store.path):
        return
    with store.writing() as connection:
        statement = sa.text("UPDATE erasure SET state = :done, scrubbed_at = :at WHERE state = :waiting")
        connection.execute(statement, {"done": SCRUBBED, "at": at, "waiting": SCRUBBING})
