"""Moving data: into the database from a file, and out of it into a backup."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.bulk import CUSTOMER_TABLES
from benchmarks.harness import Bench, Result, Scale, in_turn, seconds
from benchmarks.rig import batches, customers, opened, purchases, replay
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
    """Customers from a CSV file, against raw inserts of the rows that came of it."""
    count = scale.of(100_000)
    with opened(work / "shop") as crm:
        shutil.copyfile(work / "shop" / "crm.db", work / "empty.db")
        path = work / "customers.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("given_name", "family_name", "email", "phone", "shop"))
            for number, draft in enumerate(customers(count)):
                email, phone = (point.value for point in draft.contact_points)
                writer.writerow((draft.given_name, draft.family_name, email, phone, number))
        took = seconds(lambda: import_customers(crm, path))
    raw = replay(work / "shop" / "crm.db", work / "empty.db", CUSTOMER_TABLES)
    yield Result(
        name=f"customers import, {count:,} rows ({count / took:,.0f} rows/s)",
        ours=took / count * 1e6,
        raw=raw / count * 1e6,
        unit="µs/row",
        goal="≤ 3.5 × raw",
    )


BENCHES = (Bench(name="backup", run=backup), Bench(name="import", run=importing))
