"""Customers as units: scores and cohorts against the statements that somebody would write by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, in_turn
from benchmarks.rig import batches, customers, opened, purchases
from crmkit import Crm

# Scores by NTILE, which tears those alike apart, and the segments' counts and money.
_RFM = """
    WITH rfm AS (
        SELECT customer_id, max(occurred_at) AS last, count(*) AS times, sum(amount) AS spent
        FROM interaction
        WHERE type = 'purchase' AND superseded_by IS NULL AND occurred_at <= ?
        GROUP BY customer_id
    ), scored AS (
        SELECT spent, ntile(5) OVER (ORDER BY last) AS r, ntile(5) OVER (ORDER BY times) AS f,
            ntile(5) OVER (ORDER BY spent) AS m
        FROM rfm
    )
    SELECT r, (f + m + 1) / 2 AS fm, count(*), sum(spent) FROM scored GROUP BY r, fm
"""
_MONTH = "CAST(strftime('{part}', {column} / 1000000, 'unixepoch') AS INTEGER)"


def _number(column: str) -> str:
    year, month = (_MONTH.format(part=part, column=column) for part in ("%Y", "%m"))
    return f"{year} * 12 + {month}"


_COHORTS = f"""
    WITH contact AS (
        SELECT customer_id, occurred_at FROM interaction
        WHERE type = 'purchase' AND superseded_by IS NULL AND occurred_at <= ?
    ), did AS (
        SELECT DISTINCT customer_id, {_number("occurred_at")} AS month FROM contact
    ), placed AS (
        SELECT month, min(month) OVER (PARTITION BY customer_id) AS began FROM did
    )
    SELECT began, month - began, count(*) FROM placed GROUP BY 1, 2
"""


def units(work: Path, scale: Scale) -> Iterator[Result]:
    """Scores and monthly cohorts of every customer, on SQLite."""
    from crmkit.plugins.analytical.cohorts.cohorts import followed
    from crmkit.plugins.analytical.rfm.rfm import measured

    deals, people = scale.of(2_000_000), scale.of(200_000)
    with opened(work / "shop", plugins=["analytical"]) as crm:
        _fill(crm, people, deals)
        settings = crm.plugins.settings("analytical").rfm
        now = crm.clock.now()
        with closing(sqlite3.connect(work / "shop" / "crm.db")) as bare:
            bare.execute("PRAGMA cache_size=-65536")
            asked = (
                ("scores and segments", _RFM, lambda: measured(crm, settings)),
                ("monthly cohorts", _COHORTS, lambda: followed(crm)),
            )
            for name, statement, ours in asked:
                pair = in_turn(
                    ours, lambda text=statement: bare.execute(text, (now,)).fetchall(), scale.rounds
                )
                yield Result(
                    name=f"{name}, {deals:,} purchases of {people:,} customers",
                    ours=pair.ours,
                    raw=pair.raw,
                    unit="s",
                    goal="≤ 1.5 × hand-written SQL",
                )


def _fill(crm: Crm, people: int, deals: int) -> None:
    ids = [
        int(i) for batch in batches(customers(people), 20_000) for i in crm.customers.save_all(batch).ids if i
    ]
    for batch in batches(purchases(deals, ids, two_years=deals), 20_000):
        crm.interactions.record_all(batch)


BENCHES = (Bench(name="units", run=units),)
