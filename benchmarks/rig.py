"""What the benchmarks share: a CRM in a folder, generated customers and purchases, and raw replays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from crmkit import Crm
from crmkit.plugin import ContactPoint, CustomerDraft, Identity, InteractionDraft

_DAY = 86_400_000_000
_START = 1_700_000_000_000_000
_GIVEN = ("Anna", "Łukasz", "Zoë", "José", "Ayşe", "Günther", "Mary", "فاطمہ", "Ольга", "Noor")
_FAMILY = ("Nowak", "Żółć", "García", "Müller", "Smith", "Yılmaz", "خان", "Иванова", "Okafor", "Lee")
_CITIES = ("Łódź", "Kraków", "Wien", "Lahore", "Leeds")


def opened(folder: Path, *, plugins: Sequence[str] = (), database: str = "crm.db") -> Crm:
    """A new CRM in `folder`, with its database made."""
    from crmkit.core.opening import upgrade_database

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crm.toml"
    names = ", ".join(f'"{name}"' for name in plugins)
    path.write_text(
        f'[crs]\nname = "Bench"\ncurrency = "EUR"\nplugins = [{names}]\ndatabase = "{database}"\n'
        '\n[identities]\nshop = "Shop number"\n',
        encoding="utf-8",
    )
    upgrade_database(path)
    return Crm.open(path)


def customers(count: int, start: int = 0) -> Iterator[CustomerDraft]:
    """Customers with a name, an e-mail address, a phone number and a shop number."""
    for number in range(start, start + count):
        given, family = _GIVEN[number % 10], _FAMILY[number // 10 % 10]
        yield CustomerDraft(
            given_name=given,
            family_name=f"{family}-{number}",
            contact_points=(
                ContactPoint(kind="email", value=f"customer{number}@example.org"),
                ContactPoint(kind="phone", value=f"+48 512 {number // 1000 % 1000:03d} {number % 1000:03d}"),
            ),
            identities=(Identity("shop", str(number)),),
            lifecycle="customer",
        )


def purchases(
    count: int, ids: Sequence[int], start: int = 0, *, two_years: int = 5_000_000
) -> Iterator[InteractionDraft]:
    """Purchases spread over the customers `ids` and over time, of which they are in the order: so many as
    `two_years` in two years.
    """
    buyers = len(ids)
    for number in range(start, start + count):
        yield InteractionDraft(
            customer=ids[number * 7919 % buyers],
            type="purchase",
            at=_START + number * 2 * 365 * _DAY // two_years,
            amount=100 + number * 37 % 9_900,
            outlet=_CITIES[number % 5],
            source="till",
            source_ref=str(number),
            history=True,
        )


# A save of customers writes to these; the last one is the index of full-text search.
CUSTOMER_TABLES = ("customer", "contact_point", "identity", "customer_tag", "change", "customer_search")
# As crmkit's own connections are set up.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "cache_size=-131072",
    "wal_autocheckpoint=4000",
    "temp_store=MEMORY",
)


def as_ours(target: sqlite3.Connection) -> None:
    """Set a connection up as crmkit's own are."""
    for pragma in _PRAGMAS:
        target.execute(f"PRAGMA {pragma}")


def replay(source: Path, empty: Path, tables: Sequence[str]) -> float:
    """Seconds of CPU to insert the rows of `tables` of one SQLite file into another of the same schema, raw.

    Raw is `executemany` of tuples through the standard library's driver, in transactions of 10,000 rows, with
    the same settings as crmkit's own connections; reading the rows is not counted.
    """
    from time import process_time

    total = 0.0
    with (
        closing(sqlite3.connect(source)) as origin,
        closing(sqlite3.connect(empty, isolation_level=None)) as target,
    ):
        as_ours(target)
        for table in tables:
            select, insert = _copying(origin, table)
            cursor = origin.execute(select)
            while rows := cursor.fetchmany(10_000):
                began = process_time()
                target.execute("BEGIN IMMEDIATE")
                target.executemany(insert, rows)
                target.execute("COMMIT")
                total += process_time() - began
    return total


def _copying(origin: sqlite3.Connection, table: str) -> tuple[str, str]:
    """The SELECT of a table's rows, and the INSERT that takes them."""
    if table == "customer_search":  # keeps words, and takes the texts from the table of customers
        return (
            "SELECT id, fold FROM customer ORDER BY id",
            "INSERT INTO customer_search (rowid, fold) VALUES (?, ?)",
        )
    columns = [row[1] for row in origin.execute(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    select = f"SELECT {names} FROM {table} ORDER BY {columns[0]}"
    return select, f"INSERT INTO {table} ({names}) VALUES ({marks})"


def by_name(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    """The rows of a statement with their columns' names, which whoever lists them by hand needs as well."""
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """`items` in lists of `size`."""
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
