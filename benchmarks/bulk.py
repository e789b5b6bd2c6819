"""Saving and recording in bulk, against raw inserts of the same rows into the same tables."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, cpu_seconds
from benchmarks.rig import CUSTOMER_TABLES, batches, customers, opened, purchases, replay


def bulk(work: Path, scale: Scale) -> Iterator[Result]:
    """100,000 customers, then 500,000 purchases of theirs, into live indexes."""
    people, deals = scale.of(100_000), scale.of(500_000)
    rounds = [_round(work / str(number), people, deals) for number in range(max(1, scale.rounds - 2))]
    for place, (name, count) in enumerate(
        (("customers.save_all", people), ("interactions.record_all", deals))
    ):
        yield Result(
            name=f"{name}, {count:,} rows",
            ours=statistics.median(timed[place][0] for timed in rounds) / count * 1e6,
            raw=statistics.median(timed[place][1] for timed in rounds) / count * 1e6,
            unit="µs of CPU/row",
            goal="≤ 2.5 × raw",
        )


def _round(folder: Path, people: int, deals: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """(ours, raw) for saving and for recording, in seconds of CPU."""
    with opened(folder) as crm:
        shutil.copyfile(folder / "crm.db", folder / "empty.db")
        drafts = list(customers(people))
        ids: list[int] = []
        saving = cpu_seconds(
            lambda: ids.extend(i for i in crm.customers.save_all(drafts).ids if i is not None)
        )
        made = list(batches(purchases(deals, ids), 10_000))
        recording = cpu_seconds(lambda: [crm.interactions.record_all(batch) for batch in made])
    raw = [
        replay(folder / "crm.db", folder / "empty.db", tables)
        for tables in (CUSTOMER_TABLES, ("interaction",))
    ]
    shutil.rmtree(folder)
    return (saving, raw[0]), (recording, raw[1])


BENCHES = (Bench(name="bulk", run=bulk),)
