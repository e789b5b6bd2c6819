"""Removing the customers whom an import created, where nothing has happened to them since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.exchange.runs import UNDONE
from crmkit.core.exchange.tally import Tally
from crmkit.core.model.interaction import VOIDED
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contract, Contracts, load_contracts
from crmkit.core.store.ownership import Link
from crmkit.core.store.search_index import search_delete
from crmkit.core.undo.values import source_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

# What an import itself writes; the change log tells whether anybody else did.
_WRITTEN: Final = frozenset(
    {
        "contact_point", "identity", "customer_tag", "preference", "consent", "relationship",
        "customer_field", "customer_choice", "change",
    }
)  # fmt: skip
# What is worked out from the rest, or says who looked.
_DERIVED: Final = frozenset({"segment_stay", "trait_value", "duplicate", "access", "review"})
_NAMED_ROWS: Final = {
    "interaction": phrase("something was recorded about them since"),
    "customer_alias": phrase("somebody was merged into them since"),
    "legal_hold": phrase("a legal hold is on them"),
    "privacy_request": phrase("they made a privacy request"),
}


def untouched(crm: Crm, tx: Transaction, created: Mapping[int, int], source: str, tally: Tally) -> set[int]:
    """Those of `created` (number then → number now) to whom nothing has happened; the others are left."""
    reasons: dict[int, str] = {}
    for then, now in created.items():
        if then != now:
            reasons[then] = phrase("they were merged into customer {now} since", now=now)
    ids = set(created) - reasons.keys()
    _lock(tx, ids)
    seen = seen_among(tx.connection, crm.kernel, crm.actor, sorted(ids))
    reasons |= dict.fromkeys(ids.difference(seen), phrase("you do not see them"))
    for id_, who in _changed(crm, tx, ids, source):
        reasons.setdefault(id_, phrase("{who} changed something about them since", who=who))
    for contract in _others(crm, load_contracts(tx.connection)):
        for id_ in _with_rows(tx, contract, ids):
            why = phrase("there is something about them in {table}", table=contract.table)
            reasons.setdefault(id_, _NAMED_ROWS.get(contract.table, why))
    for id_, reason in sorted(reasons.items()):
        tally.leave(created[id_], phrase("customer {id}", id=id_), reason)
    return ids - reasons.keys()


def remove_customers(tx: Transaction, ids: Collection[int], source: str, tally: Tally) -> int:
    """Remove these customers wholly, table by table as the contracts say; how many were.

    Those to whom others are tied who stay, stay too.
    """
    left = set(ids)
    for id_ in sorted(_needed(tx, left)):
        tally.leave(id_, phrase("customer {id}", id=id_), phrase("somebody who stays is tied to them"))
        left.discard(id_)
    if not left:
        return 0
    tx.flush()
    keys = sorted(left)
    contracts = load_contracts(tx.connection)
    for contract in reversed(contracts.tables):
        if not contract.is_root:
            _settle(tx, contracts, contract, keys)
    rows = list(rows_among(tx.connection, "SELECT id, fold, uid FROM customer WHERE id", keys))
    search_delete(tx.connection, [(row[0], row[1]) for row in rows])
    _run_among(tx, "DELETE FROM customer WHERE id", keys)
    for id_, _, uid in rows:
        tx.append_change(("removed", "customer", id_, None, "", None, None, source, uid))
    return len(rows)


def _lock(tx: Transaction, ids: Collection[int]) -> None:
    """Nobody hangs anything on them until the unit of work ends; SQLite has but one writer."""
    if tx.connection.dialect.name == "postgresql":
        _run_among(tx, "SELECT id FROM customer WHERE id", sorted(ids), after="ORDER BY id FOR UPDATE")


def _changed(crm: Crm, tx: Transaction, ids: Collection[int], source: str) -> Iterable[tuple[int, str]]:
    """Who of `ids` was changed by anything but this import, and imports that were undone."""
    run = crm.tables.import_run
    undone = tx.execute(sa.select(run.c.id).where(run.c.state == UNDONE)).scalars()
    quiet = {source, *(text for id_ in undone for text in (f"import:{id_}", source_of(f"import:{id_}")))}
    select = "SELECT DISTINCT customer_id, actor, source FROM change WHERE customer_id"
    rows = rows_among(tx.connection, select, sorted(ids))
    return [(id_, actor) for id_, actor, came in rows if came not in quiet]


def _others(crm: Crm, contracts: Contracts) -> Iterable[Contract]:
    """The tables in which a row about somebody says that something happened to them."""
    derived = {name for offered in crm.plugins.tables.values() for name in offered.derived}
    return [
        contract
        for contract in contracts
        if not contract.is_root and contract.table not in _WRITTEN | _DERIVED | derived
    ]


def _with_rows(tx: Transaction, contract: Contract, ids: Collection[int]) -> set[int]:
    table, found = quoted(contract.table), set[int]()
    # What was voided or corrected, and the entries that void, are no reason to keep anybody.
    stands = f"type <> '{VOIDED}' AND superseded_by IS NULL AND " if contract.table == "interaction" else ""
    for column in contract.customer_columns:
        select = f"SELECT DISTINCT {quoted(column)} FROM {table} WHERE {stands}{quoted(column)}"
        found.update(row[0] for row in rows_among(tx.connection, select, sorted(ids)))
    return found


def _needed(tx: Transaction, ids: set[int]) -> set[int]:
    select = "SELECT other_id, customer_id FROM relationship WHERE other_id"
    ties = list(rows_among(tx.connection, select, sorted(ids)))
    return {other for other, customer_id in ties if customer_id not in ids}


def _settle(tx: Transaction, contracts: Contracts, contract: Contract, ids: list[int]) -> None:
    for column, link in contract.links.items():
        if link.via is None:
            _settle_column(tx, contract, column, link, ids)
        elif contract.table not in _WRITTEN:
            for parent_column in contracts[link.via].customer_columns:
                key = contracts[link.via].key
                select = f"SELECT {quoted(key or 'id')} FROM {quoted(link.via)} WHERE {quoted(parent_column)}"
                parents = [row[0] for row in rows_among(tx.connection, select, ids)]
                _run_among(tx, f"DELETE FROM {quoted(contract.table)} WHERE {quoted(column)}", parents)


def _settle_column(tx: Transaction, contract: Contract, column: str, link: Link, ids: list[int]) -> None:
    table = quoted(contract.table)
    if link.erase == "delete" or column not in contract.nullable:
        _run_among(tx, f"DELETE FROM {table} WHERE {quoted(column)}", ids)
        return
    blanks: dict[str, Any] = {column: None}
    blanks |= {name: each.blank for name, each in contract.personal.items() if each.of in (None, column)}
    if contract.table == "interaction":
        blanks |= {"source_ref": None, "identity_id": None, "contact_point_id": None}
    values = ", ".join(f"{quoted(name)} = ?" for name in blanks)
    _run_among(tx, f"UPDATE {table} SET {values} WHERE {quoted(column)}", ids, *blanks.values())


def _run_among(tx: Transaction, statement: str, keys: Collection[int], *before: Any, after: str = "") -> None:
    for _ in rows_among(tx.connection, statement, keys, *before, after=after):
        pass
