"""Moving data: into the database from a file, and out of it into a backup."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import statistics
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, in_turn, seconds
from benchmarks.rig import CUSTOMER_TABLES, batches, customers, opened, purchases, replay
from crmkit.core.exchange import import_customers


def backup(work: Path, scale: Scale) -> Iterator[Result]:
    """A backup, checked and made durable, against the bare call of the database's own API."""
    from crmkit.core.store.backup import backup as back_up

    with opened(work / "shop") as crm:
        ids = [i for i in crm.customers.save_all(customers(scale.of(100_000))).ids if i is not None]
        for batch in batches(purchases(scale.of(500_000), ids), 10_000):
            crm.interactions.record_all(batch)
        store, target = crm.kernel.store, work / "copy.db"

        def ours() -> None:
            target.unlink(missing_ok=True)
            back_up(store, target)

        def raw() -> None:
            (work / "raw.db").unlink(missing_ok=True)
            with (
                closing(sqlite3.connect(work / "shop" / "crm.db")) as source,
                closing(sqlite3.connect(work / "raw.db")) as copy,
            ):
                source.backup(copy)

        pair = in_turn(ours, raw, scale.rounds)
    yield Result(name="crm db backup (SQLite)", ours=pair.ours, raw=pair.raw, unit="s", goal="reported")


def importing(work: Path, scale: Scale) -> Iterator[Result]:
    """Customers from a CSV file, after a dry run of some that does not count, against raw inserts of the rows
    that came of it, and of their words for search.
    """
    count = scale.of(100_000)
    rounds = [_imported(work / str(number), count) for number in range(max(1, scale.rounds - 2))]
    clock, ours, raw = (statistics.median(each) for each in zip(*rounds, strict=True))
    yield Result(
        name=f"customers import, {count:,} rows ({count / clock:,.0f} rows/s by the clock)",
        ours=ours / count * 1e6,
        raw=raw / count * 1e6,
        unit="µs of CPU/row",
        goal="≤ 3.5 × raw",
    )


def _imported(folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds by the clock, and of CPU; those of CPU of the raw inserts."""
    with opened(folder) as crm:
        shutil.copyfile(folder / "crm.db", folder / "empty.db")
        few, path = folder / "few.csv", folder / "customers.csv"
        _write(few, 100)
        _write(path, count)
        import_customers(crm, few, dry_run=True)
        took: list[float] = []
        clock = seconds(lambda: took.append(cpu_seconds(lambda: import_customers(crm, path))))
    raw = replay(folder / "crm.db", folder / "empty.db", CUSTOMER_TABLES)
    shutil.rmtree(folder)
    return clock, took[0], raw


def _write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("given_name", "family_name", "email", "phone", "shop"))
        for number, draft in enumerate(customers(count)):
            email, phone = (point.value for point in draft.contact_points)
            writer.writerow((draft.given_name, draft.family_name, email, phone, number))


BENCHES = (Bench(name="backup", run=backup), Bench(name="import", run=importing))
