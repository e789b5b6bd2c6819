"""Merges while others write, and merges that are killed: nothing is lost, nothing is half done."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.errors import CrmError, TryAgain
from crmkit.core.store.contracts import load_contracts
from tests.core.merging.worlds import differing, dump, last_change
from tests.processes import processes


def _write(config: Path, first: int, people: int, notes: int, done: Any) -> None:
    crm = Crm.open(config)
    done.put(0)
    taken = 0
    for number in range(notes):
        with suppress(TryAgain):
            crm.interactions.record(first + number % people, "note", payload={"text": "x"})
            taken += 1
    done.put(taken)


def _merge(config: Path, ids: list[int], ready: Any) -> None:
    crm = Crm.open(config)
    ready.set()
    while True:
        number = crm.merging.merge_all([(ids[0], other) for other in ids[1:]]).number
        crm.merging.unmerge(number)


def _people(crm: Crm, count: int) -> list[int]:
    drafts = [CustomerDraft(name=f"Anna {number}", tags=("vip",)) for number in range(count)]
    return [id_ for id_ in crm.customers.save_all(drafts).ids if id_ is not None]


def _no_strays(crm: Crm, merged: set[int]) -> bool:
    with crm.kernel.reading() as connection:
        return not any(
            merged & set(connection.execute(sa.text(f'SELECT "{column}" FROM "{each.table}"')).scalars())
            for each in load_contracts(connection)
            for column in each.customer_columns
        )


def _notes(crm: Crm) -> int:
    return crm.interactions.count("note")


@pytest.mark.postgresql
def test_merging_while_others_write_on_postgresql(crm_on: Callable[[str], Crm]) -> None:
    """Threads record, tag and save those who are being merged: every note that was taken is there."""
    crm = crm_on("postgresql")
    ids = _people(crm, 8)
    taken: list[int] = []
    stop, begun = Event(), Barrier(4)

    def write(place: int) -> None:
        crm.interactions.record(ids[place], "note", payload={"text": "x"})
        taken.append(ids[place])
        begun.wait(60)
        number = place
        while not stop.is_set():
            number += 1
            id_ = ids[number % len(ids)]
            with suppress(TryAgain):
                crm.interactions.record(id_, "note", payload={"text": "x"})
                taken.append(id_)
            with suppress(CrmError):
                crm.customers.tag(id_, f"t{number % 5}")

    writers = [Thread(target=write, args=(place,)) for place in range(3)]
    for writer in writers:
        writer.start()
    begun.wait(60)
    for other in ids[1:]:
        crm.merging.merge(ids[0], other)
    stop.set()
    for writer in writers:
        writer.join()
    assert _notes(crm) == len(taken) >= 3
    assert _no_strays(crm, set(ids[1:]))


def test_merging_while_another_process_writes_on_sqlite(crm: Crm, tmp_path: Path) -> None:
    """Another process records notes of those who are being merged: none is lost, none is left behind."""
    ids = _people(crm, 8)
    context = processes()
    told = context.Queue()
    writer = context.Process(target=_write, args=(tmp_path / "crm.toml", ids[0], len(ids), 60, told))
    writer.start()
    told.get(timeout=60)
    for other in ids[1:]:
        crm.merging.merge(ids[0], other)
    done = told.get(timeout=60)
    writer.join()
    assert _notes(crm) == done > 0
    assert _no_strays(crm, set(ids[1:]))


@pytest.fixture
def killed(crm_both: Crm, tmp_path: Path) -> tuple[Crm, Callable[[float], None]]:
    """A function that starts a process which merges and un-merges, and kills it after so many seconds."""
    ids = _people(crm_both, 30)
    for number in range(60):
        crm_both.interactions.record(ids[number % 30], "note", payload={"text": "x"})

    def kill(after: float) -> None:
        context = processes()
        ready = context.Event()
        merger = context.Process(target=_merge, args=(tmp_path / "crm.toml", ids, ready))
        merger.start()
        assert ready.wait(60)
        time.sleep(after)
        merger.kill()
        merger.join()

    return crm_both, kill


def test_a_killed_merge_is_whole_or_not_there(killed: tuple[Crm, Callable[[float], None]]) -> None:
    """Killed at any moment: either all thirty are one, or nobody is merged; and undo gives the start back."""
    crm, kill = killed
    until = last_change(crm)
    before = dump(crm, until=until)
    for after in (0.03, 0.17):
        kill(after)
        standing = crm.merging.list(standing=True)
        assert [run.pairs for run in standing] in ([], [29])
        assert crm.customers.count() == (1 if standing else 30)
        for run in standing:
            assert crm.merging.unmerge(run.number).left == ()
        assert differing(before, dump(crm, until=until)) == {}
