"""Handing messages over by a channel that does nothing: what the ledger costs against its statements."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, seconds
from benchmarks.rig import customers, opened
from crmkit import Crm

_PLUGIN = '''
from crmkit.plugin import Channel, Performed, hookimpl

AT_ONCE = {at_once}

def deliver(messages, crm):
    """As a pool of connections would: all that is on its way is answered together."""
    taken = []
    for index, message in enumerate(messages):
        taken.append(index)
        if len(taken) == AT_ONCE:
            for each in taken:
                yield Performed(each, "taken")
            taken = []
    for each in taken:
        yield Performed(each, "taken")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="loop", doc="To nobody", contact_kind="email", deliver=deliver, at_once=AT_ONCE)
'''
_MANIFEST = 'name = "loop"\ntitle = "Loop"\ndoc = "Delivers to nobody"\n'
_TOML = """
[limits]
marketing = "2 per 1 days"
quiet_hours = "02:00-02:01"
[purposes.news]
type = "marketing"
wording = "I want news"
[rules.news]
run = "daily"
send_loop = "hello"
purpose = "news"
"""
_LETTER = "Subject: News for {{ customer.name }}\n\nDear {{ customer.name }},\n\nwe bake every day.\n"


def leaving(work: Path, scale: Scale) -> Iterator[Result]:
    """Marketing by a channel that takes everything at once, with 8, 16 and 100 on their way at most."""
    people = scale.of(20_000)
    for at_once in (8, 16, 100):
        folder = work / str(at_once)
        crm = business(folder, people, at_once)
        with crm:
            ours = seconds(lambda crm=crm, people=people: _hand_over(crm, people))  # type: ignore[misc]
        raw = _raw(folder, people, at_once)
        yield Result(
            name=f"{people:,} messages, {at_once} at once",
            ours=ours / people * 1e3,
            raw=raw / people * 1e3,
            unit="ms per message",
            goal="below 0.8 ms",
        )


def business(folder: Path, people: int, at_once: int) -> Crm:
    """A live business in which so many messages are due, to customers who agreed."""
    (folder / "plugins").mkdir(parents=True)
    (folder / "plugins" / "loop.py").write_text(_PLUGIN.format(at_once=at_once), encoding="utf-8")
    (folder / "plugins" / "loop.toml").write_text(_MANIFEST, encoding="utf-8")
    (folder / "templates").mkdir()
    (folder / "templates" / "hello.txt").write_text(_LETTER, encoding="utf-8")
    opened(folder, plugins=["loop"]).close()
    path = folder / "crm.toml"
    path.write_text(path.read_text(encoding="utf-8") + _TOML, encoding="utf-8")
    crm = Crm.open(path)
    ids = [id_ for id_ in crm.customers.save_all(list(customers(people))).ids if id_ is not None]
    _enter(crm, ids)
    return crm


def _enter(crm: Crm, ids: list[int]) -> None:
    from crmkit.core.effects.entering import Entry, enter

    digest = crm.messages.template("hello").digest
    channel = crm.words.channels["loop"].name
    params = {"channel": channel, "purpose": "news", "template": "hello", "version": digest}
    with crm.transaction() as tx:
        consent = crm.tables.consent
        tx.execute(
            consent.insert(),
            [
                {
                    "customer_id": id_, "purpose": "news", "channel": channel, "state": "granted",
                    "at": tx.at - 1, "source": "form", "wording_version": 1, "evidence": "", "actor": "Olaf",
                    "recorded_at": tx.at,
                }
                for id_ in ids
            ],
        )  # fmt: skip
        tx.execute(crm.tables.setting.insert(), {"key": "live_at", "value": str(tx.at)})
        enter(
            tx.connection,
            [
                Entry(
                    number=number, origin="rule:news", step="1", occasion="today", customer_id=id_,
                    plan_id=None, action="message.send", params=json.dumps(params), actor="Olaf",
                    channel=channel, purpose="news", due_at=tx.at, recipient=None,
                )
                for number, id_ in enumerate(ids, 1)
            ],
            tx.at,
        )  # fmt: skip


def _hand_over(crm: Crm, people: int) -> None:
    done = 0
    while done < people:
        found = crm.effects.hand_over(limit=people)
        assert found.done, found
        done += found.done


def _raw(folder: Path, people: int, at_once: int) -> float:
    """Claiming, opening, settling and noting alone, in transactions of the same size."""
    with closing(sqlite3.connect(folder / "crm.db", isolation_level=None)) as database:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-131072"):
            database.execute(f"PRAGMA {pragma}")
        columns = [row[1] for row in database.execute("PRAGMA table_info(interaction)")]
        rows = database.execute("SELECT * FROM interaction LIMIT ?", (people,)).fetchall()
        database.execute("DELETE FROM interaction")
        database.execute("UPDATE effect SET state = 'pending', due_at = created_at, token = 0")
        insert = f"INSERT INTO interaction VALUES ({', '.join('?' * len(columns))})"

        def run() -> None:
            database.execute("UPDATE effect SET state = 'claimed', token = 1, lease_until = 1")
            before: list[tuple[int]] = []
            for start in range(0, people + at_once, at_once):
                ids = [(number,) for number in range(start + 1, min(start + at_once, people) + 1)]
                database.execute("BEGIN IMMEDIATE")
                settled = "UPDATE effect SET state = 'done', due_at = NULL, lease_until = NULL WHERE id = ?"
                database.executemany(settled, before)
                database.executemany(insert, rows[start - at_once : start] if start else [])
                database.executemany("UPDATE effect SET state = 'handing_over' WHERE id = ?", ids)
                database.execute("COMMIT")
                before = ids

        return seconds(run)


BENCHES = (Bench(name="leaving", run=leaving),)
