"""Plans of 100,000 customers and five rules: against the bare statements, and against raw inserts."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, cpu_seconds
from benchmarks.rig import as_ours, batches, customers, opened, purchases, replay
from crmkit import Crm

_RULES = """
[rules.everybody]
run = "daily"
tag = "known"

[rules.buyers]
who = "count(purchase) >= 3"
run = "daily"
not_again_for = "30 days"
lifecycle = "customer"

[rules.spenders]
who = "sum(purchase) > 200"
run = "daily"
tag = "spender"

[rules.few]
who = "count(purchase) < 5"
run = "daily"
max_acts = 1000000
tag = "few"

[rules.told]
who = "count(purchase) >= 6"
run = "daily"
note = "{{ customer.name }} buys often"
"""
_PLAN_TABLES = ("plan", "plan_act")
_APPLY_TABLES = ("effect", "customer_tag", "interaction", "change")


def plan(work: Path, scale: Scale) -> Iterator[Result]:
    """Planning against asking the conditions alone and writing the acts; applying against raw inserts."""
    people = scale.of(100_000)
    with opened(work) as crm:
        drafts = customers(people)
        ids = [id_ for id_ in crm.customers.save_all(drafts).ids if id_ is not None]
        for batch in batches(purchases(people * 4, ids), 10_000):
            crm.interactions.record_all(batch)
    path = work / "crm.toml"
    path.write_text(path.read_text(encoding="utf-8") + _RULES, encoding="utf-8")
    with Crm.open(path) as crm:
        yield from _measured(crm, work, people)


def _measured(crm: Crm, work: Path, people: int) -> Iterator[Result]:
    asking = cpu_seconds(lambda: _ask(crm))
    shutil.copyfile(work / "crm.db", work / "empty.db")
    planning = cpu_seconds(crm.strategy.plan)
    number = crm.strategy.plans(1)[0].number
    acts = crm.strategy.get(number).acts
    _checkpoint(work)
    writing = replay(work / "crm.db", work / "empty.db", _PLAN_TABLES)
    yield Result(
        name=f"plan, {people:,} customers, 5 rules, {acts:,} acts",
        ours=planning,
        raw=asking + writing,
        unit="s of CPU",
        goal="≤ 3 × bare SQL and inserts",
        note=f"asking {asking:.2f} s, inserting {writing:.2f} s",
    )
    before = _highest(work)
    applying = cpu_seconds(lambda: crm.strategy.apply(number))
    _checkpoint(work)
    raw = _inserted(work, before)
    yield Result(
        name=f"apply, {acts:,} internal effects",
        ours=applying / acts * 1e6,
        raw=raw / acts * 1e6,
        unit="µs of CPU/effect",
        goal="≤ 4 × raw inserts",
    )


def _ask(crm: Crm) -> None:
    for rule in crm.strategy.rules():
        with crm.kernel.reading() as connection:
            who = rule.who  # type: ignore[union-attr]
            if who is None:
                connection.exec_driver_sql("SELECT id FROM customer").fetchall()
            else:
                now = crm.clock.now()
                list(crm.kernel.statements.prepare(who, now=now).ids(connection, now))


def _checkpoint(work: Path) -> None:
    with closing(sqlite3.connect(work / "crm.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _highest(work: Path) -> dict[str, int]:
    """The last key of each table that applying writes to."""
    with closing(sqlite3.connect(work / "crm.db")) as connection:
        return {table: _last(connection, table) for table in _APPLY_TABLES}


def _last(connection: sqlite3.Connection, table: str) -> int:
    key = "seq" if table in ("interaction", "change") else "id"
    return int(connection.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()[0])


def _inserted(work: Path, before: dict[str, int]) -> float:
    """Seconds of CPU to insert again, raw and into live indexes, what applying has added."""
    shutil.copyfile(work / "crm.db", work / "again.db")
    with closing(sqlite3.connect(work / "again.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for table, last in before.items():
            key = "seq" if table in ("interaction", "change") else "id"
            connection.execute(f"DELETE FROM {table} WHERE {key} > ?", (last,))
    with closing(sqlite3.connect(work / "crm.db")) as origin:
        rows = {
            table: origin.execute(
                f"SELECT * FROM {table} WHERE {'seq' if table in ('interaction', 'change') else 'id'} > ?",
                (last,),
            ).fetchall()
            for table, last in before.items()
        }
    return cpu_seconds(lambda: _insert(work / "again.db", rows))


def _insert(path: Path, rows: dict[str, list[tuple[object, ...]]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        as_ours(target)
        for table, found in rows.items():
            for start in range(0, len(found), 10_000):
                part = found[start : start + 10_000]
                marks = ", ".join("?" * len(part[0]))
                target.execute("BEGIN IMMEDIATE")
                target.executemany(f"INSERT INTO {table} VALUES ({marks})", part)
                target.execute("COMMIT")


BENCHES = (Bench(name="plan", run=plan),)
