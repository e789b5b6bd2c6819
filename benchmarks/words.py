"""A segment of five clauses against the SQL that a good author would write, and one customer at a time."""

from __future__ import annotations

import csv
import sqlite3
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, in_turn, seconds
from benchmarks.rig import batches, customers, opened, purchases
from crmkit import Crm

_WHO = (
    "lifecycle = 'customer' and is_organization = false and count(purchase, since 2024-06-01) >= 2 "
    "and sum(purchase, since 2024-01-01) > 100 and count(purchase) < 20"
)
_HAND = """
SELECT count(*) FROM customer JOIN (
    SELECT customer_id FROM interaction WHERE type = 'purchase' AND superseded_by IS NULL
    GROUP BY customer_id
    HAVING count(*) FILTER (WHERE occurred_at >= 1717200000000000) >= 2
       AND sum(amount) FILTER (WHERE occurred_at >= 1704067200000000) > 10000
       AND count(*) < 20
) AS bought ON bought.customer_id = customer.id
WHERE customer.lifecycle = 'customer' AND customer.is_organization = 0
"""


# What the question needs of the copy of the log that DuckDB asks.
_COPIED = {
    "customer": ("id", "lifecycle", "is_organization"),
    "interaction": ("seq", "customer_id", "type", "occurred_at", "known_at", "amount", "superseded_by"),
}
Count = Callable[[], int]


def segment(work: Path, scale: Scale) -> Iterator[Result]:
    """1,000,000 customers with 5,000,000 purchases, on the engine that `scale` names."""
    people, deals = scale.of(1_000_000), scale.of(5_000_000)
    with ExitStack() as stack:
        server = "postgresql" if scale.engine == "postgresql" else "sqlite"
        crm = stack.enter_context(_opened(work / "shop", server))
        ids = _filled(crm, people, deals)
        ours, hand = stack.enter_context(_ENGINES[scale.engine](crm, work))
        assert ours() == hand() > 0
        pair = in_turn(ours, hand, scale.rounds)
        single = [seconds(partial(crm.segments.contains, "five", customer)) for customer in ids[:2_000]]
    name = f"segment of five clauses on {scale.engine}, {people:,} customers, {deals:,} purchases"
    yield Result(name=name, ours=pair.ours, raw=pair.raw, unit="s", goal="≤ 1.5 × hand-written SQL")
    if scale.engine != "duckdb":
        yield Result(
            name=f"is one customer in it on {scale.engine}, p50",
            ours=statistics.median(single) * 1e3,
            raw=None,
            unit="ms",
            goal="well under 1 ms",
        )


@contextmanager
def _opened(folder: Path, server: str) -> Iterator[Crm]:
    """A CRM with the segment, on a database of its own."""
    with ExitStack() as stack:
        database = "crm.db"
        if server == "postgresql":
            from crmkit.testing import PostgresServer

            database = stack.enter_context(PostgresServer.start()).create_database()
        opened(folder, database=database).close()
        with (folder / "crm.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[segments]\nfive = "{_WHO}"\n')
        yield stack.enter_context(Crm.open(folder / "crm.toml"))


def _filled(crm: Crm, people: int, deals: int) -> list[int]:
    """The ids of the customers."""
    ids: list[int] = []
    for batch in batches(customers(people), 20_000):
        ids.extend(i for i in crm.customers.save_all(batch).ids if i is not None)
    for batch in batches(purchases(deals, ids, two_years=deals), 20_000):
        crm.interactions.record_all(batch)
    return ids


@contextmanager
def _on_sqlite(crm: Crm, work: Path) -> Iterator[tuple[Count, Count]]:
    """The segment's count by crmkit and by hand, on the SQLite file."""
    with closing(sqlite3.connect(work / "shop" / "crm.db")) as raw:
        raw.execute("PRAGMA cache_size=-131072")
        yield lambda: crm.segments.count("five"), lambda: raw.execute(_HAND).fetchone()[0]


@contextmanager
def _on_postgresql(crm: Crm, work: Path) -> Iterator[tuple[Count, Count]]:
    """The same on the PostgreSQL server."""
    del work
    import psycopg

    with psycopg.connect(str(crm.config.database()), autocommit=True) as raw:
        raw.execute("ANALYZE")
        yield lambda: crm.segments.count("five"), lambda: raw.execute(_HAND).fetchone()[0]  # type: ignore[index]


@contextmanager
def _on_duckdb(crm: Crm, work: Path) -> Iterator[tuple[Count, Count]]:
    """The same on a DuckDB file with a copy of the log: there is no service yet, so the bare statement."""
    import duckdb
    import sqlalchemy as sa

    from crmkit.core.bulk.touching import compiled
    from crmkit.core.predicates import Statements

    with (
        closing(sqlite3.connect(work / "shop" / "crm.db")) as source,
        closing(duckdb.connect(str(work / "log.duckdb"))) as copy,
    ):
        for table, columns in _COPIED.items():
            part = work / f"{table}.csv"
            with part.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(source.execute(f"SELECT {', '.join(columns)} FROM {table}"))
            types = {each: "VARCHAR" if each in ("type", "lifecycle") else "BIGINT" for each in columns}
            copy.execute(
                f"CREATE TABLE {table} AS SELECT * FROM read_csv('{part}', header=false, columns={types})"
            )
        statements = Statements(crm.tables, "duckdb")

        def ours() -> int:
            prepared = statements.prepare(crm.segments.predicate("five"))
            counted = sa.select(sa.func.count()).select_from(prepared.select.subquery())
            return int(
                copy.execute(*compiled(counted, prepared.values(crm.clock.now()))[:2]).fetchall()[0][0]
            )

        yield ours, lambda: int(copy.execute(_HAND).fetchall()[0][0])


_ENGINES = {"sqlite": _on_sqlite, "postgresql": _on_postgresql, "duckdb": _on_duckdb}
BENCHES = (Bench(name="segment", run=segment),)
