"""Customers out of the database into a file."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, in_turn, peak_megabytes
from benchmarks.rig import customers, opened

# The same rows by hand: every customer with their e-mail address, phone number and shop number.
_BY_HAND = """
    SELECT c.uid, c.name, c.given_name, c.family_name, c.is_organization, c.lifecycle,
        e.value, p.value, i.value
    FROM customer c
    LEFT JOIN contact_point e ON e.customer_id = c.id AND e.kind = 'email' AND e.is_primary = 1
    LEFT JOIN contact_point p ON p.customer_id = c.id AND p.kind = 'phone' AND p.is_primary = 1
    LEFT JOIN identity i ON i.customer_id = c.id AND i.scheme = 'shop'
    WHERE c.archived_at IS NULL AND c.restricted_at IS NULL
    ORDER BY c.id
"""


def exporting(work: Path, scale: Scale) -> Iterator[Result]:
    """Whole customers as CSV, against a cursor over a hand-written statement into `csv.writer`."""
    count = scale.of(100_000)
    with opened(work / "shop") as crm:
        crm.customers.save_all(customers(count))

        def ours() -> None:
            crm.exporting.customers(work / "ours.csv")

        def raw() -> None:
            with (
                closing(sqlite3.connect(work / "shop" / "crm.db")) as connection,
                (work / "raw.csv").open("w", encoding="utf-8", newline="") as file,
            ):
                connection.execute("PRAGMA cache_size=-131072")
                csv.writer(file).writerows(connection.execute(_BY_HAND))

        pair = in_turn(ours, raw, scale.rounds, cpu_seconds)
    yield Result(
        name=f"customers export to CSV, {count:,} rows ({count / pair.ours:,.0f} rows a second of CPU)",
        ours=pair.ours / count * 1e6,
        raw=pair.raw / count * 1e6,
        unit="µs of CPU/row",
        goal="≤ 2 × raw",
        note=f"peak {peak_megabytes():.0f} MB with the import before it",
    )


BENCHES = (Bench(name="export", run=exporting),)
