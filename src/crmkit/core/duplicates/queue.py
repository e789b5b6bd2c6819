"""The list of suggested pairs: what a scan leaves on it, and what people said about it.

A merge may turn a pair around, or leave it in both orders. It counts as one, and as dismissed as soon as
either says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from attrs import define, frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.duplicates.pair import pair_key, pair_of
from crmkit.core.duplicates.rules import SCALE
from crmkit.core.duplicates.values import DISMISSED, OPEN, Duplicate
from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.duplicates.finding import Found
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

T = TypeVar("T")
_AT_ONCE: Final = 5_000
_COLUMNS: Final = "id, customer_id, other_id, score, reasons, state"
_ADD: Final = (
    "INSERT INTO duplicate (customer_id, other_id, score, reasons, state, found_at, actor) "
    "VALUES ({0}, {0}, {0}, {0}, 'open', {0}, {0}) ON CONFLICT (customer_id, other_id) DO NOTHING"
)
_UPDATE: Final = "UPDATE duplicate SET score = {0}, reasons = {0} WHERE id = {0} AND state = 'open'"
_REMOVE: Final = "DELETE FROM duplicate WHERE id = {0} AND state = 'open'"


@frozen
class Kept:
    """A row of the table."""

    id: int
    key: int
    score: int
    reasons: str
    state: str


@define
class Work:
    """What a scan has to write: rows to add, to bring up to date, and to remove; pairs people dismissed."""

    add: list[tuple[int, int, int, str]]
    update: list[tuple[int, str, int]]
    remove: list[int]
    dismissed: int


def work_of(
    connection: sa.Connection, found: Found, focus: AbstractSet[int] | None, among: AbstractSet[int] | None
) -> Work:
    """The difference between what was found and what is on the list.

    Removed are only pairs with one of `focus`, and of whom both are `among` the people that the actor sees
    (None: everybody). A scan that ended early removes nothing: it does not know.
    """
    work = Work([], [], [], 0)
    fresh = dict(found.pairs)
    for key, row in _on_list(connection, focus, work).items():
        score = fresh.pop(key, None)
        if row.state == DISMISSED:
            work.dismissed += score is not None
        elif score is None:
            if found.is_complete and (among is None or set(pair_of(key)) <= among):
                work.remove.append(row.id)
        elif score != (row.score, row.reasons):
            work.update.append((*score, row.id))
    work.add = [(*pair_of(key), *fresh[key]) for key in sorted(fresh)]
    return work


def _on_list(connection: sa.Connection, focus: AbstractSet[int] | None, work: Work) -> dict[int, Kept]:
    """One row for each pair on the list, the dismissed one where there are two; the other is removed."""
    rows: dict[int, Kept] = {}
    for row in _kept_rows(connection, focus):
        known = rows.get(row.key)
        if known is None:
            rows[row.key] = row
        elif row.state == DISMISSED and known.state == OPEN:
            rows[row.key] = row
            work.remove.append(known.id)
        elif row.id != known.id:
            work.remove.append(row.id)
    return rows


def _kept_rows(connection: sa.Connection, focus: AbstractSet[int] | None) -> Iterator[Kept]:
    if focus is None:
        found: Any = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM duplicate ORDER BY id"))
    else:
        ids = sorted(focus)
        found = {
            row[0]: row
            for side in ("customer_id", "other_id")
            for row in rows_among(connection, f"SELECT {_COLUMNS} FROM duplicate WHERE {side}", ids)
        }.values()
    for id_, a, b, score, reasons, state in found:
        yield Kept(id_, pair_key(a, b), score, reasons, state)


def write(kernel: Kernel, actor: Actor, work: Work) -> int:
    """Write a scan's work in units of a few thousand rows; how many pairs were added.

    Somebody who is gone by now is left out: what was found about them no longer matters.
    """
    added = 0
    for rows in _chunks(work.remove):
        with kernel.unit(actor) as tx:
            _many(tx, _REMOVE, [(id_,) for id_ in rows])
    for changed in _chunks(work.update):
        with kernel.unit(actor) as tx:
            _many(tx, _UPDATE, changed)
    for fresh in _chunks(work.add):
        added += _add(kernel, actor, fresh)
    return added


def _add(kernel: Kernel, actor: Actor, rows: Sequence[tuple[int, int, int, str]]) -> int:
    with kernel.unit(actor) as tx:
        lock = "ORDER BY id FOR KEY SHARE" if tx.connection.dialect.name == "postgresql" else ""
        wanted = sorted({id_ for row in rows for id_ in row[:2]})
        there = {
            row[0]
            for row in rows_among(tx.connection, "SELECT id FROM customer WHERE id", wanted, after=lock)
        }
        kept = [row for row in rows if row[0] in there and row[1] in there]
        _many(tx, _ADD, [(*row, tx.at, actor.name) for row in kept])
        return len(kept)


def _many(tx: Transaction, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        mark = "?" if tx.connection.dialect.name == "sqlite" else "%s"
        tx.connection.exec_driver_sql(statement.format(mark), list(rows))


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


def settle(kernel: Kernel, tx: Transaction, a: int, b: int, state: str) -> None:
    """Note what a person says of a pair, on the list or not: `dismissed`, or `open` again."""
    if a == b:
        raise Invalid(phrase("Both are customer {a}", a=a), hint="Name two customers.")
    table = kernel.tables.duplicate
    same = sa.or_(
        sa.and_(table.c.customer_id == a, table.c.other_id == b),
        sa.and_(table.c.customer_id == b, table.c.other_id == a),
    )
    values = {
        "state": state,
        "settled_at": tx.at if state == DISMISSED else None,
        "actor": tx.actor.name,
    }
    if tx.execute(sa.update(table).where(same).values(**values)).rowcount:
        return
    low, high = min(a, b), max(a, b)
    row = {"customer_id": low, "other_id": high, "score": 0, "reasons": "{}", "found_at": tx.at}
    tx.execute(sa.insert(table).values(**row, **values))


def state_of(connection: sa.Connection, kernel: Kernel, a: int, b: int) -> str | None:
    """What is said of the pair on the list, None where it is not on it."""
    table = kernel.tables.duplicate
    pair = table.c.customer_id.in_((a, b)), table.c.other_id.in_((a, b))
    found = set(connection.execute(sa.select(table.c.state).where(*pair)).scalars())
    return DISMISSED if DISMISSED in found else next(iter(found), None)


def evidence_of(connection: sa.Connection, kernel: Kernel, a: int, b: int) -> Mapping[str, Any]:
    """What another judge than the rules said of the pair, as it is kept; empty where none did."""
    table = kernel.tables.duplicate
    pair = table.c.customer_id.in_((a, b)), table.c.other_id.in_((a, b))
    for text in connection.execute(sa.select(table.c.reasons).where(*pair)).scalars():
        kept: Mapping[str, Any] = msgspec.json.decode(text)
        if "evidence" in kept:
            return kept
    return {}


def page(
    connection: sa.Connection,
    kernel: Kernel,
    visible: sa.ColumnElement[bool] | None,
    *,
    state: str = OPEN,
    min_score: float | None = None,
    customer: int | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> list[Duplicate]:
    """Pairs of whom both are seen, the highest score first; `after` is the cursor of the page before."""
    table = kernel.tables.duplicate
    query = _listed(kernel, visible, state).order_by(table.c.score.desc(), table.c.id).limit(limit)
    if min_score is not None:
        query = query.where(table.c.score >= round(min_score * SCALE))
    if customer is not None:
        query = query.where(sa.or_(table.c.customer_id == customer, table.c.other_id == customer))
    if after is not None:
        score, id_ = _position(after)
        query = query.where(sa.or_(table.c.score < score, sa.and_(table.c.score == score, table.c.id > id_)))
    return [_duplicate(row) for row in connection.execute(query)]


def count(
    connection: sa.Connection, kernel: Kernel, visible: sa.ColumnElement[bool] | None, state: str
) -> int:
    """How many pairs there are of whom both are seen."""
    listed = _listed(kernel, visible, state).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(listed)).scalar_one())


def _listed(kernel: Kernel, visible: sa.ColumnElement[bool] | None, state: str) -> sa.Select[Any]:
    table, customer = kernel.tables.duplicate, kernel.tables.customer
    other = table.alias("other_way")
    # A merge can leave a pair in both orders: it is shown once, and not while the other says no.
    shadowed = sa.exists().where(
        other.c.customer_id == table.c.other_id,
        other.c.other_id == table.c.customer_id,
        sa.or_(other.c.state != table.c.state, other.c.id < table.c.id),
    )
    query = sa.select(table).where(table.c.state == state)
    query = query.where(~shadowed) if state == OPEN else query
    seen = sa.select(customer.c.id).where(customer.c.archived_at.is_(None))
    if visible is not None:
        seen = seen.where(visible)
    if visible is not None or state == OPEN:
        query = query.where(table.c.customer_id.in_(seen), table.c.other_id.in_(seen))
    return query


def cursor_of(duplicate_score: float, id_: int) -> str:
    """Where a page ended: `58000-12`."""
    return f"{round(duplicate_score * SCALE)}-{id_}"


def _position(cursor: str) -> tuple[int, int]:
    score, _, id_ = cursor.rpartition("-")
    try:
        return int(score), int(id_)
    except ValueError:
        raise Invalid(
            phrase("{cursor} is not a place on this list", cursor=quoted(cursor)),
            hint="Take the one that the page before ended with.",
        ) from None


def _duplicate(row: Any) -> Duplicate:
    sides = msgspec.json.decode(row.reasons)
    low, high = sorted((row.customer_id, row.other_id))
    return Duplicate(
        id=row.id, customer_id=low, other_id=high, score=row.score / SCALE,
        reasons=tuple(sides.get("for", ())), against=tuple(sides.get("against", ())),
        doubts=tuple(sides.get("doubts", ())), state=row.state, found_at=row.found_at,
        settled_at=row.settled_at, actor=row.actor,
    )  # fmt: skip
