"""One durable interaction, and many through the grouped ingest."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, seconds
from benchmarks.rig import customers, opened, purchases


def durable(work: Path, scale: Scale) -> Iterator[Result]:
    """p50 of one recorded purchase, with and without an observer in line, against a raw insert with fsync."""
    for plugins in ((), ("operational",)):
        ours, raw = _timed(work / ("with" if plugins else "without"), plugins, scale.of(2_000))
        yield Result(
            name=f"one durable interaction, p50, {'with an observer' if plugins else 'no plugin'}",
            ours=statistics.median(ours) * 1e6,
            raw=statistics.median(raw) * 1e6,
            unit="µs",
            goal="≤ 2 × raw",
        )


def _timed(folder: Path, plugins: Sequence[str], count: int) -> tuple[list[float], list[float]]:
    """Seconds of each recording and of each raw insert, in turn."""
    ours, raw = [], []
    with opened(folder, plugins=plugins) as crm:
        ids = [i for i in crm.customers.save_all(customers(1_000)).ids if i is not None]
        with closing(sqlite3.connect(folder / "crm.db", isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            for number, draft in enumerate(purchases(count, ids)):
                ours.append(seconds(partial(crm.interactions.record, draft)))
                raw.append(seconds(partial(_insert, connection, ids[number % len(ids)], number)))
    return ours, raw


def _insert(connection: sqlite3.Connection, customer_id: int, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO interaction (customer_id, type, occurred_at, recorded_at, known_at, amount, currency, "
        "payload, payload_version, source, source_ref, actor) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (customer_id, "purchase", number, number, number, 100, "EUR", "{}", 1, "raw", str(number), "crmkit"),
    )
    connection.execute("COMMIT")


def ingest(work: Path, scale: Scale) -> Iterator[Result]:
    """Interactions a second from many threads, each durable when its call returns."""
    count = scale.of(20_000)
    with opened(work / "shop") as crm:
        ids = [i for i in crm.customers.save_all(customers(1_000)).ids if i is not None]
        drafts = list(purchases(count, ids))
        with crm.interactions.ingest() as door, ThreadPoolExecutor(64) as threads:
            took = seconds(lambda: list(threads.map(door.record, drafts)))
    yield Result(
        name="grouped ingest, 64 threads", ours=count / took, raw=None, unit="rows/s", goal="≥ 10,000 rows/s"
    )


BENCHES = (Bench(name="durable", run=durable), Bench(name="ingest", run=ingest))
