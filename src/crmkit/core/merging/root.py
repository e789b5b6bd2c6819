"""The customers' own table at a merge: what the survivor takes from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.merging.deciding import Valued
from crmkit.core.merging.values import Pair
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contract

# Whoever is a customer under one of their records is one; somebody who left is more than a lead.
_STAGES: Final = ("prospect", "lead", "former", "customer")
Image = dict[str, Any]


def root_rows(
    connection: sa.Connection, root: Contract, pairs: Sequence[Pair], *, lock: bool
) -> dict[int, Image]:
    """The rows of everybody concerned, by id, whole."""
    ids = sorted({id_ for pair in pairs for id_ in (pair.loser, pair.survivor)})
    columns = ", ".join(quoted(column) for column in root.columns)
    # In one order for everybody, so that two merges cannot wait for each other.
    locked = "FOR UPDATE" if lock and connection.dialect.name == "postgresql" else ""
    select = f"SELECT {columns} FROM {quoted(root.table)} WHERE id"
    rows = list(rows_among(connection, select, ids, after=f"ORDER BY id {locked}"))
    images = (dict(zip(root.columns, row, strict=True)) for row in rows)
    return {image["id"]: image for image in images}


def filled(root: Contract, rows: Mapping[int, Image], pairs: Sequence[Pair]) -> list[Valued]:
    """The survivors' columns that change, one step for each loser who brings something."""
    values: list[Valued] = []
    current = {pair.survivor: dict(rows[pair.survivor]) for pair in pairs}
    for pair in pairs:
        own, other = current[pair.survivor], rows[pair.loser]
        for column, how, new in _changes(root, own, other):
            values.append(Valued(pair.survivor, column, how, own[column], new, pair))
            own[column] = new
    return values


def _changes(root: Contract, own: Image, other: Image) -> list[tuple[str, str, Any]]:
    found = [
        (column, "fill", other[column])
        for column in root.fill
        if own[column] in (None, "") and other[column] not in (None, "")
    ]
    stage = max(own["lifecycle"], other["lifecycle"], key=_stage)
    if _stage(stage) > _stage(own["lifecycle"]):
        found.append(("lifecycle", "further", stage))
    if other["created_at"] < own["created_at"]:
        found.append(("created_at", "min", other["created_at"]))
    # Somebody who is there under one of their records is not archived.
    if own["archived_at"] is not None and other["archived_at"] is None:
        found.append(("archived_at", "replaced", None))
    return found


def _stage(name: str) -> int:
    return _STAGES.index(name) if name in _STAGES else -1
