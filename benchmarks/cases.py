"""Cases at size: a list, the pass over their clocks and routing, against statements written by hand."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.harness import Bench, Result, Scale, in_turn, seconds
from benchmarks.rig import by_name, customers, opened
from crmkit import Crm
from crmkit.core.opening import upgrade_database
from crmkit.plugins.operational.api import Cases

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_SETTINGS = """
[hours]
open = { mon-fri = "09:00-17:00" }

[plugins.operational.cases]
queues = ["service", "sales"]
categories = ["oven", "invoice"]

[plugins.operational.cases.sla.usual]
first_response = "4 hours"
resolution = "2 days"

[plugins.operational.cases.routing.ovens]
category = "oven"
queue = "service"
assign = "round robin"

[plugins.operational.cases.routing.others]
queue = "sales"
assign = "round robin"
"""
_KEPT = (
    "id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at",
    "subject", "queue", "category", "priority", "routed_by", "opened_at", "respond_by", "resolve_by",
    "responded_at", "resolved_at", "next_at",
)  # fmt: skip
_EMPLOYEES = 20
# Of 1,000 cases so many are open and late, new and nobody's, and open and in time; the others are closed.
_LATE, _NEW, _IN_TIME = 10, 10, 20
_SHOWN = 100
# What a pass adds to, and what it changes of cases.
_LOGS = {"interaction": "seq", "change": "seq"}
_CHANGED = (
    "employee_id", "queue", "routed_by", "overdue", "escalated_at", "next_at", "version", "updated_at",
)  # fmt: skip


def cases(work: Path, scale: Scale) -> Iterator[Result]:
    """One million cases, of which most are closed."""
    count = scale.of(1_000_000)
    people = scale.of(200_000)
    late, new = count * _LATE // 1_000, count * _NEW // 1_000
    with opened(work, plugins=["operational"]) as crm:
        ids = [id_ for id_ in crm.customers.save_all(customers(people)).ids if id_ is not None]
        for number in range(_EMPLOYEES):
            crm.people.add(f"Employee {number}")
    path = work / "crm.toml"
    path.write_text(path.read_text(encoding="utf-8") + _SETTINGS, encoding="utf-8")
    upgrade_database(path)
    with Crm.open(path) as crm:
        _insert(work / "crm.db", count, ids, crm.clock.now())
        yield from _listed(crm, work, count, scale.rounds)
        desk = crm.service(Cases)
        yield from _passed(work, f"routing {new:,} of {count:,} cases", new, desk.route)
        job = next(each for each in crm.kernel.loaded.jobs if each.name.endswith("case_clocks"))
        yield from _passed(work, f"clocks of {late:,} late of {count:,} cases", late, lambda: job.run(crm))


def _insert(file: Path, count: int, customer_ids: list[int], now: int) -> None:
    """The cases, always the same ones but for the time that it is."""
    random = Random(8)
    marks = ", ".join("?" * len(_KEPT))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        statement = f"INSERT INTO operational_case ({', '.join(_KEPT)}) VALUES ({marks})"
        connection.executemany(statement, (_row(n, random, customer_ids, now) for n in range(1, count + 1)))
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def _row(number: int, random: Random, customer_ids: list[int], now: int) -> tuple[Any, ...]:
    kind = number % 1_000
    employee: int | None = random.randrange(_EMPLOYEES) + 1
    if kind < _LATE + _NEW:
        opened_at = now - random.randrange(4 * 3_600, 86_400) * _SECOND
    elif kind < _LATE + _NEW + _IN_TIME:
        opened_at = now - random.randrange(3_600) * _SECOND
    else:
        opened_at = now - random.randrange(10, 700) * _DAY
    respond_by, resolve_by, answered, resolved = opened_at + _DAY // 6, opened_at + 2 * _DAY, None, None
    if kind < _LATE:
        state, next_at, routed_by = "open", respond_by, "ovens"
    elif kind < _LATE + _NEW:
        state, next_at, routed_by, employee = "new", now + _DAY, None, None
    elif kind < _LATE + _NEW + _IN_TIME:
        state, next_at, routed_by = "open", respond_by, "ovens"
    else:
        state, next_at, routed_by, answered, resolved = "closed", None, "ovens", opened_at, opened_at + _DAY
    subject = f"Case {number}"
    return (
        number, random.choice(customer_ids), employee, state, subject, subject.casefold(), 1, opened_at,
        opened_at, subject, "service" if routed_by else None, random.choice(("oven", "invoice")), "normal",
        routed_by, opened_at, respond_by, resolve_by, answered, resolved, next_at,
    )  # fmt: skip


def _listed(crm: Crm, work: Path, count: int, rounds: int) -> Iterator[Result]:
    desk = crm.service(Cases)
    deadline = "min(coalesce(CASE WHEN responded_at IS NULL THEN respond_by END, resolve_by), resolve_by), id"
    undone = f"state IN ('new', 'open', 'waiting') AND archived_at IS NULL ORDER BY {deadline}"
    statements = {
        "those that are not done, by their clocks": (lambda: desk.list(limit=_SHOWN), undone),
        "all, the newest first": (
            lambda: desk.list(all=True, limit=_SHOWN),
            "archived_at IS NULL ORDER BY id DESC",
        ),
        "one employee's": (lambda: desk.list(owner_id=3, limit=_SHOWN), f"employee_id = 3 AND {undone}"),
    }
    for name, (ours, chosen) in statements.items():
        statement = f"SELECT * FROM operational_case WHERE {chosen} LIMIT {_SHOWN}"
        with closing(sqlite3.connect(work / "crm.db")) as connection:
            timed = in_turn(ours, lambda s=statement: by_name(connection.execute(s)), max(rounds, 21))  # type: ignore[misc]
        yield Result(
            name=f"list of {_SHOWN} of {count:,} cases: {name}",
            ours=timed.ours * 1e3,
            raw=timed.raw * 1e3,
            unit="ms",
            goal="≤ 3 × the statement",
        )


def _passed(work: Path, name: str, cases: int, ours: Callable[[], object]) -> Iterator[Result]:
    """A pass, against writing what it wrote once more: the updates and the log's rows, and nothing else."""
    with closing(sqlite3.connect(work / "crm.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(work / "crm.db", work / "again.db")
    taken = seconds(ours)
    with closing(sqlite3.connect(work / "crm.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        connection.execute("ATTACH ? AS before", (str(work / "again.db"),))
        written = {
            table: connection.execute(
                f"SELECT * FROM {table} WHERE {key} > (SELECT coalesce(max({key}), 0) FROM before.{table})"
            ).fetchall()
            for table, key in _LOGS.items()
        }
        changed = connection.execute(
            f"SELECT {', '.join(f'c.{each}' for each in _CHANGED)}, c.id, b.version FROM operational_case c "
            "JOIN before.operational_case b ON b.id = c.id WHERE c.version <> b.version"
        ).fetchall()
    raw = seconds(lambda: _write(work / "again.db", written, changed))
    yield Result(
        name=name,
        ours=taken / cases * 1e6,
        raw=raw / cases * 1e6,
        unit="µs/case",
        goal="≤ 10 × its writes alone",
        note=f"{len(changed):,} written in {taken:.1f} s",
    )


def _write(file: Path, written: dict[str, list[Any]], changed: list[Any]) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-65536"):
            target.execute(f"PRAGMA {pragma}")
        target.execute("BEGIN IMMEDIATE")
        assignments = ", ".join(f"{each} = ?" for each in _CHANGED)
        target.executemany(f"UPDATE operational_case SET {assignments} WHERE id = ? AND version = ?", changed)
        for table, rows in written.items():
            if rows:
                target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        target.execute("COMMIT")


BENCHES = (Bench(name="cases", run=cases),)
