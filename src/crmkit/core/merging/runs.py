"""Merges on record, and taking them back in the order that their clusters allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Conflict, NotFound
from crmkit.core.instants import format_instant
from crmkit.core.merging import journal
from crmkit.core.merging.applying import again
from crmkit.core.merging.images import from_text
from crmkit.core.merging.separating import Separating, lock, open_run
from crmkit.core.merging.sql import fetch, run
from crmkit.core.merging.values import MergeRun, Pair, Stay
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.contracts import load_contracts

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

_RUNS = (
    "SELECT r.id, r.at, r.actor, r.source, r.pairs, r.state, r.undone_at, m.survivor_id, m.loser_id "
    "FROM merge_run r LEFT JOIN merge m ON r.pairs = 1 AND m.run_id = r.id AND m.state <> 'erased'"
)


def runs(
    connection: sa.Connection, limit: int, *, actor: str | None = None, standing: bool = False
) -> list[MergeRun]:
    """The newest merges first; of one actor only, and without those that were undone, if wanted."""
    asked = {"r.actor = ?": actor, "r.state = ?": journal.MERGED if standing else None}
    said = {condition: key for condition, key in asked.items() if key is not None}
    where = f" WHERE {' AND '.join(said)}" if said else ""
    keys = tuple(said.values())
    return [
        _run_of(row)
        for row in fetch(connection, f"{_RUNS}{where} ORDER BY r.id DESC LIMIT ?", (*keys, limit))
    ]


def run_numbered(connection: sa.Connection, number: int) -> MergeRun:
    """The merge with this number. Raises `NotFound`."""
    rows = fetch(connection, f"{_RUNS} WHERE r.id = ?", (number,))
    if not rows:
        raise NotFound(
            phrase("There is no merge:{number}", number=number), hint="See them: crm customers merges"
        )
    return _run_of(rows[0])


def _run_of(row: tuple[int, int, str, str, int, str, int | None, int | None, int | None]) -> MergeRun:
    return MergeRun(
        ref=f"merge:{row[0]}", number=row[0], at=row[1], actor=row[2], source=row[3], pairs=row[4],
        state=row[5], undone_at=row[6], survivor_id=row[7], loser_id=row[8],
    )  # fmt: skip


def take_back(kernel: Kernel, tx: Transaction, number: int) -> tuple[Separating, list[int]]:
    """Undo one merge: first the later merges of the same people, newest first, which are then done again.

    Returns what was taken back, and the numbers of those done again. Raises `NotFound`, and `Conflict` when
    it was undone before or its people were erased.
    """
    connection = tx.connection
    if tx.pending:
        tx.flush()
    merge = run_numbered(connection, number)
    if merge.state == journal.UNDONE:
        when = format_instant(merge.undone_at or 0, kernel.tz)
        raise Conflict(
            phrase("merge:{number} was undone before, on {when}", number=number, when=when[:10]),
            hint="See: crm customers merges",
        )
    pairs, erased = _separable(connection, number)
    if not pairs:
        raise Conflict(
            phrase("merge:{number} cannot be undone: the people it was about were erased", number=number),
            hint="What an erasure leaves does not tell the two apart any more.",
        )
    later = _later(connection, number)
    lock(connection, _everybody(connection, [number, *later]))
    for one in reversed(later):
        _undo_one(kernel, tx, one, told=False)
    separating = _undo_one(kernel, tx, number, told=True)
    if erased:
        what = nphrase("{count} erased person", "{count} erased people", erased)
        separating.left.append(Stay(None, what, phrase("erased, so nothing is left")))
    if later:
        # What is told of this one must be on record to move with the customers who are merged again.
        tx.flush()
    for one in later:
        run(connection, "UPDATE merge SET state = ? WHERE run_id = ? AND state <> ?",
            (journal.MERGED, one, journal.ERASED))  # fmt: skip
        again(kernel, tx, one).apply(told=False)
    values = (journal.UNDONE, tx.at, number)
    run(connection, "UPDATE merge_run SET state = ?, undone_at = ? WHERE id = ?", values)
    return separating, later


def _undo_one(kernel: Kernel, tx: Transaction, number: int, *, told: bool) -> Separating:
    pairs, _ = _separable(tx.connection, number)
    separating = open_run(kernel, tx, number, pairs)
    separating.separate(told=told)
    run(tx.connection, "UPDATE merge SET state = ? WHERE run_id = ? AND state <> ?",
        (journal.UNDONE, number, journal.ERASED))  # fmt: skip
    return separating


def _separable(connection: sa.Connection, number: int) -> tuple[list[Pair], int]:
    """The pairs that can be told apart, and how many were erased."""
    pairs = journal.pairs_of(connection, number)
    total = fetch(connection, "SELECT count(*) FROM merge WHERE run_id = ?", (number,))[0][0]
    select = (
        "SELECT merge_id FROM merge_removed WHERE table_name = 'customer' AND image IS NOT NULL AND merge_id"
    )
    there = {row[0] for row in rows_among(connection, select, [pair.number for pair in pairs])}
    kept = [pair for pair in pairs if pair.number in there]
    return kept, total - len(kept)


def _later(connection: sa.Connection, number: int) -> list[int]:
    """The later merges, not undone, that concern any of the same people, and so on from merge to merge."""
    if number == fetch(connection, "SELECT max(id) FROM merge_run")[0][0]:
        return []
    people = _concerned(connection, number)
    known = people.pop(number, set())
    found = []
    for run_id, concerned in sorted(people.items()):
        if concerned & known:
            known |= concerned
            found.append(run_id)
    return found


def _concerned(connection: sa.Connection, number: int) -> dict[int, set[int]]:
    """By merge, from `number` on: who was merged, and who is at the other end of ties that were dropped."""
    people: dict[int, set[int]] = {}
    where = "m.run_id >= ? AND m.state = ?"
    select = f"SELECT m.run_id, m.loser_id, m.survivor_id FROM merge m WHERE {where}"
    for run_id, loser, survivor in fetch(connection, select, (number, journal.MERGED)):
        people.setdefault(run_id, set()).update((loser, survivor))
    for contract in load_contracts(connection):
        sides = contract.customer_columns
        if len(sides) < 2:
            continue
        select = (
            "SELECT m.run_id, r.image FROM merge m JOIN merge_removed r ON r.merge_id = m.id "
            f"WHERE {where} AND r.table_name = ? AND r.image IS NOT NULL"
        )
        for run_id, text in fetch(connection, select, (number, journal.MERGED, contract.table)):
            image = from_text(text)
            people[run_id].update(image[side] for side in sides if image[side] is not None)
    return people


def _everybody(connection: sa.Connection, numbers: list[int]) -> set[int]:
    select = "SELECT loser_id, survivor_id FROM merge WHERE run_id"
    return {id_ for row in rows_among(connection, select, numbers) for id_ in row}
