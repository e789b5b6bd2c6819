"""Which rows of which tables are a person's, by the contracts that the database keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import StoreError
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contract, Contracts


@define
class Owned:
    """Keys of a person's rows by table, each with the columns that lead from it to them."""

    rows: dict[str, dict[int, set[str]]] = field(factory=dict)

    def keys(self, table: str) -> list[int]:
        """The keys of their rows in `table`."""
        return sorted(self.rows.get(table, ()))

    def groups(self, table: str) -> Iterator[tuple[frozenset[str], list[int]]]:
        """Their rows in `table` by the columns that lead to them."""
        found: dict[frozenset[str], list[int]] = {}
        for key, columns in self.rows.get(table, {}).items():
            found.setdefault(frozenset(columns), []).append(key)
        for group in sorted(found, key=sorted):
            yield group, sorted(found[group])


def owned_rows(
    connection: sa.Connection, contracts: Contracts, customer_id: int, *, lock: bool = False
) -> Owned:
    """Every row that is this customer's, straight or by way of other rows.

    With `lock` nobody hangs anything new on them before the unit of work ends; SQLite has but one writer.
    """
    owned = Owned()
    for contract in contracts:
        if contract.is_root:
            continue
        found = owned.rows.setdefault(contract.table, {})
        for column, link in contract.links.items():
            owners = [customer_id] if link.via is None else owned.keys(link.via)
            for key in _followed(connection, contract, column, owners, found, lock=lock):
                found.setdefault(key, set()).add(column)
    _corrected(connection, owned)
    return owned


def _followed(
    connection: sa.Connection,
    contract: Contract,
    column: str,
    owners: Collection[int],
    found: Collection[int],
    *,
    lock: bool,
) -> Iterator[int]:
    """The rows whose `column` leads to one of `owners`; in a table that refers to itself, to one of them too.

    `found` grows by what this gives.
    """
    while owners:
        new = list(_led(connection, contract, column, owners, lock=lock))
        owners = (
            [key for key in new if key not in found] if contract.links[column].via == contract.table else []
        )
        yield from new


def _led(
    connection: sa.Connection, contract: Contract, column: str, owners: Collection[int], *, lock: bool
) -> Iterator[int]:
    if contract.key is None:
        raise StoreError(
            phrase(
                "{table} has no single integer key, so its rows cannot be told apart", table=contract.table
            ),
            hint="Bring the database up to date: crm db upgrade",
        )
    key = quoted(contract.key)
    after = f"ORDER BY {key} FOR UPDATE" if lock and connection.dialect.name == "postgresql" else ""
    select = f"SELECT {key} FROM {quoted(contract.table)} WHERE {quoted(column)}"
    return (row[0] for row in rows_among(connection, select, owners, after=after))


def _corrected(connection: sa.Connection, owned: Owned) -> None:
    """What was recorded for somebody else by mistake and reassigned to them: the original is theirs too."""
    rows = owned.rows.setdefault("interaction", {})
    frontier = list(rows)
    while frontier:
        select = "SELECT corrects FROM interaction WHERE corrects IS NOT NULL AND seq"
        originals = {row[0] for row in rows_among(connection, select, frontier)} - rows.keys()
        for seq in originals:
            rows[seq] = {"customer_id"}
        frontier = sorted(originals)
