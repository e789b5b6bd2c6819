"""Feeds in a long log: a page of an employee's, a team's, everybody's, against statements written by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.harness import Bench, Result, Scale, in_turn
from benchmarks.rig import opened
from crmkit import Crm
from crmkit.plugins.collaborative.api import Feed, FeedPage

_SECOND = 1_000_000
_YEAR = 365 * 86_400 * _SECOND
_FOLLOWED = 200
_SHOWN = 20
# The first employee follows some customers; the second owns so many of a thousand.
_TEAMS = 100
_CUSTOMER = (
    "id", "uid", "name", "given_name", "family_name", "fold", "is_organization", "lifecycle", "owner_id",
    "version", "created_at", "source",
)  # fmt: skip
_INTERACTION = (
    "seq", "customer_id", "type", "employee_id", "occurred_at", "recorded_at", "known_at", "payload",
    "payload_version", "actor",
)  # fmt: skip
_READ = (
    "i.seq, i.customer_id, i.type, i.occurred_at, i.recorded_at, i.employee_id, i.payload, "
    "c.name AS customer, e.name AS employee"
)


def feed(work: Path, scale: Scale) -> Iterator[Result]:
    """One million customers and five million interactions, of whom an employee follows 200."""
    people, entries = scale.of(1_000_000), scale.of(5_000_000)
    with opened(work, plugins=["collaborative"]) as crm:
        for name in ("Anna", "Jan"):
            crm.people.add(name)
        crm.people.add_team("counter")
        crm.people.join("Jan", "counter")
        _insert(work / "crm.db", people, entries, crm.clock.now())
    with Crm.open(work / "crm.toml") as crm:
        anna, jan = crm.acting_as("Anna").service(Feed), crm.acting_as("Jan").service(Feed)
        theirs = "SELECT customer_id FROM collaborative_follow WHERE employee_id = 1"
        owned = "EXISTS (SELECT 1 FROM customer o WHERE o.id = i.customer_id AND o.owner_id = 2)"
        log = "i.superseded_by IS NULL AND i.type <> 'voided' AND i.known_at >= i.recorded_at - 604800000000"
        newest = f"{log} ORDER BY i.seq DESC LIMIT {_SHOWN + 1}"
        marker = anna.read(entries - entries // 100).read_to
        yield from _timed(
            work,
            scale.rounds,
            {
                f"of who follows {_FOLLOWED}": (
                    lambda: anna.mine(limit=_SHOWN),
                    f"i.customer_id IN ({theirs}) AND {newest}",
                ),
                f"of who follows {_FOLLOWED}, unread": (
                    lambda: anna.mine(limit=_SHOWN, unread=True),
                    f"i.customer_id IN ({theirs}) AND i.seq > {marker} AND {newest}",
                ),
                "of who owns a tenth of all customers": (
                    lambda: jan.mine(limit=_SHOWN),
                    f"{owned} AND {newest}",
                ),
                "of everybody": (lambda: jan.everything(limit=_SHOWN), newest),
            },
        )


def _timed(work: Path, rounds: int, asked: dict[str, tuple[Callable[[], FeedPage], str]]) -> Iterator[Result]:
    """Each page, against one statement by hand that reads its entries with the names beside them."""
    for name, (ours, chosen) in asked.items():
        inner = f"SELECT i.seq FROM interaction i WHERE {chosen}"
        statement = (
            f"SELECT {_READ} FROM interaction i JOIN customer c ON c.id = i.customer_id "
            f"LEFT JOIN employee e ON e.id = i.employee_id WHERE i.seq IN ({inner}) ORDER BY i.seq DESC"
        )
        with closing(sqlite3.connect(work / "crm.db")) as connection:
            connection.execute("PRAGMA cache_size=-65536")
            by_hand = [row[0] for row in connection.execute(statement)][:_SHOWN]
            assert [each.interaction.seq for each in ours().entries] == by_hand, name
            timed = in_turn(ours, lambda s=statement: connection.execute(s).fetchall(), max(rounds, 21))  # type: ignore[misc]
        yield Result(
            name=f"feed page of {_SHOWN}, {name}",
            ours=timed.ours * 1e3,
            raw=timed.raw * 1e3,
            unit="ms",
            goal="≤ 10 ms more than the statement",
        )


def _insert(file: Path, people: int, entries: int, now: int) -> None:
    """Customers, their interactions and one who follows, always the same ones but for the time that it is."""
    random = Random(4)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size=-200000")
        connection.execute("BEGIN IMMEDIATE")
        _many(connection, "customer", _CUSTOMER, (_customer(n, now) for n in range(1, people + 1)))
        step = _YEAR // entries
        rows = (_interaction(n, random, people, now - (entries - n) * step) for n in range(1, entries + 1))
        _many(connection, "interaction", _INTERACTION, rows)
        followed = ((id_, 1, now) for id_ in random.sample(range(1, people + 1), _FOLLOWED))
        _many(connection, "collaborative_follow", ("customer_id", "employee_id", "at"), followed)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def _many(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]
) -> None:
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _customer(number: int, now: int) -> tuple[Any, ...]:
    owner = 2 if number % 1_000 < _TEAMS else None
    name = f"Customer {number}"
    return number, f"{number:032x}", name, "", "", name.lower(), 0, "customer", owner, 1, now, "bench"


def _interaction(number: int, random: Random, people: int, at: int) -> tuple[Any, ...]:
    customer, type_ = random.randrange(people) + 1, "note" if number % 4 == 0 else "call"
    return (
        number,
        customer,
        type_,
        2 if number % 3 else None,
        at,
        at,
        at,
        '{"text": "Said something"}',
        1,
        "Jan",
    )


BENCHES = (Bench(name="feed", run=feed),)
