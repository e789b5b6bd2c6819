"""Dropped rows come back from their images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.merging.journal import RemovedRow
from crmkit.core.merging.sql import rows_by, run
from crmkit.core.store.bulk import insert_rows, quoted, reserve, savepoint
from crmkit.core.store.contracts import Contract


@define
class Restored:
    """What came back. `keys`: the new keys of rows whose old one was given to another meanwhile, by table."""

    keys: dict[str, dict[int, int]] = field(factory=dict)
    # Rows that came back, by table: they are no later additions, whatever their number.
    images: dict[str, list[dict[str, Any]]] = field(factory=dict)

    def key_of(self, contract: Contract, column: str, old: int) -> int:
        """What `column` of `contract` must hold to refer to what it referred to as `old`."""
        link = contract.links.get(column)
        if link is None or link.via is None:
            return old
        return self.keys.get(link.via, {}).get(old, old)


def restore_rows(
    connection: sa.Connection, contract: Contract, removed: Sequence[RemovedRow], restored: Restored
) -> int:
    """Insert the rows again; how many could not be, because their place is taken or their parent gone."""
    images = {one.row: dict(one.image) for one in removed if one.image is not None}
    if not images:
        return 0
    key = str(contract.key)
    taken = [row[0] for row in rows_by(connection, contract.table, [quoted(key)], key, sorted(images))]
    if taken:
        _renumber(connection, contract, images, taken, restored)
    restored.images[contract.table] = list(images.values())
    columns = [column for column in contract.columns if column in next(iter(images.values()))]
    rows = []
    for image in images.values():
        for column in contract.vias:
            if image.get(column) is not None:
                image[column] = restored.key_of(contract, column, image[column])
        rows.append(tuple(image.get(column) for column in columns))
    try:
        with savepoint(connection):
            insert_rows(connection, quoted(contract.table), columns, rows)
        return 0
    except sa.exc.IntegrityError:
        return sum(not _inserted(connection, contract, columns, row) for row in rows)


def _inserted(
    connection: sa.Connection, contract: Contract, columns: Sequence[str], row: tuple[Any, ...]
) -> bool:
    try:
        with savepoint(connection):
            insert_rows(connection, quoted(contract.table), columns, [row])
    except sa.exc.IntegrityError:
        return False
    return True


def _renumber(
    connection: sa.Connection,
    contract: Contract,
    images: dict[int, dict[str, Any]],
    taken: Sequence[int],
    restored: Restored,
) -> None:
    """SQLite may give a dropped row's number away; the row then comes back under a new one."""
    key, table = str(contract.key), contract.table
    fresh = reserve(connection, table, key, len(taken))
    new = dict(zip(sorted(taken), fresh, strict=True))
    for old, number in new.items():
        images[old][key] = number
        if table == "contact_point":
            moved = (
                "UPDATE interaction SET contact_point_id = ? WHERE contact_point_id = ? AND customer_id = ?"
            )
            run(connection, moved, (number, old, images[old]["customer_id"]))
    restored.keys[table] = new
