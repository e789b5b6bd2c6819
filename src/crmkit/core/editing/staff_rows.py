"""Rows of plugins' tables that name an employee: they change hands as the kept declarations say.

Worked out from `employee_column(…)` as `crm db upgrade` left it in the database, so it reaches the tables of
a plugin that is gone, too. Each row that moves has an entry of the change log, by which it is put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json import dumps, loads
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.merging.wording import rows_of
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import as_phrase, phrase
from crmkit.core.store.bulk import driver_rows, quoted
from crmkit.core.store.contracts import Contract, Contracts, load_contracts
from crmkit.core.undo.values import Left

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

# How the change log names a row of a plugin's table: `row:operational_task`.
PREFIX: Final = "row:"
_EMPLOYEES: Final = "employee"
# (key of the row, id of the customer whose it is, or None where it is nobody's)
_Row = tuple[int, int | None]


class StaffRows:
    """Such rows of one database, within one unit of work."""

    def __init__(self, kernel: Kernel, tx: Transaction) -> None:
        self._kernel = kernel
        self._tx = tx
        self._contracts = load_contracts(tx.connection)

    def move(self, leaving: int, to: int, source: str) -> dict[str, int]:
        """Give what is still open to `to`; how many rows of each table that were."""
        moved: dict[str, int] = {}
        for contract, column in self._columns("move"):
            rows = self._seen(list(self._open(contract, column, leaving)))
            if rows:
                moved[contract.table] = moved.get(contract.table, 0) + len(rows)
                self._give(contract, column, rows, {key: (leaving, to) for key, _ in rows}, source)
        return moved

    def stay(self, leaving: int) -> Iterator[str]:
        """What keeps the name of who leaves, each with the reason where one was said."""
        for contract, column in self._columns("move"):
            rows = list(self._open(contract, column, leaving))
            if hidden := len(rows) - len(self._seen(rows)):
                yield phrase("{rows}, of customers whom you do not see", rows=rows_of(contract.table, hidden))
        for contract, column in self._columns("keep"):
            if count := self._count(contract, column, leaving):
                reason = as_phrase(contract.employees[column].reason)
                yield phrase("{rows}: {reason}", rows=rows_of(contract.table, count), reason=reason)
        for contract, column in self._unsaid():
            if count := self._count(contract, column, leaving):
                yield rows_of(contract.table, count)

    def put_back(self, edit: str, after: int, source: str) -> tuple[dict[str, int], list[Left]]:
        """Put back the rows that an edit moved: how many of each table, and what was left and why."""
        back: dict[str, int] = {}
        left: list[Left] = []
        for (table, column), entries in self._entries(edit, after).items():
            if table not in self._contracts or column not in self._contracts[table].columns:
                gone = phrase("the table is not there any more")
                left.append(Left(what=rows_of(table, len(entries)), reason=gone))
                continue
            contract = self._contracts[table]
            now = self._now(contract, column, entries)
            ours = {key: pair[::-1] for key, (_, pair) in entries.items() if now.get(key, 0) == pair[1]}
            if ours:
                back[table] = back.get(table, 0) + len(ours)
                self._give(contract, column, [(key, entries[key][0]) for key in ours], ours, source)
            left += [
                Left(customer_id=whose, what=f"{table}:{key}", reason=phrase("it was changed since"))
                for key, (whose, pair) in entries.items()
                if key not in ours and now.get(key, 0) != pair[0]
            ]
        return back, left

    def _columns(self, handover: str) -> Iterator[tuple[Contract, str]]:
        for contract in _all(self._contracts):
            for column, said in contract.employees.items():
                if said.handover == handover and contract.key and column in contract.columns:
                    yield contract, column

    def _unsaid(self) -> Iterator[tuple[Contract, str]]:
        """Columns of plugins that refer to employees and say nothing: they are from before it was asked."""
        records = {table.name for table in self._kernel.tables.records.values()}
        for contract in _all(self._contracts):
            # Records change hands by themselves, wherever their tables stand.
            if contract.plugin == "core" or contract.table.startswith("record_") or contract.table in records:
                continue
            for column, target in contract.refers.items():
                if target == _EMPLOYEES and column not in contract.employees:
                    yield contract, column

    def _open(self, contract: Contract, column: str, employee: int) -> Iterator[_Row]:
        """The rows of the employee that are still open."""
        joins, whose = _way(self._contracts, contract)
        until = contract.employees[column].until
        still = f" AND t0.{quoted(until)} IS NULL" if until else ""
        key = quoted(contract.key or "")
        select = (
            f"SELECT t0.{key}, {whose} FROM {quoted(contract.table)} t0 {joins}"
            f"WHERE t0.{quoted(column)} = ?{still} ORDER BY t0.{key}"
        )
        yield from self._rows(f"{select} FOR UPDATE OF t0" if self._is_server else select, employee)

    def _count(self, contract: Contract, column: str, employee: int) -> int:
        select = f"SELECT count(*) FROM {quoted(contract.table)} WHERE {quoted(column)} = ?"
        return int(next(self._rows(select, employee))[0])

    def _rows(self, statement: str, value: int) -> Iterator[Any]:
        text = statement.replace("?", "%s") if self._is_server else statement
        yield from driver_rows(self._tx.connection, text, (value,))

    def _seen(self, rows: Sequence[_Row]) -> list[_Row]:
        """Those of customers whom the actor sees, and those of nobody."""
        customers = sorted({row[1] for row in rows if row[1] is not None})
        seen = frozenset(seen_among(self._tx.connection, self._kernel, self._tx.actor, customers))
        return [row for row in rows if row[1] is None or row[1] in seen]

    def _give(
        self,
        contract: Contract,
        column: str,
        rows: Sequence[_Row],
        pairs: Mapping[int, tuple[int | None, int | None]],
        source: str,
    ) -> None:
        """Write to whom the rows belong now, (before, after) by key, and that they do."""
        connection, name = self._tx.connection, quoted(column)
        update = f"UPDATE {quoted(contract.table)} SET {name} = ? WHERE {quoted(contract.key or '')}"
        by_owner: dict[int | None, list[int]] = {}
        for key, _ in rows:
            by_owner.setdefault(pairs[key][1], []).append(key)
        for owner, keys in by_owner.items():
            for _ in rows_among(connection, update, keys, owner, after=f"RETURNING {name}"):
                pass
        select = "SELECT id, uid FROM customer WHERE id"
        uids: dict[int | None, str] = dict(
            rows_among(connection, select, {whose for _, whose in rows if whose is not None})
        )
        for key, whose in rows:
            old, new = (dumps(each) for each in pairs[key])
            entity = PREFIX + contract.table
            self._tx.append_change(
                ("updated", entity, key, whose, column, old, new, source, uids.get(whose, ""))
            )

    def _entries(
        self, edit: str, after: int
    ) -> dict[tuple[str, str], dict[int, tuple[int | None, tuple[Any, Any]]]]:
        """(customer, (before, after)) of each row that the edit moved, by table and column."""
        change = self._kernel.tables.change
        columns = change.c.entity, change.c.field, change.c.entity_id, change.c.customer_id
        query = sa.select(*columns, change.c.old, change.c.new).where(
            change.c.seq > after,
            change.c.source == edit,
            change.c.entity.startswith(PREFIX, autoescape=True),
            change.c.new.is_not(None),
        )
        found: dict[tuple[str, str], dict[int, tuple[int | None, tuple[Any, Any]]]] = {}
        entries = self._tx.execute(query).all()
        seen = {whose for _, whose in self._seen([(row.entity_id, row.customer_id) for row in entries])}
        for row in entries:
            if row.customer_id in seen:
                mine = found.setdefault((row.entity.removeprefix(PREFIX), row.field), {})
                mine[row.entity_id] = (row.customer_id, (loads(row.old or "null"), loads(row.new)))
        return found

    def _now(self, contract: Contract, column: str, keys: Mapping[int, object]) -> dict[int, int | None]:
        """Who has each row at this moment."""
        key = quoted(contract.key or "")
        select = f"SELECT {key}, {quoted(column)} FROM {quoted(contract.table)} WHERE {key}"
        lock = "FOR UPDATE" if self._is_server else ""
        return dict(rows_among(self._tx.connection, select, list(keys), after=lock))

    @property
    def _is_server(self) -> bool:
        return not self._kernel.store.is_sqlite


def _all(contracts: Contracts) -> Iterator[Contract]:
    yield from contracts
    yield from contracts.others.values()


def _way(contracts: Contracts, contract: Contract) -> tuple[str, str]:
    """(joins from a row to its customer, the column that names them)."""
    path = next(iter(contracts.paths(contract.table)), ()) if contract.links else ()
    if not path:
        return "", "NULL"
    joins, table = "", contract.table
    for number, column in enumerate(path[:-1], start=1):
        table = contracts[table].links[column].via or ""
        key = quoted(contracts[table].key or "")
        joins += f"JOIN {quoted(table)} t{number} ON t{number}.{key} = t{number - 1}.{quoted(column)} "
    return joins, f"t{len(path) - 1}.{quoted(path[-1])}"
