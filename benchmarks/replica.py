"""The replica: making it, keeping it fresh, and what it answers, beside the bare libraries."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, in_turn, peak_megabytes, seconds
from benchmarks.rig import batches, customers, opened
from crmkit import Crm

_DAY = 86_400_000_000
_SEGMENT = (
    "count(purchase, last 90 days) >= 2 and sum(purchase) > 100 and days_since(purchase) < 60 "
    "and exists(visit, last 365 days) and count(purchase where outlet = 'Main') > 0"
)
# What a reader of the documentation would write who has the same files.
_BARE_SEGMENT = """
    WITH bought AS (
        SELECT customer_id, count(*) FILTER (occurred_at > {now} - 90 * {day}) AS recent,
               sum(amount) AS spent, max(occurred_at) AS last, count(*) FILTER (outlet = 'Main') AS main
        FROM {log} WHERE type = 'purchase' AND superseded_by IS NULL AND occurred_at <= {now} GROUP BY 1
    ), visited AS (
        SELECT DISTINCT customer_id FROM {log}
        WHERE type = 'visit' AND superseded_by IS NULL AND occurred_at BETWEEN {now} - 365 * {day} AND {now}
    )
    SELECT count(*) FROM bought JOIN visited USING (customer_id)
    WHERE recent >= 2 AND spent > 10000 AND ({now} - last) // {day} < 60 AND main > 0
"""
_BARE_REVENUE = """
    SELECT sum(CASE WHEN type = 'refund' THEN -amount ELSE amount END) FILTER (WHERE currency = 'EUR'),
           count(*) FILTER (WHERE currency <> 'EUR') FROM {log}
    WHERE type IN ('purchase', 'refund') AND superseded_by IS NULL
      AND occurred_at >= {start} AND occurred_at < {end} AND occurred_at <= {now}
"""
_BARE_COPY = """
import sys
import pyarrow.parquet as pq
from adbc_driver_sqlite import dbapi
uri, columns, path = sys.argv[1:]
with dbapi.connect(uri) as connection, connection.cursor() as cursor:
    cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
    cursor.execute(f"SELECT {columns} FROM interaction ORDER BY seq")
    reader = cursor.fetch_record_batch()
    with pq.ParquetWriter(path, reader.schema) as out:
        for batch in reader:
            out.write_batch(batch)
"""


def replica(work: Path, scale: Scale) -> Iterator[Result]:
    """5,000,000 interactions of 1,000,000 customers, with 10,000 new ones for each refresh."""
    rows = scale.of(5_000_000)
    with opened(work / "shop", plugins=["analytical"]) as crm:
        people = scale.of(1_000_000) // 5
        for batch in batches(customers(people), 20_000):
            crm.customers.save_all(batch)
        _record(crm, rows, people)
        yield from _made(crm, work, rows, scale)
        yield _carried_on(crm, people, scale)
        yield from _answered(crm, scale)


def _record(crm: Crm, count: int, people: int) -> None:
    """Interactions straight into the table: how they get there is measured elsewhere."""
    random, now = Random(7), crm.clock.now()
    insert = (
        "INSERT INTO interaction (customer_id, type, channel, outlet, occurred_at, recorded_at, known_at,"
        " amount, currency, payload, payload_version, actor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'EUR', '{}', 1, 'crmkit')"
    )

    def made() -> Iterator[tuple[object, ...]]:
        for _ in range(count):
            type_ = random.choice(("purchase", "purchase", "purchase", "visit", "refund"))
            at = now - random.randrange(1_000 * _DAY)
            amount = random.randrange(100, 20_000) if type_ != "visit" else None
            outlet = random.choice(("Main", "Market", None))
            yield random.randrange(people) + 1, type_, "web", outlet, at, at, at, amount

    path = crm.config.directory / str(crm.config.crs.database)
    with sqlite3.connect(path) as connection:
        connection.executemany(insert, made())
    connection.close()


def _made(crm: Crm, work: Path, rows: int, scale: Scale) -> Iterator[Result]:
    from crmkit.plugins.analytical.replica.columns import COLUMNS
    from crmkit.plugins.analytical.replica.refreshing import refresh

    uri = (crm.config.directory / str(crm.config.crs.database)).absolute().as_uri() + "?mode=ro"
    # Columns that are empty in the first rows have no type for the bare driver: those are left out for it.
    names = ", ".join(
        name for name in COLUMNS if name not in ("corrects", "superseded_by", "employee_id", "source")
    )

    def raw() -> object:
        words = [sys.executable, "-c", _BARE_COPY, uri, names, str(work / "bare.parquet")]
        return subprocess.run(words, check=True)

    pair = in_turn(lambda: refresh(crm, rebuild=True), raw, scale.rounds, _cpu_seconds)
    yield Result(
        name=f"replica of {rows:,} interactions from the start",
        ours=pair.ours,
        raw=pair.raw,
        unit="s of CPU",
        goal="≤ 1.5 × ADBC to Parquet",
        note=f"raw: 10 of 14 columns, and no customers; peak {peak_megabytes():.0f} MB",
    )


def _cpu_seconds(call: Callable[[], object]) -> float:
    """Of this process and of those that it starts: both sides read in one of their own."""
    before = os.times()
    call()
    return sum(os.times()[:4]) - sum(before[:4])


def _carried_on(crm: Crm, people: int, scale: Scale) -> Result:
    from crmkit.plugins.analytical.replica.refreshing import refresh

    times = []
    for _ in range(scale.rounds):
        _record(crm, 10_000, people)
        times.append(seconds(lambda: refresh(crm)))
    return Result(
        name="refresh after 10,000 interactions", ours=median(times), raw=None, unit="s", goal="≤ 0.15 s",
        note=f"{min(times):.2f} to {max(times):.2f}",
    )  # fmt: skip


def _answered(crm: Crm, scale: Scale) -> Iterator[Result]:
    import duckdb

    from crmkit.plugins.analytical.replica.folder import folder_of
    from crmkit.plugins.analytical.replica.manifest import Manifest

    manifest = folder_of(crm).manifest()
    assert isinstance(manifest, Manifest)
    files = [str(folder_of(crm).file(part)) for part in manifest.parts]
    bare = duckdb.connect()
    span = crm.metrics.period("last 365 days")
    start, end = span.bounds(crm.kernel.tz)
    words = {"now": crm.clock.now(), "day": _DAY, "log": f"read_parquet({files})", "start": start, "end": end}
    cases: tuple[tuple[str, Callable[[], int], str], ...] = (
        ("segment of five clauses", lambda: crm.predicates.count(_SEGMENT), _BARE_SEGMENT.format(**words)),
        (
            "revenue of a year",
            lambda: crm.metrics.value("revenue", span).numerator,
            _BARE_REVENUE.format(**words),
        ),
    )
    for name, ask, text in cases:
        with crm.noted_reads() as reads:
            found = ask()
        assert {each.read_from for each in reads} == {"replica"}, reads
        answer, *_ = bare.execute(text).fetchall()[0]
        assert found == answer, (found, answer)
        pair = in_turn(ask, partial(_fetched, bare, text), scale.rounds, cpu_seconds)
        yield Result(
            name=f"{name} on the replica", ours=pair.ours, raw=pair.raw, unit="s of CPU",
            goal="≤ 1.5 × bare DuckDB", note=f"the database: {_by_the_database(crm, ask):.2f} s",
        )  # fmt: skip


def _fetched(bare: Any, text: str) -> object:
    return bare.execute(text).fetchall()


def _by_the_database(crm: Crm, ask: object) -> float:
    from crmkit.plugins.analytical.replica.folder import folder_of

    manifest = folder_of(crm).path / "manifest.json"
    aside = manifest.rename(manifest.with_suffix(".aside"))
    begin = time.perf_counter()
    ask()  # type: ignore[operator]
    took = time.perf_counter() - begin
    aside.rename(manifest)
    return took


BENCHES = (Bench(name="replica", run=replica),)
