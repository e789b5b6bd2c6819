"""A segment of ten clauses, its stays rebuilt and brought up to date, against SQL by hand."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.harness import Bench, Result, Scale, seconds
from benchmarks.rig import batches, customers, opened, purchases
from crmkit import Crm, InteractionDraft

_WHO: Final = (
    "lifecycle = 'customer' and is_organization = false and not archived and name contains 'a' "
    "and count(purchase, since 2024-06-01) >= 2 and sum(purchase, since 2024-01-01) > 100 "
    "and count(purchase) < 20 and days_since(purchase) > 30 and not has_tag('left') "
    "and exists(purchase where outlet = 'Wien')"
)
_HAND: Final = """
INSERT INTO stay (customer_id, entered_at)
SELECT customer.id, :now FROM customer JOIN (
    SELECT customer_id FROM interaction
    WHERE type = 'purchase' AND superseded_by IS NULL AND occurred_at <= :now {among}
    GROUP BY customer_id
    HAVING count(*) FILTER (WHERE occurred_at >= 1717200000000000) >= 2
       AND sum(amount) FILTER (WHERE occurred_at >= 1704067200000000) > 10000
       AND count(*) < 20 AND (:now - max(occurred_at)) / 86400000000 > 30
       AND count(*) FILTER (WHERE outlet = 'Wien') > 0
) AS bought ON bought.customer_id = customer.id
WHERE customer.lifecycle = 'customer' AND customer.is_organization = 0 AND customer.archived_at IS NULL
    AND instr(lower(customer.name), 'a') > 0
    AND customer.id NOT IN (SELECT customer_id FROM customer_tag WHERE tag = 'left')
"""
_AMONG: Final = "AND customer_id IN (SELECT id FROM changed)"
# Who was in it is deleted and put in again, which is what those do who write this by hand.
_STAY: Final = """
CREATE TABLE stay (id INTEGER PRIMARY KEY, customer_id INTEGER, entered_at INTEGER, left_at INTEGER);
CREATE INDEX stay_customer ON stay (customer_id);
CREATE TABLE changed (id INTEGER PRIMARY KEY);
"""


def segments(work: Path, scale: Scale) -> Iterator[Result]:
    """1,000,000 customers with 5,000,000 purchases: everybody, and then the hundredth part of them."""
    people, deals = scale.of(1_000_000), scale.of(5_000_000)
    with opened(work / "shop") as crm:
        ids: list[int] = []
        for some in batches(customers(people), 20_000):
            ids.extend(int(i) for i in crm.customers.save_all(some).ids if i)
        for more in batches(purchases(deals, ids, two_years=deals), 20_000):
            crm.interactions.record_all(more)
    yield from measured(work, ids)


def measured(work: Path, ids: Sequence[int]) -> Iterator[Result]:
    """The same of a database that there is."""
    with (work / "shop" / "crm.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[segments]\nten = "{_WHO}"\n')
    changed = ids[::97]
    with Crm.open(work / "shop" / "crm.toml") as crm, closing(sqlite3.connect(work / "hand.db")) as hand:
        hand.executescript(f"PRAGMA cache_size=-131072; PRAGMA journal_mode=WAL; {_STAY}")
        hand.execute("ATTACH ? AS shop", (str(work / "shop" / "crm.db"),))
        what = f"a segment of ten clauses, {len(ids):,} customers"
        yield _compared(
            f"{what}: rebuilt", crm, hand, lambda: crm.segments.snapshot(["ten"]), lambda: _hand(hand, "")
        )
        crm.interactions.record_all(
            [InteractionDraft(customer=id_, type="purchase", amount=4_200, source="till") for id_ in changed]
        )
        hand.executemany("INSERT INTO changed VALUES (?)", ((id_,) for id_ in changed))
        hand.commit()
        yield _compared(
            f"{what}: after {len(changed):,} bought", crm, hand,
            lambda: crm.segments.refresh(changed, ["ten"]), lambda: _hand(hand, _AMONG),
        )  # fmt: skip


def _compared(
    name: str, crm: Crm, hand: sqlite3.Connection, ours: Callable[[], object], raw: Callable[[], object]
) -> Result:
    times = []
    for call in (ours, raw):
        cpu = time.process_time()
        took = seconds(call)
        times.append((took, time.process_time() - cpu))
    (took, cpu), (bare, bare_cpu) = times
    mine = sum(1 for each in crm.segments.members("ten"))
    theirs = hand.execute("SELECT count(*) FROM stay WHERE left_at IS NULL").fetchone()[0]
    if mine != theirs:
        raise RuntimeError(f"{mine} are in the segment, and {theirs} by hand")
    return Result(
        name=name, ours=took, raw=bare, unit="s", goal="≤ 1.5 × hand-written SQL",
        note=f"{cpu:.1f} and {bare_cpu:.1f} s of CPU, {mine:,} members",
    )  # fmt: skip


def _hand(hand: sqlite3.Connection, among: str) -> None:
    now = time.time_ns() // 1_000
    if among:
        hand.execute("DELETE FROM stay WHERE customer_id IN (SELECT id FROM changed)")
    hand.execute(_HAND.format(among=among), {"now": now})
    hand.commit()


BENCHES = (Bench(name="segments", run=segments),)
