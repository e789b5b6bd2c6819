"""A segment of five clauses against the SQL that a good author would write, and one customer at a time."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Iterator
from contextlib import closing
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


def segment(work: Path, scale: Scale) -> Iterator[Result]:
    """1,000,000 customers with 5,000,000 purchases."""
    people, deals = scale.of(1_000_000), scale.of(5_000_000)
    folder = work / "shop"
    opened(folder).close()
    with (folder / "crm.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[segments]\nfive = "{_WHO}"\n')
    with Crm.open(folder / "crm.toml") as crm, closing(sqlite3.connect(folder / "crm.db")) as raw:
        ids: list[int] = []
        for batch in batches(customers(people), 20_000):
            ids.extend(i for i in crm.customers.save_all(batch).ids if i is not None)
        for batch in batches(purchases(deals, ids), 20_000):
            crm.interactions.record_all(batch)
        raw.execute("PRAGMA cache_size=-131072")
        assert crm.segments.count("five") == raw.execute(_HAND).fetchone()[0]
        pair = in_turn(
            lambda: crm.segments.count("five"), lambda: raw.execute(_HAND).fetchone(), scale.rounds
        )
        single = [seconds(partial(crm.segments.contains, "five", customer)) for customer in ids[:2_000]]
    name = f"segment of five clauses, {people:,} customers, {deals:,} purchases"
    yield Result(name=name, ours=pair.ours, raw=pair.raw, unit="s", goal="≤ 1.5 × hand-written SQL")
    yield Result(
        name="is one customer in it, p50",
        ours=statistics.median(single) * 1e3,
        raw=None,
        unit="ms",
        goal="well under 1 ms",
    )


BENCHES = (Bench(name="segment", run=segment),)
