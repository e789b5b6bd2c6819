"""The ownership contracts as `crm db upgrade` left them in the database, read back as frozen values.

Merge, un-merge, privacy export and erasure work from these and from nothing else, so they also reach the
tables of plugins that are disabled or gone. How to use them:

    contracts = load_contracts(connection)
    for table in contracts:                      # parents first; reversed(contracts.tables): children first
        for column in table.customer_columns:    # whose value is a customer's id
            table.links[column].erase            # delete, blank or keep
        for column, link in table.vias.items():  # whose value is the key of a row of `link.via`
            contracts[link.via].key
        table.personal["city"].blank             # what an erasure leaves, and `.of`: whose it is
    contracts.paths("loyalty_entry")             # every way from a row to its customers

Names of tables and columns come from declarations, never from users; quote them all the same (`quoted` of
`crmkit.core.store.bulk`). Text conditions of partial indexes are the declarations' own SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.store.bulk import driver_rows
from crmkit.core.store.ownership import ROOT, Conflict, Link, Personal, Staff
from crmkit.core.store.schema import table_names


@frozen
class Unique:
    """Columns of which no two rows may have the same values; `where`, SQL, narrows it to some rows."""

    columns: tuple[str, ...]
    where: str | None = None


@frozen(kw_only=True)
class Contract:
    """What one table says of itself.

    `plugin` is `core` or the plugin's name; `key` the integer primary key (None where it has no such);
    `types` gives `integer`, `text`, `real` or `bytes` for each column; `refers` the table that each foreign
    key leads to.
    """

    table: str
    plugin: str
    key: str | None
    columns: tuple[str, ...]
    types: Mapping[str, str]
    nullable: frozenset[str]
    links: Mapping[str, Link] = field(factory=dict)
    personal: Mapping[str, Personal] = field(factory=dict)
    employees: Mapping[str, Staff] = field(factory=dict)
    unique: tuple[Unique, ...] = ()
    refers: Mapping[str, str] = field(factory=dict)
    conflict: Conflict | None = None
    self_link: str | None = None
    impersonal: str | None = None
    fill: tuple[str, ...] = ()

    @property
    def is_root(self) -> bool:
        """Whether it is the table of the customers themselves."""
        return self.table == ROOT

    @property
    def customer_columns(self) -> tuple[str, ...]:
        """The columns that hold a customer's id."""
        return tuple(name for name, link in self.links.items() if link.via is None)

    @property
    def vias(self) -> dict[str, Link]:
        """The columns that lead to a customer by way of another table."""
        return {name: link for name, link in self.links.items() if link.via is not None}

    @property
    def clashing(self) -> tuple[Unique, ...]:
        """The unique sets that a merge may break: those with a column that leads to a customer."""
        return tuple(each for each in self.unique if set(each.columns) & set(self.links))

    @property
    def combine(self) -> dict[str, str]:
        """How the columns of rows that become one are put together, `*` spelled out."""
        said = dict(self.conflict.combine) if self.conflict else {}
        rest = said.pop("*", None)
        if rest is not None:
            others = (c for c in self.columns if c != self.key and c not in self.links)
            said = dict.fromkeys(others, rest) | said
        return {column: how for column, how in said.items() if column in self.columns}


@frozen
class Contracts:
    """The contracts of all tables that belong to customers, parents before those that refer to them.

    Tables that say they are impersonal are left out of the order, and found by name only.
    """

    tables: tuple[Contract, ...]
    others: Mapping[str, Contract] = field(factory=dict)

    def __iter__(self) -> Iterator[Contract]:
        return iter(self.tables)

    def __getitem__(self, table: str) -> Contract:
        for each in self.tables:
            if each.table == table:
                return each
        return self.others[table]

    def __contains__(self, table: object) -> bool:
        return table in self.others or any(each.table == table for each in self.tables)

    @property
    def root(self) -> Contract:
        """The customers' own table."""
        return self[ROOT]

    def children(self, table: str) -> list[tuple[Contract, str]]:
        """The (table, column) pairs that refer to `table` as to a row's owner."""
        return [
            (each, name) for each in self.tables for name, link in each.links.items() if link.via == table
        ]

    def paths(self, table: str) -> list[tuple[str, ...]]:
        """Every way from `table` to a customer: the columns to follow, the last one holding their id."""
        found: list[tuple[str, ...]] = []
        for name, link in self[table].links.items():
            if link.via is None:
                found.append((name,))
            else:
                found.extend((name, *rest) for rest in self.paths(link.via))
        return found


def load_contracts(connection: sa.Connection) -> Contracts:
    """The contracts of every table that is there. Costs two small selects; the parsing is remembered."""
    rows = driver_rows(connection, "SELECT table_name, plugin, contract FROM ownership ORDER BY table_name")
    there = frozenset(table_names(connection))
    return _read(tuple((row[0], row[1], row[2]) for row in rows if row[0] in there))


# A pure function of its argument: a changed contract is another argument.
@lru_cache(maxsize=16)
def _read(rows: tuple[tuple[str, str, str], ...]) -> Contracts:
    all_ = {name: _contract(plugin, json.loads(text)) for name, plugin, text in rows}
    mine = {name: each for name, each in all_.items() if each.is_root or each.links}
    return Contracts(tuple(_ordered(mine)), {n: each for n, each in all_.items() if n not in mine})


def _contract(plugin: str, said: Mapping[str, Any]) -> Contract:
    own = said["ownership"]
    key = said.get("key", [])
    columns = tuple(said["columns"])
    types = said.get("types", {})
    return Contract(
        table=said["table"],
        plugin=plugin,
        key=key[0] if len(key) == 1 and types.get(key[0]) == "integer" else None,
        columns=columns,
        types=types,
        nullable=frozenset(said.get("nullable", ())),
        links={name: Link(**link) for name, link in said["links"].items()},
        personal={name: Personal(**column) for name, column in said["personal"].items()},
        employees={name: Staff(**column) for name, column in said.get("employees", {}).items()},
        unique=tuple(Unique(tuple(one["columns"]), one["where"]) for one in said.get("unique", ())),
        refers=said.get("refers", {}),
        conflict=Conflict(**own["conflict"]) if own["conflict"] else None,
        self_link=own["self_link"],
        impersonal=own["impersonal"],
        fill=tuple(column for column in own["fill"] if column in columns),
    )


def _ordered(tables: Mapping[str, Contract]) -> Iterator[Contract]:
    """Parents first; the customers' own table is the first of all."""
    placed: set[str] = set()

    def place(each: Contract) -> Iterator[Contract]:
        if each.table in placed:
            return
        placed.add(each.table)
        for parent in sorted({link.via or ROOT for link in each.links.values()}):
            if parent in tables:
                yield from place(tables[parent])
        yield each

    for name in sorted(tables):
        yield from place(tables[name])
