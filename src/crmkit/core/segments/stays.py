"""Stays in segments: who entered when, and left when, as a comparison with what was noticed before tells."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.sets import change_among
from crmkit.core.segments.embedding import filled, members_select
from crmkit.core.store.bulk import insert_rows
from crmkit.core.store.listed import listed

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.store.unit import Transaction

_SET: Final = 10_000


@frozen
class Stay:
    """One customer's time in a segment; `left_at` is None while it lasts. Instants in microseconds UTC."""

    segment: str
    customer_id: int
    entered_at: int
    left_at: int | None = None


@frozen
class Moved:
    """How many entered a segment and left it since the last look."""

    entered: int = 0
    left: int = 0


def stays_of(
    kernel: Kernel, connection: sa.Connection, actor: Actor, segment: str, customer_id: int | None, limit: int
) -> Sequence[Stay]:
    """Stays in a segment, the latest entry first; only of customers whom the actor sees."""
    stay = kernel.tables.segment_stay
    chosen = sa.select(stay.c.segment, stay.c.customer_id, stay.c.entered_at, stay.c.left_at)
    chosen = chosen.where(stay.c.segment == segment)
    if customer_id is not None:
        chosen = chosen.where(stay.c.customer_id == customer_id)
    chosen = chosen.where(*kernel.seen(actor, stay.c.customer_id))
    rows = connection.execute(chosen.order_by(stay.c.entered_at.desc(), stay.c.id.desc()).limit(limit))
    return [Stay(*row) for row in rows]


def notice(
    kernel: Kernel, tx: Transaction, segment: str, predicate: Predicate, ids: Sequence[int] | None
) -> Moved:
    """Bring the open stays in line with who is a member now; of everybody, or of `ids` only.

    What has not changed is not written, so that doing it twice is doing it once.
    """
    sets = [None] if ids is None else [ids[start : start + _SET] for start in range(0, len(ids), _SET)]
    moved = [_moved(kernel, tx, segment, _members(kernel, tx, predicate, some), some) for some in sets]
    return Moved(sum(each.entered for each in moved), sum(each.left for each in moved))


def _members(
    kernel: Kernel, tx: Transaction, predicate: Predicate, some: Sequence[int] | None
) -> sa.Select[Any]:
    """Those who are members now; of `some` alone, where they are given: it costs as much as they are many."""
    if some is not None and kernel.past is None:
        among = listed(tx.connection.dialect.name, some, "some")
        return filled(kernel.statements.narrowed(predicate, among, now=tx.at), tx.at)
    past = tx.at if kernel.past is not None else None
    members = members_select(kernel, predicate, now=tx.at, past_as_of=past)
    return members if some is None else members.where(members.selected_columns[0].in_(some))


def _moved(
    kernel: Kernel,
    tx: Transaction,
    segment: str,
    members: sa.Select[Any],
    some: Sequence[int] | None,
) -> Moved:
    """Who is a member is asked once; only who came or went is told, and written."""
    stay = kernel.tables.segment_stay
    present = sa.select(stay.c.customer_id).where(stay.c.segment == segment, stay.c.left_at.is_(None))
    if some is not None:
        present = present.where(stay.c.customer_id.in_(listed(tx.connection.dialect.name, some, "looked_at")))
    changed = _changed(members, present)
    new, gone = array("q"), array("q")
    for customer_id, is_in in tx.connection.execute(changed, execution_options={"stream_results": True}):
        (new if is_in else gone).append(customer_id)
    left = "UPDATE segment_stay SET left_at = ? WHERE segment = ? AND left_at IS NULL AND customer_id"
    change_among(tx.connection, left, gone, tx.at, segment)
    for start in range(0, len(new), _SET):
        rows = [(segment, customer_id, tx.at) for customer_id in new[start : start + _SET]]
        insert_rows(tx.connection, "segment_stay", ("segment", "customer_id", "entered_at"), rows)
    return Moved(len(new), len(gone))


def _changed(members: sa.Select[Any], present: sa.Select[Any]) -> sa.Select[Any]:
    """(customer, whether they are a member now) of those who have come, or gone, since the last look."""
    now, before = members.subquery("member"), present.subquery("present")
    here, elsewhere = sa.literal_column("1", sa.Integer), sa.literal_column("0", sa.Integer)
    both = sa.union_all(
        sa.select(now.c[0].label("customer_id"), here.label("is_in"), elsewhere.label("was_in")),
        sa.select(before.c[0], elsewhere, here),
    ).subquery("either")
    is_in, was_in = sa.func.max(both.c.is_in), sa.func.max(both.c.was_in)
    return sa.select(both.c.customer_id, is_in).group_by(both.c.customer_id).having(is_in != was_in)
