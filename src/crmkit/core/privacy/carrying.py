"""Keeping what people objected to since a backup was made, where it takes the place of their database.

Without it a restore would write to people who said no meanwhile. What they agreed to since is not kept: the
stricter word stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.engine import RowMapping

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.sets import rows_among
from crmkit.core.kernel import HOUSE
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import PluginMigrations, schema_state
from crmkit.core.store.suppression import Listing, insert_suppression, suppression_key
from crmkit.core.store.unit import Transaction

_SOURCE: Final = "restore"
_LISTED: Final = (
    "SELECT kind, digest, purpose, reason, scope, at, until, note, actor FROM suppression "
    "WHERE lifted_at IS NULL ORDER BY id"
)
# Whoever was merged into somebody since stands apart in the backup, and is meant too.
_WHO: Final = (
    "(SELECT id, uid FROM customer UNION ALL SELECT customer_id AS id, uid FROM customer_alias) AS who"
)
# The last word of everybody on each purpose and channel, where it is this one.
_LAST_WORDS: Final = (
    "SELECT who.uid, c.purpose, c.channel, c.state, c.at, c.wording_version, c.evidence, "
    f"c.actor FROM consent AS c JOIN {_WHO} ON who.id = c.customer_id WHERE c.state = :state AND NOT EXISTS "
    "(SELECT 1 FROM consent AS l WHERE l.customer_id = c.customer_id AND l.purpose = c.purpose "
    "AND l.channel = c.channel AND l.state <> 'asked' AND (l.at > c.at OR l.at = c.at AND l.id > c.id)) "
    "ORDER BY c.id"
)
_WITHDRAW: Final = (
    "INSERT INTO consent "
    "(customer_id, purpose, channel, state, at, source, wording_version, evidence, actor) VALUES "
    "(:customer_id, :purpose, :channel, :state, :at, :source, :wording_version, :evidence, :actor) "
    "RETURNING id"
)
_RESTRICTED: Final = (
    f"SELECT who.uid, c.restricted_at FROM customer AS c JOIN {_WHO} ON who.id = c.id "
    "WHERE c.restricted_at IS NOT NULL"
)
_RESTRICT: Final = (
    "UPDATE customer SET restricted_at = :since, version = version + 1 "
    "WHERE uid = :uid AND restricted_at IS NULL RETURNING id"
)


@frozen(kw_only=True)
class Carried:
    """How many entries of the suppression list, withdrawals of consent and restrictions were kept."""

    suppressions: int = 0
    withdrawals: int = 0
    restrictions: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.suppressions + self.withdrawals + self.restrictions


def carry(
    old: sa.Connection,
    store: Store,
    at: int,
    plugins: Sequence[PluginMigrations] = (),
    upgrade: Callable[[Store], object] | None = None,
) -> Carried | None:
    """Enter in `store`, which was restored, the objections that only `old` knows: the database replaced.

    None where the two are not of one business, by the key of their suppression lists, or where the schema of
    the backup is older and nobody upgrades it.
    """
    if schema_state(store, plugins).pending:
        if upgrade is None:
            return None
        upgrade(store)
    with store.writing() as connection:
        if suppression_key(connection) is None or suppression_key(connection) != suppression_key(old):
            return None
        tx = Transaction(connection=connection, actor=HOUSE, at=at, random=os.urandom)
        done = Carried(
            suppressions=_list(connection, old),
            withdrawals=_withdraw(tx, _said(old, "withdrawn")),
            restrictions=sum(_restrict(tx, uid, since) for uid, since in old.execute(sa.text(_RESTRICTED))),
        )
        tx.flush()
    return done


def _list(connection: sa.Connection, old: sa.Connection) -> int:
    rows = old.execute(sa.text(_LISTED)).mappings()
    return sum(insert_suppression(connection, Listing(**dict(row))) is not None for row in rows)


def _said(connection: sa.Connection, state: str) -> Sequence[RowMapping]:
    return connection.execute(sa.text(_LAST_WORDS), {"state": state}).mappings().all()


def _withdraw(tx: Transaction, withdrawn: Sequence[RowMapping]) -> int:
    """Enter the withdrawals of those who are in the backup, unless it has the same or a later word."""
    granted = {_about(row): row["at"] for row in _said(tx.connection, "granted")}
    known = {_about(row) for row in _said(tx.connection, "withdrawn")}
    new = [row for row in withdrawn if _about(row) not in known and granted.get(_about(row), 0) <= row["at"]]
    uids = sorted({row["uid"] for row in new})
    found = rows_among(tx.connection, "SELECT uid, id FROM customer WHERE uid", uids)
    here = {str(uid): int(id_) for uid, id_ in found}
    present = [row for row in new if row["uid"] in here]
    for row in present:
        values = {**dict(row), "customer_id": here[row["uid"]], "source": _SOURCE}
        number = tx.execute(sa.text(_WITHDRAW), values).scalar_one()
        said = as_json({name: values[name] for name in ("purpose", "channel", "state")})
        entry = ("created", "consent", number, here[row["uid"]], row["purpose"], None, said, _SOURCE)
        tx.append_change((*entry, row["uid"]))
    return len(present)


def _about(row: RowMapping) -> tuple[str, str, str]:
    return row["uid"], row["purpose"], row["channel"]


def _restrict(tx: Transaction, uid: str, since: int) -> bool:
    id_ = tx.execute(sa.text(_RESTRICT), {"since": since, "uid": uid}).scalar()
    if id_ is None:
        return False
    entry = ("changed", "customer", id_, id_, "restricted_at", as_json(None), as_json(since), _SOURCE)
    tx.append_change((*entry, uid))
    return True
