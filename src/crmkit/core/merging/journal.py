"""The journal of merges: what was moved, dropped and changed, for the day on which it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.merging.deciding import Decision, Removed, Valued
from crmkit.core.merging.images import from_text, to_text
from crmkit.core.merging.sql import fetch, run
from crmkit.core.merging.values import Pair
from crmkit.core.store.bulk import insert_rows, quoted, reserve
from crmkit.core.store.contracts import Contract

MERGED: Final = "merged"
UNDONE: Final = "undone"
# Set by an erasure, which also empties images and values.
ERASED: Final = "erased"
# A row of the table `merge_value` about no row at all: the highest key of each table when the merge was done.
MARKS: Final = "marks"
APPENDED: Final = "appended"
_MOVED: Final = ("merge_id", "table_name", "column_name", "row_id", "old_id", "new_id")
_REMOVED: Final = ("merge_id", "table_name", "row_id", "winner_id", "image")
_VALUE: Final = ("merge_id", "table_name", "column_name", "row_id", "how", "old", "new")
_PAIR: Final = ("id", "run_id", "loser_id", "loser_uid", "survivor_id", "survivor_uid", "state")
_JOURNALS: Final = ("merge_moved", "merge_removed", "merge_value")


class MovedRow(NamedTuple):
    """A column of a row that a merge gave another value."""

    table: str
    column: str
    row: int
    old: int
    new: int


class RemovedRow(NamedTuple):
    """A row that a merge dropped; the image is None once its person was erased."""

    table: str
    row: int
    winner: int | None
    image: dict[str, Any] | None


class ValueRow(NamedTuple):
    """A value that a merge changed."""

    table: str
    column: str
    row: int
    how: str
    old: Any
    new: Any


def begin_run(
    connection: sa.Connection, pairs: Sequence[Pair], uids: dict[int, str], at: int, actor: str, source: str
) -> tuple[int, list[Pair]]:
    """Enter a merge and its pairs; its number, and the pairs with theirs."""
    (number,) = reserve(connection, "merge_run", "id", 1)
    columns = ("id", "at", "actor", "source", "pairs", "state")
    insert_rows(connection, "merge_run", columns, [(number, at, actor, source, len(pairs), MERGED)])
    numbers = reserve(connection, "merge", "id", len(pairs))
    numbered = [
        Pair(pair.loser, pair.survivor, pair.step, id_) for id_, pair in zip(numbers, pairs, strict=True)
    ]
    rows = [
        (p.number, number, p.loser, uids[p.loser], p.survivor, uids[p.survivor], MERGED) for p in numbered
    ]
    insert_rows(connection, "merge", _PAIR, rows)
    if len(rows) > 100 and connection.dialect.name == "postgresql":
        # Without statistics the server joins the pairs to the largest tables row by row.
        connection.exec_driver_sql('ANALYZE "merge"')
    return number, numbered


def pairs_of(connection: sa.Connection, number: int) -> list[Pair]:
    """The pairs of a merge, in their order, without those whose person was erased."""
    select = "SELECT id, loser_id, survivor_id FROM merge WHERE run_id = ? AND state <> ? ORDER BY id"
    rows = fetch(connection, select, (number, ERASED))
    return [Pair(row[1], row[2], step, row[0]) for step, row in enumerate(rows, start=1)]


def enter_decision(connection: sa.Connection, decision: Decision) -> None:
    """Journal what was decided about one table."""
    name = decision.contract.table
    moved = [(one.pair.number, name, one.column, one.row, one.old, one.new) for one in decision.moves]
    insert_rows(connection, "merge_moved", _MOVED, moved)
    enter_removed(connection, name, decision.removed)
    enter_values(connection, name, decision.values)


def enter_removed(connection: sa.Connection, table: str, removed: Iterable[Removed]) -> None:
    """Journal dropped rows, with their images."""
    rows = [(one.pair.number, table, one.row, one.winner, to_text(one.image)) for one in removed]
    insert_rows(connection, "merge_removed", _REMOVED, rows)


def enter_values(connection: sa.Connection, table: str, values: Iterable[Valued]) -> None:
    """Journal changed values."""
    rows = [
        (one.pair.number, table, one.column, one.row, one.how, _text(one.old), _text(one.new))
        for one in values
    ]
    insert_rows(connection, "merge_value", _VALUE, rows)


def _text(value: Any) -> str | None:
    return None if value is None else to_text(value)


def move_plain(
    connection: sa.Connection, contract: Contract, column: str, number: int, pairs: Sequence[Pair]
) -> int:
    """Journal and move all rows of the losers in a table where nothing can clash; how many moved."""
    table, key, name = quoted(contract.table), quoted(str(contract.key)), quoted(column)
    into = f"INSERT INTO merge_moved ({', '.join(_MOVED)}) "
    if len(pairs) == 1:
        pair = pairs[0]
        entered = f"{into}SELECT ?, ?, ?, {key}, {name}, ? FROM {table} WHERE {name} = ?"
        if connection.dialect.name == "postgresql":
            entered = entered.replace("?, ?, ?,", "?::bigint, ?::text, ?::text,").replace(
                ", ? FROM", ", ?::bigint FROM"
            )
        run(connection, entered, (pair.number, contract.table, column, pair.survivor, pair.loser))
        moved = f"UPDATE {table} SET {name} = ? WHERE {name} = ?"
        return run(connection, moved, (pair.survivor, pair.loser))
    text = "?::text" if connection.dialect.name == "postgresql" else "?"
    # CROSS JOIN: SQLite would otherwise go through the large table and look for each row's pair.
    entered = (
        f"{into}SELECT m.id, {text}, {text}, t.{key}, t.{name}, m.survivor_id FROM merge m "
        f"CROSS JOIN {table} t WHERE m.run_id = ? AND m.state = ? AND t.{name} = m.loser_id"
    )
    run(connection, entered, (contract.table, column, number, MERGED))
    return run(connection, *_set_all(connection, table, name, number))


def _set_all(connection: sa.Connection, table: str, name: str, number: int) -> tuple[str, tuple[Any, ...]]:
    ours = "m.run_id = ? AND m.state = ?"
    if connection.dialect.name == "postgresql":
        statement = (
            f"UPDATE {table} t SET {name} = m.survivor_id FROM merge m WHERE {ours} AND t.{name} = m.loser_id"
        )
        return statement, (number, MERGED)
    # The IN leads SQLite to the rows by their index; the plus to each row's pair by the loser, of whom there
    # are few, and not by the merge, of which there are thousands.
    statement = (
        f"UPDATE {table} SET {name} = (SELECT m.survivor_id FROM merge m WHERE +m.run_id = ? "
        f"AND +m.state = ? AND m.loser_id = {table}.{name}) "
        f"WHERE {name} IN (SELECT m.loser_id FROM merge m WHERE {ours})"
    )
    return statement, (number, MERGED) * 2


def moved_rows(connection: sa.Connection, pairs: Sequence[Pair]) -> list[MovedRow]:
    """What was moved, in the order in which it was."""
    select = "SELECT table_name, column_name, row_id, old_id, new_id FROM merge_moved WHERE merge_id"
    return [MovedRow(*row) for row in _of(connection, select, pairs)]


def removed_rows(connection: sa.Connection, pairs: Sequence[Pair]) -> list[RemovedRow]:
    """What was dropped."""
    select = "SELECT table_name, row_id, winner_id, image FROM merge_removed WHERE merge_id"
    return [
        RemovedRow(row[0], row[1], row[2], None if row[3] is None else from_text(row[3]))
        for row in _of(connection, select, pairs)
    ]


def value_rows(connection: sa.Connection, pairs: Sequence[Pair]) -> list[ValueRow]:
    """Which values changed, in the order in which they did."""
    select = "SELECT table_name, column_name, row_id, how, old, new FROM merge_value WHERE merge_id"
    return [
        ValueRow(*row[:4], *(None if text is None else from_text(text) for text in row[4:]))
        for row in _of(connection, select, pairs)
    ]


def marks_of(connection: sa.Connection, number: int) -> dict[str, int]:
    """Where each table ended when the merge was done, also when its first pair was erased since."""
    select = (
        "SELECT v.new FROM merge_value v JOIN merge m ON m.id = v.merge_id "
        "WHERE m.run_id = ? AND v.how = ? AND v.new IS NOT NULL ORDER BY v.id DESC LIMIT 1"
    )
    rows = fetch(connection, select, (number, MARKS))
    return from_text(rows[0][0]) if rows else {}


def forget_marks(connection: sa.Connection, number: int) -> None:
    """The merge was taken back."""
    ours = "merge_id IN (SELECT id FROM merge WHERE run_id = ?)"
    run(connection, f"DELETE FROM merge_value WHERE how = ? AND {ours}", (MARKS, number))


def _of(connection: sa.Connection, select: str, pairs: Sequence[Pair]) -> list[Any]:
    return list(rows_among(connection, select, [pair.number for pair in pairs], after="ORDER BY id"))


def empty_journal(connection: sa.Connection, pairs: Sequence[Pair]) -> None:
    """Forget what the pairs' merge did: it was taken back."""
    for table in _JOURNALS:
        _run_among(connection, f"DELETE FROM {table} WHERE merge_id", [pair.number for pair in pairs])


def _run_among(connection: sa.Connection, statement: str, keys: Sequence[int]) -> None:
    """Run a changing statement whose text ends in the column that is one of `keys`."""
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        run(connection, f"{statement} IN ({', '.join('?' * len(part))})", part)
