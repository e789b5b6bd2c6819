"""A customer's page, timeline and e-mail look-up in a large database, and how long loading it took."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, peak_megabytes, percentile, seconds
from benchmarks.rig import CUSTOMER_TABLES, batches, customers, opened, purchases, replay


def lookup(work: Path, scale: Scale) -> Iterator[Result]:
    """1,000,000 customers and 5,000,000 interactions, loaded in batches of 20,000; then 2,000 look-ups
    each.
    """
    people, deals = scale.of(1_000_000), scale.of(5_000_000)
    with opened(work / "shop") as crm:
        shutil.copyfile(work / "shop" / "crm.db", work / "empty.db")
        ids: list[int] = []

        def load() -> None:
            for batch in batches(customers(people), 20_000):
                ids.extend(i for i in crm.customers.save_all(batch).ids if i is not None)
            for batch in batches(purchases(deals, ids), 20_000):
                crm.interactions.record_all(batch)

        loading, memory = cpu_seconds(load), peak_megabytes()
        random = Random(20)
        wanted = [random.randrange(people) for _ in range(2_000)]
        cases: tuple[tuple[str, Callable[[int], object]], ...] = (
            ("customer page", lambda n: crm.customers.profile(ids[n])),
            ("timeline", lambda n: crm.interactions.timeline(ids[n])),
            ("e-mail look-up", lambda n: crm.customers.find_by_email(f"customer{n}@example.org")),
            ("find by name", lambda n: crm.customers.find(f"nowak {n}")),
        )
        for name, call in cases:
            took = [_timed(lambda n=n, call=call: call(n)) for n in wanted]  # type: ignore[misc]
            busy, clock = ([each[place] for each in took] for place in (0, 1))
            yield Result(
                name=f"{name}, p99",
                ours=percentile(busy, 0.99) * 1e3,
                raw=None,
                unit="ms of CPU",
                goal="≤ 5 ms",
                note=f"by the clock p50 {statistics.median(clock) * 1e3:.2f} ms, "
                f"p99 {percentile(clock, 0.99) * 1e3:.2f} ms",
            )
        raw = replay(work / "shop" / "crm.db", work / "empty.db", (*CUSTOMER_TABLES, "interaction"))
        yield Result(
            name=f"load {people:,} customers and {deals:,} interactions",
            ours=loading,
            raw=raw,
            unit="s of CPU",
            goal="≤ 2.5 × raw",
            note=f"peak {memory:.0f} MB",
        )


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU that a call takes, and by the clock."""
    busy: list[float] = []
    clock = seconds(lambda: busy.append(cpu_seconds(call)))
    return busy[0], clock


BENCHES = (Bench(name="lookup", run=lookup),)
