"""Merges: one pair as a person makes it, thousands in one run, and both taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from benchmarks.harness import Bench, Result, Scale, percentile
from benchmarks.rig import customers, opened, purchases
from crmkit import Crm

_SINGLY = 100


def merging(work: Path, scale: Scale) -> Iterator[Result]:
    """100,000 customers with 1,000,000 interactions, or a tenth of them."""
    count, pairs = scale.of(100_000), scale.of(4_000)
    with ExitStack() as stack:
        database = "crm.db"
        if scale.engine == "postgresql":
            from crmkit.testing.databases import PostgresServer

            database = stack.enter_context(PostgresServer.start()).create_database()
        crm = stack.enter_context(opened(work, database=database))
        ids = _filled(crm, count)
        if scale.engine == "postgresql":
            with crm.kernel.store.writing() as connection:
                connection.exec_driver_sql("ANALYZE")
        yield from _singly(crm, ids[: 2 * _SINGLY], scale.engine)
        yield from _at_once(crm, ids[2 * _SINGLY :][: 2 * pairs], scale.engine)


def _filled(crm: Crm, count: int) -> list[int]:
    report = crm.customers.save_all(customers(count))
    ids = [id_ for id_ in report.ids if id_ is not None]
    for id_ in ids[: 2 * _SINGLY]:
        crm.customers.tag(id_, "vip")
    crm.interactions.record_all(purchases(10 * count, ids))
    return ids


def _singly(crm: Crm, ids: list[int], engine: str) -> Iterator[Result]:
    merged, back = [], []
    for survivor, loser in zip(ids[::2], ids[1::2], strict=True):
        began = perf_counter()
        number = crm.merging.merge(survivor, loser).number
        merged.append(perf_counter() - began)
        began = perf_counter()
        crm.merging.unmerge(number)
        back.append(perf_counter() - began)
    goal = "≤ 5 ms" if engine == "sqlite" else "≤ 10 ms"
    for name, taken in (("merge", merged), ("un-merge", back)):
        note = f"{engine}, p50 of {len(taken)}; p90 {percentile(taken, 0.9) * 1000:.1f} ms"
        yield Result(
            name=f"{name} of a pair", ours=percentile(taken, 0.5) * 1000, raw=None, unit="ms", goal=goal,
            note=note,
        )  # fmt: skip


def _at_once(crm: Crm, ids: list[int], engine: str) -> Iterator[Result]:
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    began = perf_counter()
    receipt = crm.merging.merge_all(pairs)
    took = perf_counter() - began
    moved = sum(receipt.moved.values())
    yield Result(
        name=f"merge of {len(pairs):,} pairs at once", ours=took, raw=None, unit="s",
        goal="≤ 3 s for 4,000", note=f"{engine}, {moved:,} rows moved",
    )  # fmt: skip
    began = perf_counter()
    crm.merging.unmerge(receipt.number)
    took = perf_counter() - began
    name = f"un-merge of {len(pairs):,} pairs"
    yield Result(name=name, ours=took, raw=None, unit="s", goal="≤ 3 s for 4,000", note=engine)


BENCHES = (Bench(name="merging", run=merging),)
