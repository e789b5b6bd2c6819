"""The journal of merges, emptied of a person: what they were before a merge is theirs as well."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.privacy.owned import Owned
from crmkit.core.store.bulk import Row
from crmkit.core.store.contracts import Contract, Contracts

ERASED: Final = "erased"
# As in the journal of merges.
MARKS: Final = "marks"


def merges_of(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """The merges in which any of these customers was one of the pair."""
    found = {
        row[0]
        for side in ("loser_id", "survivor_id")
        for row in rows_among(connection, f"SELECT id FROM merge WHERE {side}", ids)
    }
    return sorted(found)


def empty_journal(connection: sa.Connection, contracts: Contracts, owned: Owned, ids: Sequence[int]) -> None:
    """Empty what merges remember of the customers `ids`; those pairs can no longer be parted."""
    merges = merges_of(connection, ids)
    _run(connection, "UPDATE merge_removed SET image = NULL WHERE merge_id", merges)
    # The marks say where each table ended, of nobody in particular, and serve the other pairs of the merge.
    values = f"how <> '{MARKS}' AND merge_id"
    _run(connection, f'UPDATE merge_value SET "old" = NULL, "new" = NULL WHERE {values}', merges)
    _run(connection, f"UPDATE merge SET state = '{ERASED}' WHERE id", merges)
    for contract in contracts:
        if len(contract.customer_columns) > 1:
            _ties_of_others(connection, contract, owned, ids)


def _ties_of_others(
    connection: sa.Connection, contract: Contract, owned: Owned, ids: Collection[int]
) -> None:
    """Rows between the person and somebody else who was merged."""
    dropped = [key for key, image in images(connection, contract.table) if _is_with(contract, image, ids)]
    _run(connection, "UPDATE merge_removed SET image = NULL WHERE id", dropped)
    select = "SELECT id, row_id FROM merge_value WHERE table_name = ? AND row_id"
    values = [row[0] for row in rows_among(connection, select, owned.keys(contract.table), contract.table)]
    _run(connection, 'UPDATE merge_value SET "old" = NULL, "new" = NULL WHERE id', values)


def images(connection: sa.Connection, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of `table` that merges dropped and remember: (key in the journal, the row)."""
    statement = sa.text("SELECT id, image FROM merge_removed WHERE table_name = :table AND image IS NOT NULL")
    for id_, text in connection.execute(statement, {"table": table}):
        yield id_, json.loads(text)


def _is_with(contract: Contract, image: dict[str, Any], ids: Collection[int]) -> bool:
    return any(image.get(column) in ids for column in contract.customer_columns)


def _run(connection: sa.Connection, statement: str, keys: Sequence[int]) -> None:
    rows: Iterator[Row] = rows_among(connection, statement, keys)
    for _ in rows:
        pass
