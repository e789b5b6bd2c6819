"""Erasing a person's rows in one unit of work, table by table as the kept contracts say.

It needs no plugin and no configuration, so it also runs over a backup that is being restored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import sqlalchemy as sa
from attrs import define, evolve, field, frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.model.privacy import TableCount
from crmkit.core.privacy.journal import empty_journal
from crmkit.core.privacy.owned import Owned, owned_rows
from crmkit.core.privacy.traces import FieldNames, traces
from crmkit.core.store.bulk import driver_rows, quoted
from crmkit.core.store.contracts import Contract, Contracts, load_contracts
from crmkit.core.store.scrub import file_numbers
from crmkit.core.store.search_index import search_delete
from crmkit.core.store.suppression import HASHED_KINDS, ensure_key, forget_notes, keyed_hash, suppress
from crmkit.core.store.unit import Transaction

SCRUBBING: Final = "scrubbing"
SCRUBBED: Final = "scrubbed"
# Numbers of rows that go with the person: a later row could have the same number.
_UNLINKED: Final = {"interaction": ("identity_id", "contact_point_id")}


@define
class Erased:
    """What was done to one person's rows, as it is being done."""

    customer_id: int
    uids: tuple[str, ...]
    alias_ids: tuple[int, ...]
    counts: dict[str, TableCount] = field(factory=dict)
    hashes: list[tuple[str, str]] = field(factory=list)
    # For scrubbing the files, and never written anywhere.
    values: set[str] = field(factory=set, repr=False)
    number: int = 0
    suppressed: int = 0

    @property
    def tables(self) -> tuple[TableCount, ...]:
        """The tables in which anything was theirs."""
        return tuple(count for _, count in sorted(self.counts.items()) if count.rows)


@frozen
class _Answer:
    """What becomes of the rows that certain columns lead from."""

    erase: Literal["delete", "blank", "keep"]
    cleared: tuple[str, ...]
    blanks: Mapping[str, Any]
    reasons: tuple[str, ...]
    leans: bool


def people_of(connection: sa.Connection, customer_id: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The uids of a customer and of whoever was merged into them, and the former ids of the latter."""
    uids = [row[0] for row in rows_among(connection, "SELECT uid FROM customer WHERE id", [customer_id])]
    select = "SELECT uid, id FROM customer_alias WHERE customer_id"
    aliases = list(rows_among(connection, select, [customer_id], after="ORDER BY id"))
    return (*uids, *(row[0] for row in aliases)), tuple(row[1] for row in aliases)


def counted(connection: sa.Connection, customer_id: int) -> tuple[TableCount, ...]:
    """What erasing a customer would do to each table. Changes nothing."""
    contracts = load_contracts(connection)
    owned = owned_rows(connection, contracts, customer_id)
    found = Erased(customer_id, (), ())
    for contract in contracts:
        for columns, keys in owned.groups(contract.table):
            _count(found, contract, _answer(contract, columns), len(keys))
    _count_root(found, _leans(contracts, owned))
    return found.tables


def hashes_of(connection: sa.Connection, key: bytes, customer_id: int) -> list[tuple[str, str]]:
    """Keyed hashes of every address and number of a customer, those of old changes of theirs left out."""
    select = "SELECT kind, normalised FROM contact_point WHERE customer_id"
    rows = rows_among(connection, select, [customer_id])
    return sorted({(kind, keyed_hash(key, kind, value)) for kind, value in rows if kind in HASHED_KINDS})


def erase_rows(
    tx: Transaction,
    customer_id: int,
    *,
    reason: str,
    request: int | None = None,
    impersonal: FieldNames = (),
) -> Erased:
    """Erase a customer, who is locked, in `tx`: rows, journal, index, and the register of erasures.

    Values of `impersonal` fields are not among those that are looked for afterwards.
    """
    connection = tx.connection
    # What this unit has to say of them itself must be on record, to be erased with the rest.
    tx.flush()
    key = ensure_key(connection)
    contracts = load_contracts(connection)
    erased = Erased(customer_id, *people_of(connection, customer_id))
    erased.hashes = hashes_of(connection, key, customer_id)
    owned = owned_rows(connection, contracts, customer_id, lock=True)
    erased.values = set(traces(connection, contracts, owned, customer_id, impersonal))
    empty_journal(connection, contracts, owned, (customer_id, *erased.alias_ids))
    _reviews(connection, (customer_id, *erased.alias_ids))
    _quoted_errors(connection)
    _hash_references(connection, owned.keys("interaction"), key)
    _forget_topics(connection, owned.keys("change"))
    for contract in reversed(contracts.tables):
        for columns, keys in owned.groups(contract.table):
            _settle(connection, erased, contract, _answer(contract, columns), keys)
    _root(connection, erased, keep=_leans(contracts, owned))
    erased.suppressed = suppress(connection, erased.hashes, reason="erased", at=tx.at, actor=tx.actor.name)
    forget_notes(connection, [digest for _, digest in erased.hashes])
    _register(tx, erased, reason, request)
    return erased


def _answer(contract: Contract, columns: frozenset[str]) -> _Answer:
    """What the contract answers where these columns lead to the person."""
    links = {name: contract.links[name] for name in sorted(columns)}
    if any(link.erase == "delete" for link in links.values()):
        return _Answer("delete", (), {}, (), leans=False)
    blanking = {name for name, link in links.items() if link.erase == "blank"}
    straight = [name for name, link in links.items() if link.via is None]
    blanks = {
        name: column.blank
        for name, column in contract.personal.items()
        if blanking and (column.of is None or column.of in blanking)
    }
    if contract.table == "interaction":
        blanks.pop("source_ref", None)
        blanks |= dict.fromkeys(_UNLINKED["interaction"])
    return _Answer(
        "blank" if blanking else "keep",
        tuple(name for name in straight if name in contract.nullable),
        blanks,
        tuple(dict.fromkeys(link.reason for link in links.values() if link.reason)),
        leans=any(name not in contract.nullable for name in straight),
    )


def _settle(
    connection: sa.Connection, erased: Erased, contract: Contract, answer: _Answer, keys: Sequence[int]
) -> None:
    _count(erased, contract, answer, len(keys))
    assert contract.key is not None
    where = f"WHERE {quoted(contract.key)}"
    if answer.erase == "delete":
        run_among(connection, f"DELETE FROM {quoted(contract.table)} {where}", keys)
        return
    values = dict.fromkeys(answer.cleared) | dict(answer.blanks)
    if values:
        columns = ", ".join(f"{quoted(name)} = ?" for name in values)
        run_among(
            connection, f"UPDATE {quoted(contract.table)} SET {columns} {where}", keys, *values.values()
        )


def _count(erased: Erased, contract: Contract, answer: _Answer, rows: int) -> None:
    before = erased.counts.get(contract.table) or TableCount(table=contract.table, plugin=contract.plugin)
    word = {"delete": "deleted", "blank": "blanked", "keep": "kept"}[answer.erase]
    reasons = tuple(dict.fromkeys((*before.reasons, *answer.reasons)))
    changes: dict[str, Any] = {"reasons": reasons, word: getattr(before, word) + rows}
    erased.counts[contract.table] = evolve(before, **changes)


def _leans(contracts: Contracts, owned: Owned) -> bool:
    """Whether a row stays that cannot be without a customer."""
    return any(
        _answer(contract, columns).leans
        for contract in contracts
        for columns, _ in owned.groups(contract.table)
    )


def _count_root(erased: Erased, keep: bool) -> None:
    erased.counts["customer"] = TableCount(
        table="customer", plugin="core", deleted=int(not keep), blanked=int(keep)
    )


def _root(connection: sa.Connection, erased: Erased, *, keep: bool) -> None:
    """The person's own row goes; where a kept row cannot be without it, an empty shell of it stays."""
    _count_root(erased, keep)
    ids = [erased.customer_id]
    rows = list(rows_among(connection, "SELECT id, fold FROM customer WHERE id", ids))
    search_delete(connection, [(row[0], row[1]) for row in rows])
    if not keep:
        run_among(connection, "DELETE FROM customer WHERE id", ids)
        return
    empty = ", ".join(f"{name} = ''" for name in ("name", "given_name", "family_name", "fold", "source"))
    null = ", ".join(
        f"{name} = NULL"
        for name in ("customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time")
    )
    hidden = "lifecycle = 'former', archived_at = coalesce(archived_at, created_at), version = version + 1"
    run_among(connection, f"UPDATE customer SET {empty}, {null}, {hidden} WHERE id", ids)


def _hash_references(connection: sa.Connection, seqs: Sequence[int], key: bytes) -> None:
    """Other systems' numbers of their interactions, replaced by hashes that are as unique."""
    select = "SELECT seq, source, source_ref FROM interaction WHERE source_ref IS NOT NULL AND seq"
    rows = [
        (f"erased:{keyed_hash(key, 'source_ref', f'{source}:{ref}')[:32]}", seq)
        for seq, source, ref in rows_among(connection, select, seqs)
        if not ref.startswith("erased:")
    ]
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        statement = f"UPDATE interaction SET source_ref = {mark} WHERE seq = {mark}"
        connection.exec_driver_sql(statement, rows)


def blank_interactions(connection: sa.Connection, seqs: Sequence[int], key: bytes) -> None:
    """Make interactions nobody's, and empty: what stays is that they happened, and their amounts."""
    _hash_references(connection, seqs, key)
    run_among(
        connection,
        "UPDATE interaction SET customer_id = NULL, payload = '{}', identity_id = NULL, "
        "contact_point_id = NULL WHERE seq",
        seqs,
    )


def _forget_topics(connection: sa.Connection, seqs: Sequence[int]) -> None:
    """What a preference was about stands in the change log as its field, where they agreed as its source."""
    run_among(connection, "UPDATE change SET field = '' WHERE entity = 'preference' AND seq", seqs)
    run_among(connection, "UPDATE change SET source = '' WHERE entity = 'consent' AND seq", seqs)


def _reviews(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Incoming items that may be theirs: the table itself leads to the first candidate only."""
    statement = sa.text("SELECT id, candidates FROM review WHERE candidates LIKE :part")
    rows = [row for id_ in ids for row in connection.execute(statement, {"part": f"%{id_}%"})]
    theirs = sorted({row[0] for row in rows if set(ids) & set(_listed(row[1]))})
    run_among(connection, "DELETE FROM review WHERE id", theirs)


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _quoted_errors(connection: sa.Connection) -> None:
    """Errors of jobs and observers may quote anybody: what is left of each is its sort."""
    for table in ("job", "observer"):
        for (text,) in driver_rows(connection, f"SELECT DISTINCT error FROM {table} WHERE error IS NOT NULL"):
            if ":" in text:
                statement = sa.text(f"UPDATE {table} SET error = :sort WHERE error = :error")
                connection.execute(statement, {"sort": text.partition(":")[0], "error": text})


def _register(tx: Transaction, erased: Erased, reason: str, request: int | None) -> None:
    """The register of erasures and one entry of the change log; neither names anybody."""
    connection = tx.connection
    counts = {
        "reason": reason,
        "tables": {each.table: [each.deleted, each.blanked, each.kept] for each in erased.tables},
        "files": _files(connection, [each.table for each in erased.tables]),
    }
    statement = sa.text(
        "INSERT INTO erasure (uid, at, actor, request_id, counts, state) "
        "VALUES (:uid, :at, :actor, :request, :counts, :state) "
        "ON CONFLICT (uid) DO UPDATE SET at = excluded.at, counts = excluded.counts, state = excluded.state, "
        "scrubbed_at = NULL RETURNING id"
    )
    given = {"at": tx.at, "actor": tx.actor.name, "request": request, "state": SCRUBBING}
    for place, uid in enumerate(erased.uids):
        text = json.dumps(counts if not place else {"reason": reason, "merged_into": erased.uids[0]})
        number = connection.execute(statement, given | {"uid": uid, "counts": text}).scalar_one()
        erased.number = erased.number or int(number)
    tx.append_change(("erased", "customer", erased.customer_id, None, "", None, None, reason, erased.uids[0]))


def _files(connection: sa.Connection, tables: list[str]) -> dict[str, int]:
    """Where PostgreSQL kept the tables at the time, to tell later whether they were rewritten since."""
    return file_numbers(connection, tables) if connection.dialect.name == "postgresql" else {}


def run_among(connection: sa.Connection, statement: str, keys: Sequence[int], *before: Any) -> None:
    """Run `statement`, whose text ends in the column that is one of `keys`, as `rows_among` reads."""
    for _ in rows_among(connection, statement, keys, *before):
        pass
