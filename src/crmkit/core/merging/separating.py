"""Taking a merge back: every row to whom it belonged, every value to what it was, the rest listed.

What differs now from what the merge left is somebody's later work and stays. What was added since stays with
the survivor, unless it says by which identity or contact point it came, and that goes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.customers.changing import CHANGED, as_json
from crmkit.core.merging import journal, primaries
from crmkit.core.merging.folds import folds, same_words, stored
from crmkit.core.merging.following import follow, later_rows
from crmkit.core.merging.journal import MovedRow, RemovedRow, ValueRow
from crmkit.core.merging.restoring import Restored, restore_rows
from crmkit.core.merging.sql import delete, rows_by, run_many, set_where
from crmkit.core.merging.telling import tell_unmerged, tell_value
from crmkit.core.merging.values import Pair, Stay
from crmkit.core.merging.wording import counted
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contract, Contracts, load_contracts
from crmkit.core.store.search_index import search_delete, search_insert
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

_CHANGED = phrase("it was changed since and stays as it is")
_GONE = phrase("it is gone")


@define
class Separating:
    """One merge that is taken back within a unit of work."""

    kernel: Kernel
    tx: Transaction
    number: int
    pairs: Sequence[Pair]
    contracts: Contracts
    returned: dict[str, int] = field(factory=dict)
    followed: int = 0
    left: list[Stay] = field(factory=list)
    _moved: dict[str, list[MovedRow]] = field(factory=dict)
    _removed: dict[str, list[RemovedRow]] = field(factory=dict)
    _values: dict[str, list[ValueRow]] = field(factory=dict)
    # Withdrawals that the merge appended.
    _consents: list[int] = field(factory=list)
    _restored: Restored = field(factory=Restored)
    _primaries_differ: bool = False

    @property
    def source(self) -> str:
        """The merge's reference."""
        return f"merge:{self.number}"

    def separate(self, *, told: bool = True) -> None:
        """Put everything back. With `told` the change log says so, and what came since is listed."""
        connection = self.tx.connection
        self._load()
        self._root(told=told)
        for contract in self.contracts:
            if not contract.is_root:
                self._table(contract, told=told)
        self._appended(told=told)
        self._unreached()
        marks = journal.marks_of(connection, self.number)
        self.followed += follow(connection, self._moved, self.pairs, marks)
        if self._primaries_differ:
            primaries.mend(connection, sorted(self._everybody()))
        uids = self._search()
        if told:
            self.left += later_rows(connection, self.contracts, self.pairs, marks, self._restored)
            tell_unmerged(self.tx, uids, self.pairs, self.source)
        journal.empty_journal(connection, self.pairs)
        journal.forget_marks(connection, self.number)

    def _everybody(self) -> set[int]:
        return {id_ for pair in self.pairs for id_ in (pair.survivor, pair.loser)}

    def _load(self) -> None:
        connection = self.tx.connection
        for moved in journal.moved_rows(connection, self.pairs):
            self._moved.setdefault(moved.table, []).append(moved)
        for removed in journal.removed_rows(connection, self.pairs):
            self._removed.setdefault(removed.table, []).append(removed)
        for value in journal.value_rows(connection, self.pairs):
            if value.how == journal.APPENDED:
                self._consents.append(value.row)
            else:
                self._values.setdefault(value.table, []).append(value)

    def _root(self, *, told: bool) -> None:
        """The losers' own rows come back, and their numbers no longer lead elsewhere."""
        connection, root = self.tx.connection, self.contracts.root
        delete(connection, "customer_alias", "id", [pair.loser for pair in self.pairs])
        restore_rows(connection, root, self._removed.pop(root.table, []), self._restored)
        self._put_values(root, self._values.pop(root.table, []), told=told)
        survivors = sorted({pair.survivor for pair in self.pairs})
        # Whoever looks at the merged record now must not save it over the separated one.
        run_many(
            connection,
            "UPDATE customer SET version = version + 1 WHERE id = ?",
            [(id_,) for id_ in survivors],
        )

    def _table(self, contract: Contract, *, told: bool) -> None:
        name = contract.table
        self._put_values(contract, self._values.pop(name, []), told=told)
        self._move_back(contract, self._moved.get(name, ()))
        if name in self._removed:
            removed = self._removed.pop(name)
            lost = restore_rows(self.tx.connection, contract, removed, self._restored)
            self._count(name, sum(one.image is not None for one in removed) - lost)
            reason = phrase("its place is taken, or what it belonged to is gone")
            self.left += [Stay(None, phrase("a row of {table}", table=name), reason)] * lost

    def _put_values(self, contract: Contract, values: Sequence[ValueRow], *, told: bool) -> None:
        """Values go back to what they were, unless they were changed since; sums give back their share."""
        if not values:
            return
        steps: dict[tuple[int, str], list[ValueRow]] = {}
        for one in values:
            steps.setdefault((one.row, one.column), []).append(one)
        current = self._current(contract, {row for row, _ in steps}, {column for _, column in steps})
        by_column: dict[str, list[tuple[int, list[Any], None]]] = {}
        for (row, column), several in steps.items():
            if column == "fold" and contract.is_root:
                continue
            if row not in current:
                self.left.append(self._stay(contract, None, column, _GONE))
                continue
            now, old, new = current[row][column], several[0].old, several[-1].new
            back = old if now == new else _without_share(several, now)
            if back is _KEPT:
                self._primaries_differ |= contract.table == "contact_point"
                self.left.append(self._stay(contract, _whose(contract, row, current[row]), column, _CHANGED))
                continue
            by_column.setdefault(column, []).append((row, [back], None))
            if told:
                self._tell(contract, row, current[row], column, now, back)
        for column, rows in by_column.items():
            set_where(self.tx.connection, contract.table, str(contract.key), (column,), rows)
        self._fold_back(contract, steps, current)

    def _fold_back(self, contract: Contract, steps: Mapping[tuple[int, str], list[ValueRow]],
                   current: Mapping[int, Mapping[str, Any]]) -> None:  # fmt: skip
        """The folded words as they were: `_search` looks afterwards whether they are still right."""
        self._index(
            [
                (row, current[row]["fold"], several[0].old)
                for (row, column), several in steps.items()
                if contract.is_root and column == "fold" and row in current
                if current[row]["fold"] == several[-1].new
            ]
        )

    def _current(
        self, contract: Contract, rows: Iterable[int], columns: Iterable[str]
    ) -> dict[int, dict[str, Any]]:
        wanted = [
            c for c in contract.columns if c in {*columns, *contract.customer_columns, str(contract.key)}
        ]
        names = [quoted(column) for column in wanted]
        keys = sorted(rows)
        if not keys:
            return {}
        found = rows_by(
            self.tx.connection, contract.table, names, str(contract.key), keys, lock=not contract.is_root
        )
        images = (dict(zip(wanted, row, strict=True)) for row in found)
        return {image[str(contract.key)]: image for image in images}

    def _tell(
        self, contract: Contract, row: int, image: Mapping[str, Any], column: str, now: Any, back: Any
    ) -> None:
        if contract.is_root:
            if column not in ("created_at", "version"):
                tell_value(self.tx, row, column, now, back, self.source, self._uid(row))
            return
        names = {column_name(f): f.name for f in self.kernel.words.fields if f.type != "multi-choice"}
        if contract.table == "customer_field" and column in names:
            id_ = image["customer_id"]
            entry = (CHANGED, "field", id_, id_, names[column], as_json(now), as_json(back), self.source)
            self.tx.append_change((*entry, self._uid(id_)))

    def _uid(self, id_: int) -> str:
        return str(stored(self.tx.connection, [id_], ("id", "uid"))[id_]["uid"])

    def _stay(self, contract: Contract, customer_id: int | None, column: str, reason: str) -> Stay:
        if contract.is_root:
            return Stay(customer_id, column, reason)
        what = phrase("{column} of {table}", column=column, table=contract.table)
        return Stay(customer_id, what, reason)

    def _move_back(self, contract: Contract, moved: Sequence[MovedRow]) -> None:
        by_row: dict[int, list[MovedRow]] = {}
        for one in moved:
            by_row.setdefault(one.row, []).append(one)
        groups: dict[tuple[str, ...], list[tuple[int, list[int], list[int]]]] = {}
        for row, several in by_row.items():
            old = [self._restored.key_of(contract, one.column, one.old) for one in several]
            groups.setdefault(tuple(one.column for one in several), []).append(
                (row, old, [one.new for one in several])
            )
        for columns, rows in groups.items():
            done = set_where(self.tx.connection, contract.table, str(contract.key), columns, rows)
            self._count(contract.table, done)
            if done != len(rows):
                self._explain(contract, columns, rows)

    def _explain(
        self, contract: Contract, columns: Sequence[str], rows: Sequence[tuple[int, list[int], list[int]]]
    ) -> None:
        """List the rows that did not go back: they are gone, or somebody gave them to another since."""
        current = self._current(contract, [row for row, _, _ in rows], columns)
        for row, old, _ in rows:
            if row not in current:
                self.left.append(
                    Stay(None, counted(contract.table, 1), phrase("it was removed since the merge"))
                )
            elif [current[row][column] for column in columns] != old:
                whose = current[row][columns[0]] if columns[0] in contract.customer_columns else None
                self.left.append(
                    Stay(whose, f"{contract.table} {row}", phrase("it was given to another since"))
                )

    def _count(self, table: str, rows: int) -> None:
        if rows:
            self.returned[table] = self.returned.get(table, 0) + rows

    def _appended(self, *, told: bool) -> None:
        """Withdrawals that the merge appended go with it."""
        if not self._consents:
            return
        found = rows_by(
            self.tx.connection, "consent", ["id", "customer_id", "purpose", "channel", "state"], "id",
            self._consents,
        )  # fmt: skip
        delete(self.tx.connection, "consent", "id", [row[0] for row in found])
        for id_, customer_id, purpose, channel, state in found if told else ():
            said = as_json({"purpose": purpose, "channel": channel, "state": state})
            uid = self._uid(customer_id)
            self.tx.append_change(
                ("removed", "consent", id_, customer_id, purpose, said, None, self.source, uid)
            )

    def _unreached(self) -> None:
        """Tables that are not there any more take what they held with them."""
        for name in sorted({*self._moved, *self._removed, *self._values} - {""}):
            if name not in self.contracts:
                reason = phrase("the table was removed since the merge")
                self.left.append(Stay(None, phrase("the rows of {table}", table=name), reason))

    def _search(self) -> dict[int, str]:
        """Search finds everybody by what is theirs again; the uids of everybody concerned."""
        connection = self.tx.connection
        columns = ("id", "uid", "name", "given_name", "family_name", "fold", "created_at", "source")
        people = stored(connection, self._everybody(), columns)
        search_insert(
            connection, [(p.loser, people[p.loser]["fold"]) for p in self.pairs if p.loser in people]
        )
        self._index(
            [
                (id_, people[id_]["fold"], fold)
                for id_, fold in folds(connection, people).items()
                if not same_words(fold, people[id_]["fold"])
            ]
        )
        return {id_: str(image["uid"]) for id_, image in people.items()}

    def _index(self, changed: Sequence[tuple[int, str, str]]) -> None:
        """Give customers other words to be found by: (id, before, after)."""
        connection = self.tx.connection
        search_delete(connection, [(id_, old) for id_, old, _ in changed])
        search_insert(connection, [(id_, new) for id_, _, new in changed])
        update = "UPDATE customer SET fold = ? WHERE id = ?"
        run_many(connection, update, [(new, id_) for id_, _, new in changed])


_KEPT = object()


def _without_share(several: Sequence[ValueRow], now: Any) -> Any:
    """A sum without what the merge added to it, so that what was earned since stays; else nothing."""
    if now is None or any(one.how != "sum" for one in several):
        return _KEPT
    return now - sum((one.new or 0) - (one.old or 0) for one in several)


def _whose(contract: Contract, row: int, image: Mapping[str, Any]) -> int | None:
    if contract.is_root:
        return row
    return next((image[column] for column in contract.customer_columns), None)


def open_run(kernel: Kernel, tx: Transaction, number: int, pairs: Sequence[Pair]) -> Separating:
    """The merge `number`, ready to be taken back for `pairs`."""
    return Separating(kernel, tx, number, pairs, load_contracts(tx.connection))


def lock(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Let nobody change or refer to these customers before the end of the unit of work."""
    if connection.dialect.name == "postgresql":
        statement = "SELECT id FROM customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
        connection.exec_driver_sql(statement, (sorted(ids),)).all()
