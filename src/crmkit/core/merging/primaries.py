"""One primary contact point for each kind, also when two customers' become one's, or one's two."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.merging.deciding import Valued
from crmkit.core.merging.journal import enter_values
from crmkit.core.merging.sql import set_where
from crmkit.core.merging.values import Pair

_TABLE = "contact_point"


def demote(connection: sa.Connection, pairs: Sequence[Pair]) -> None:
    """After the moves: of several primary ones of a kind the survivor's own stays, else the first to come."""
    by_number = {pair.number: pair for pair in pairs}
    select = (
        "SELECT row_id, merge_id FROM merge_moved "
        "WHERE table_name = 'contact_point' AND column_name = 'customer_id' AND merge_id"
    )
    came = {row: by_number[number] for row, number in rows_among(connection, select, sorted(by_number))}
    if not came:
        return
    values = []
    for several in _several(connection, sorted({pair.survivor for pair in pairs})):
        several.sort(key=lambda row: (came[row].step if row in came else 0, row))
        values += [Valued(row, "is_primary", "replaced", 1, 0, came[row]) for row in several[1:]
                   if row in came]  # fmt: skip
    enter_values(connection, _TABLE, values)
    set_where(connection, _TABLE, "id", ("is_primary",), [(one.row, [0], None) for one in values])


def _several(connection: sa.Connection, customers: Collection[int]) -> Iterator[list[int]]:
    """The primary contact points of each customer and kind, where there is more than one."""
    groups: dict[tuple[int, str], list[int]] = {}
    select = "SELECT id, customer_id, kind FROM contact_point WHERE is_primary = 1 AND customer_id"
    for id_, customer_id, kind in rows_among(connection, select, customers):
        groups.setdefault((customer_id, kind), []).append(id_)
    yield from (ids for ids in groups.values() if len(ids) > 1)


def mend(connection: sa.Connection, customers: Collection[int]) -> None:
    """After an un-merge in which somebody had changed them meanwhile: exactly one for each kind there is."""
    groups: dict[tuple[int, str], list[tuple[int, int]]] = {}
    select = "SELECT id, customer_id, kind, is_primary FROM contact_point WHERE customer_id"
    for id_, customer_id, kind, primary in rows_among(connection, select, customers, after="ORDER BY id"):
        groups.setdefault((customer_id, kind), []).append((id_, primary))
    changes = []
    for points in groups.values():
        primaries = [id_ for id_, primary in points if primary]
        if not primaries:
            changes.append((points[0][0], [1], None))
        changes += [(id_, [0], None) for id_ in primaries[1:]]
    set_where(connection, _TABLE, "id", ("is_primary",), changes)
