"""The list of a static segment: who is put on it and taken off, in the change log too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction


def add(kernel: Kernel, tx: Transaction, segment: str, ids: Sequence[int]) -> Sequence[int]:
    """Put customers on the list; the ids of those who were not on it."""
    fresh = [id_ for id_ in dict.fromkeys(ids) if id_ not in _on_it(kernel, tx, segment, ids)]
    stay = kernel.tables.segment_stay
    if fresh:
        tx.execute(
            sa.insert(stay),
            [{"segment": segment, "customer_id": id_, "entered_at": tx.at} for id_ in fresh],
        )
    _log(tx, "created", segment, fresh)
    return fresh


def remove(kernel: Kernel, tx: Transaction, segment: str, ids: Sequence[int]) -> Sequence[int]:
    """Take customers off the list; the ids of those who were on it."""
    on_it = _on_it(kernel, tx, segment, ids)
    gone = [id_ for id_ in dict.fromkeys(ids) if id_ in on_it]
    stay = kernel.tables.segment_stay
    for id_ in gone:
        mine = (stay.c.segment == segment, stay.c.customer_id == id_, stay.c.left_at.is_(None))
        tx.execute(sa.update(stay).where(*mine).values(left_at=tx.at))
    _log(tx, "removed", segment, gone)
    return gone


def _on_it(kernel: Kernel, tx: Transaction, segment: str, ids: Sequence[int]) -> set[int]:
    stay = kernel.tables.segment_stay
    found: set[int] = set()
    for start in range(0, len(ids), 10_000):
        chosen = sa.select(stay.c.customer_id).where(
            stay.c.segment == segment,
            stay.c.left_at.is_(None),
            stay.c.customer_id.in_(ids[start : start + 10_000]),
        )
        found.update(tx.execute(chosen).scalars())
    return found


def _log(tx: Transaction, action: str, segment: str, ids: Sequence[int]) -> None:
    name = msgspec.json.encode(segment).decode()
    old, new = (None, name) if action == "created" else (name, None)
    uids: dict[int, str] = dict(rows_among(tx.connection, "SELECT id, uid FROM customer WHERE id", ids))
    for id_ in ids:
        tx.append_change((action, "segment", id_, id_, "", old, new, "", uids[id_]))
