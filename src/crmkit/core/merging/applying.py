"""Carrying out a merge: decide, journal, move, drop, and leave the survivors right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit.core.customers.changing import as_json
from crmkit.core.merging import journal, primaries
from crmkit.core.merging.consents import Withdrawal, withdrawals
from crmkit.core.merging.deciding import Decision, Removed, Valued, decide_all
from crmkit.core.merging.folds import folds
from crmkit.core.merging.probe import marks, tables_with
from crmkit.core.merging.root import Image, filled, root_rows
from crmkit.core.merging.sql import delete, set_where
from crmkit.core.merging.telling import tell_fields, tell_merged, tell_values
from crmkit.core.store.bulk import insert_rows, reserve
from crmkit.core.store.contracts import Contract, Contracts, load_contracts
from crmkit.core.store.search_index import search_delete, search_insert

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.merging.values import Pair
    from crmkit.core.store.unit import Transaction

_CONSENT = (
    "id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence",
    "actor",
)  # fmt: skip


@define
class Outcome:
    """What a merge did, in counts by table."""

    moved: dict[str, int] = field(factory=dict)
    dropped: dict[str, int] = field(factory=dict)
    filled: int = 0
    withdrawn: int = 0

    def count_moved(self, table: str, rows: int) -> None:
        """Add to the rows that moved."""
        if rows:
            self.moved[table] = self.moved.get(table, 0) + rows


@define
class Applying:
    """One merge within a unit of work: its number, its pairs, and the rows of everybody concerned."""

    kernel: Kernel
    tx: Transaction
    number: int
    pairs: Sequence[Pair]
    rows: Mapping[int, Image]
    contracts: Contracts
    outcome: Outcome = field(factory=Outcome)

    @property
    def source(self) -> str:
        """What the merge's own entries name as their source, and undo takes as its reference."""
        return f"merge:{self.number}"

    def apply(self, *, told: bool = True) -> Outcome:
        """Carry the merge out. With `told` the change log says so; a redone merge is told already."""
        connection = self.tx.connection
        withdrawn = withdrawals(connection, self.pairs, self.tx.at)
        there = tables_with(connection, self.contracts, [pair.loser for pair in self.pairs])
        decisions, plain = decide_all(connection, self.contracts, self.pairs, there, lock=True)
        values = filled(self.contracts.root, self.rows, self.pairs)
        for decision in reversed(decisions.values()):
            self._carry_out(decision)
        for contract in plain:
            for column in contract.customer_columns:
                moved = journal.move_plain(connection, contract, column, self.number, self.pairs)
                self.outcome.count_moved(contract.table, moved)
        primaries.demote(connection, self.pairs)
        self._withdraw(withdrawn, told=told)
        self._root(values)
        if told:
            tell_fields(self.kernel, self.tx, self.rows, decisions.get("customer_field"), self.source)
            tell_values(self.tx, self.rows, values, self.source)
            tell_merged(self.tx, self.rows, self.pairs, self.source)
        self._mark()
        return self.outcome

    def _carry_out(self, decision: Decision) -> None:
        """Drop, then move, then set values: what stays takes the place of what goes."""
        connection, contract = self.tx.connection, decision.contract
        key = str(contract.key)
        journal.enter_decision(connection, decision)
        if decision.removed:
            delete(connection, contract.table, key, [one.row for one in decision.removed])
            self.outcome.dropped[contract.table] = len(decision.removed)
        by_row: dict[int, dict[str, int]] = {}
        for move in decision.moves:
            by_row.setdefault(move.row, {})[move.column] = move.new
        self.outcome.count_moved(contract.table, len(by_row))
        set_together(self.tx, contract, by_row)
        last = {(one.row, one.column): one.new for one in decision.values}
        by_row_values: dict[int, dict[str, Any]] = {}
        for (row, column), new in last.items():
            by_row_values.setdefault(row, {})[column] = new
        set_together(self.tx, contract, by_row_values)
        if contract.table == "customer_field":
            self.outcome.filled += len(last)

    def _withdraw(self, withdrawn: Sequence[Withdrawal], *, told: bool) -> None:
        if not withdrawn:
            return
        actor, source = self.tx.actor.name, self.source
        numbers = reserve(self.tx.connection, "consent", "id", len(withdrawn))
        rows = [
            (id_, w.pair.survivor, w.purpose, w.channel, "withdrawn", w.at, source, w.wording_version, "",
             actor)
            for id_, w in zip(numbers, withdrawn, strict=True)
        ]  # fmt: skip
        insert_rows(self.tx.connection, "consent", _CONSENT, rows)
        appended = [
            Valued(id_, "state", journal.APPENDED, None, "withdrawn", w.pair)
            for id_, w in zip(numbers, withdrawn, strict=True)
        ]
        journal.enter_values(self.tx.connection, "consent", appended)
        for id_, w in zip(numbers, withdrawn, strict=True) if told else ():
            said = as_json({"purpose": w.purpose, "channel": w.channel, "state": "withdrawn"})
            uid = self.rows[w.pair.survivor]["uid"]
            self.tx.append_change(
                ("created", "consent", id_, w.pair.survivor, w.purpose, None, said, source, uid)
            )
        self.outcome.withdrawn = len(withdrawn)

    def _root(self, values: list[Valued]) -> None:
        """Take the losers' rows away, redirect their numbers, and bring the survivors' rows up to date."""
        connection, root = self.tx.connection, self.contracts.root
        losers = [pair.loser for pair in self.pairs]
        images = [Removed(p.loser, p.survivor, self.rows[p.loser], p) for p in self.pairs]
        journal.enter_removed(connection, root.table, images)
        aliases = [(p.loser, self.rows[p.loser]["uid"], p.survivor) for p in self.pairs]
        insert_rows(connection, "customer_alias", ("id", "uid", "customer_id"), aliases)
        search_delete(connection, [(id_, self.rows[id_]["fold"]) for id_ in losers])
        delete(connection, root.table, "id", losers)
        current = {pair.survivor: dict(self.rows[pair.survivor]) for pair in self.pairs}
        for one in values:
            current[one.row][one.column] = one.new
        self.outcome.filled += len({(one.row, one.column) for one in values})
        self._settle(current, values)

    def _settle(self, current: dict[int, Image], values: list[Valued]) -> None:
        connection = self.tx.connection
        last = {pair.survivor: pair for pair in self.pairs}
        changed = [
            Valued(id_, "fold", "replaced", current[id_]["fold"], fold, last[id_])
            for id_, fold in folds(connection, current).items()
            if fold != current[id_]["fold"]
        ]
        search_delete(connection, [(one.row, one.old) for one in changed])
        search_insert(connection, [(one.row, one.new) for one in changed])
        for one in changed:
            current[one.row]["fold"] = one.new
        values = [*values, *changed]
        journal.enter_values(connection, self.contracts.root.table, values)
        columns = (*self.contracts.root.fill, "lifecycle", "created_at", "archived_at", "fold", "version")
        rows = []
        for id_, image in current.items():
            image["version"] += 1
            rows.append((id_, [image[column] for column in columns], None))
        set_where(connection, self.contracts.root.table, "id", columns, rows)

    def _mark(self) -> None:
        """Remember where each table ends: what is added later came after the merge."""
        found = marks(self.tx.connection, self.contracts)
        one = Valued(0, "", journal.MARKS, None, found, self.pairs[0])
        journal.enter_values(self.tx.connection, "", [one])


def set_together(tx: Transaction, contract: Contract, by_row: Mapping[int, Mapping[str, Any]]) -> None:
    """Set columns of rows, each row's at once, rows with the same columns in one go."""
    groups: dict[tuple[str, ...], list[tuple[int, list[Any], None]]] = {}
    for row, columns in by_row.items():
        groups.setdefault(tuple(columns), []).append((row, list(columns.values()), None))
    for names, rows in groups.items():
        set_where(tx.connection, contract.table, str(contract.key), names, rows)


def begin(
    kernel: Kernel,
    tx: Transaction,
    pairs: Sequence[Pair],
    source: str,
    rows: Mapping[int, Image],
    contracts: Contracts,
) -> Applying:
    """Enter a new merge of these pairs, whose rows are locked."""
    uids = {id_: str(image["uid"]) for id_, image in rows.items()}
    number, numbered = journal.begin_run(tx.connection, pairs, uids, tx.at, tx.actor.name, source)
    return Applying(kernel, tx, number, numbered, rows, contracts)


def again(kernel: Kernel, tx: Transaction, number: int) -> Applying:
    """A merge that was taken back for the sake of an earlier one, to be carried out once more."""
    pairs = journal.pairs_of(tx.connection, number)
    contracts = load_contracts(tx.connection)
    rows = root_rows(tx.connection, contracts.root, pairs, lock=True)
    return Applying(kernel, tx, number, pairs, rows, contracts)
