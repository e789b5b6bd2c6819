"""Journeys: entering, moving, and a year of them simulated, against plain SQL that does as much."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks.harness import Bench, Result, Scale, cpu_seconds
from benchmarks.rig import as_ours, batches, customers, opened, purchases
from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.plugins.campaign.journeys.journeys import Journeys

_TABLE: Final = "campaign_journey_person"
_DAY: Final = 86_400_000_000
_WAITS = """\
who = "count(purchase) > 0"
run = "daily at 00:00"
[[steps]]
id = "first"
wait = "1 day"
[[steps]]
id = "second"
wait = "300 days"
[[steps]]
id = "last"
tag = "through"
"""
_YEAR = """\
who = "days_since(purchase) > 90"
run = "daily at 09:00"
goal = "count(purchase, last 30 days) > 0"
re_enter = "after 180 days"
[[steps]]
id = "call"
tag = "to-call"
[[steps]]
id = "think"
wait = "7 days"
[[steps]]
id = "worth"
branch = "sum(purchase) > 200"
yes = "word"
no = "end"
[[steps]]
id = "word"
note = "{{ customer.name }} has not come back"
"""
_PERSON = """
CREATE TEMP TABLE person (
    customer_id INTEGER PRIMARY KEY, step TEXT, due_at INTEGER, ended_at INTEGER, name TEXT
);
CREATE INDEX temp.person_due ON person (step, due_at);
CREATE TEMP TABLE act (id INTEGER PRIMARY KEY, step TEXT, customer_id INTEGER, at INTEGER, text TEXT);
CREATE INDEX temp.act_customer ON act (step, customer_id);
"""
_ENTRY = """
INSERT INTO person (customer_id, step, due_at)
SELECT customer.id, 'think', :now + 604800000000 FROM customer JOIN (
    SELECT customer_id FROM interaction
    WHERE type = 'purchase' AND superseded_by IS NULL AND occurred_at <= :now
    GROUP BY customer_id
    HAVING (:now - max(occurred_at)) / 86400000000 > 90
        AND count(*) FILTER (WHERE occurred_at > :now - 2592000000000) = 0
) AS bought ON bought.customer_id = customer.id
LEFT JOIN person AS known ON known.customer_id = customer.id
WHERE customer.archived_at IS NULL AND customer.restricted_at IS NULL
    AND (known.customer_id IS NULL OR known.ended_at <= :now - 15552000000000)
ON CONFLICT (customer_id) DO UPDATE SET step = excluded.step, due_at = excluded.due_at, ended_at = NULL
"""
_RICH = """(
    SELECT customer_id FROM interaction WHERE type = 'purchase' AND superseded_by IS NULL
    GROUP BY customer_id HAVING sum(amount) > 20000
)"""
_DUE = "step = 'think' AND due_at <= :now"
_NOTE = f"""
INSERT INTO act (step, customer_id, at, text)
SELECT 'word', customer_id, :now, customer.name || ' has not come back'
FROM person JOIN customer ON customer.id = customer_id WHERE {_DUE} AND customer_id IN {_RICH}
"""
_END = f"UPDATE person SET step = 'end', ended_at = :now, due_at = NULL WHERE {_DUE}"
_CALL = """
INSERT INTO act (step, customer_id, at, text)
SELECT 'call', customer_id, :now, 'to-call' FROM person WHERE step = 'think' AND due_at = :now + 604800000000
"""


def journeys(work: Path, scale: Scale) -> Iterator[Result]:
    """Entry of everybody at once, a pass in which all are due at one step, and a year simulated."""
    people = scale.of(100_000)
    with opened(work) as crm:
        ids = [int(id_) for id_ in crm.customers.save_all(customers(people)).ids if id_]
        for batch in batches(purchases(people * 4, ids, two_years=people * 4), 10_000):
            crm.interactions.record_all(batch)
    yield from _simulated(work, people)
    yield from _passes(work, people)


def _passes(work: Path, people: int) -> Iterator[Result]:
    clock = FakeClock(time.time_ns() // 1_000)
    with _business(work, "waits", _WAITS, clock) as crm:
        crm.service(Journeys).start("waits")
        for what, raw in (("come in at once", _as_entered), ("are due at one step", _as_moved)):
            last = _last(work)
            with _counted() as count:
                took = cpu_seconds(crm.strategy.run_due)
            bare = _raw_pass(work, last, raw)
            yield Result(
                name=f"{people:,} people {what}",
                ours=took / people * 1e6,
                raw=bare / people * 1e6,
                unit="µs of CPU/person",
                goal="≤ 4 × bare statements",
                note=f"{count[0]} statements; raw: the same rows, moved or inserted",
            )
            clock.set(clock.now() + _DAY + 1)


def _simulated(work: Path, people: int) -> Iterator[Result]:
    with _business(work, "year", _YEAR, None) as crm:
        cpu = time.process_time()
        with _counted() as count:
            began = time.perf_counter()
            found = crm.strategy.simulate("journey:year")
            took = time.perf_counter() - began
        cpu = time.process_time() - cpu
        acts = sum(sum(each.acts.values()) for each in found.rules)
        now = crm.clock.now()
    cpu_raw = time.process_time()
    raw_acts, raw = _raw_year(work, now)
    cpu_raw = time.process_time() - cpu_raw
    yield Result(
        name=f"a year of four steps simulated, {people:,} people, {acts:,} acts",
        ours=took,
        raw=raw,
        unit="s",
        goal="100,000 in a minute",
        note=f"{cpu:.1f} s of CPU, {count[0]:,} statements; raw: {cpu_raw:.1f} s, {raw_acts:,} acts",
    )


def _raw_year(work: Path, now: int) -> tuple[int, float]:
    """(acts, seconds) of the same year as plain statements, day after day."""
    with closing(sqlite3.connect(work / "crm.db")) as raw:
        raw.execute("PRAGMA cache_size=-65536")
        raw.executescript(_PERSON)
        began = time.perf_counter()
        for day in range(365):
            at = {"now": now + day * _DAY}
            for statement in (_NOTE, _END, _ENTRY, _CALL):
                raw.execute(statement, at)
        took = time.perf_counter() - began
        return int(raw.execute("SELECT count(*) FROM act").fetchone()[0]), took


@contextmanager
def _business(work: Path, name: str, text: str, clock: FakeClock | None) -> Iterator[Crm]:
    """The same database with one journey."""
    from crmkit.core.opening import upgrade_database

    (work / "journeys").mkdir(exist_ok=True)
    (work / "journeys" / f"{name}.toml").write_text(text, encoding="utf-8")
    path = work / "crm.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("plugins = []", 'plugins = ["campaign"]'))
    upgrade_database(path)
    with Crm.open(path) as crm:
        if clock is not None:
            crm.kernel.clock = clock
        yield crm


@contextmanager
def _counted() -> Iterator[list[int]]:
    """How many statements are run meanwhile; those for many rows count once."""
    count = [0]

    def note(*_: object) -> None:
        count[0] += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _last(work: Path) -> int:
    with closing(sqlite3.connect(work / "crm.db")) as connection:
        return int(connection.execute("SELECT max(seq) FROM interaction").fetchone()[0])


def _raw_pass(work: Path, last: int, write: Callable[[sqlite3.Connection], Callable[[], object]]) -> float:
    """Seconds of CPU in which plain statements do to the people, and to the log behind `last`, what a pass
    did, in a copy of the database."""
    with (
        closing(sqlite3.connect(work / "crm.db")) as origin,
        closing(sqlite3.connect(work / "again.db")) as to,
    ):
        origin.backup(to)
    with closing(sqlite3.connect(work / "again.db", isolation_level=None)) as target:
        as_ours(target)
        rows = target.execute("SELECT * FROM interaction WHERE seq > ?", (last,)).fetchall()
        target.execute("DELETE FROM interaction WHERE seq > ?", (last,))
        people = write(target)
        marks = ", ".join("?" * len(rows[0]))

        def again() -> None:
            target.execute("BEGIN IMMEDIATE")
            people()
            target.executemany(f"INSERT INTO interaction VALUES ({marks})", rows)
            target.execute("COMMIT")

        took = cpu_seconds(again)
    (work / "again.db").unlink()
    return took


def _as_entered(target: sqlite3.Connection) -> Callable[[], object]:
    rows = target.execute(f"SELECT * FROM {_TABLE}").fetchall()
    target.execute(f"DELETE FROM {_TABLE}")
    marks = ", ".join("?" * len(rows[0]))
    return lambda: target.executemany(f"INSERT INTO {_TABLE} VALUES ({marks})", rows)


def _as_moved(target: sqlite3.Connection) -> Callable[[], object]:
    target.execute(f"UPDATE {_TABLE} SET step = 'first', due_at = 1")
    moved = "step = 'second', arrived_at = 2, since = 2, due_at = 3, state = 'active', left_out = NULL"
    return lambda: target.execute(f"UPDATE {_TABLE} SET {moved} WHERE step = 'first' AND due_at <= 1")


BENCHES = (Bench(name="journeys", run=journeys),)
