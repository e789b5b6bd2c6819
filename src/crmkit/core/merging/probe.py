"""Where the rows of customers are, asked in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crmkit.core.merging.sql import fetch
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contracts


def tables_with(connection: sa.Connection, contracts: Contracts, losers: Sequence[int]) -> list[str]:
    """The tables in which these customers have rows; with many customers, simply all tables."""
    if len(losers) > 1:
        return [contract.table for contract in contracts if not contract.is_root]
    asked = [(c.table, column) for c in contracts for column in c.customer_columns]
    selects = [
        f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {quoted(table)} WHERE {quoted(column)} = ?)"
        for place, (table, column) in enumerate(asked)
    ]
    rows = fetch(connection, " UNION ALL ".join(selects), [losers[0]] * len(selects))
    return list(dict.fromkeys(asked[row[0]][0] for row in rows))


def marks(connection: sa.Connection, contracts: Contracts) -> dict[str, int]:
    """The highest key of each table."""
    named = [(c.table, c.key) for c in contracts if c.key is not None and not c.is_root]
    selects = [
        f"SELECT {place}, (SELECT max({quoted(str(key))}) FROM {quoted(table)})"
        for place, (table, key) in enumerate(named)
    ]
    rows: list[Any] = fetch(connection, " UNION ALL ".join(selects))
    return {named[place][0]: top or 0 for place, top in rows}
