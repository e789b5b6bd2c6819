"""Merges while others write, and merges that are killed: nothing is lost, nothing is half done."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.errors import CrmError, TryAgain
from crmkit.core.store.contracts import load_contracts
from tests.core.merging.worlds import differing, dump, last_change

_WRITER = """
import sys
from crmkit import Crm
from crmkit.core.errors import TryAgain
crm = Crm.open(sys.argv[1])
done = 0
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    try:
        crm.interactions.record(int(sys.argv[2]) + number % int(sys.argv[3]), "note", payload={"text": "x"})
        done += 1
    except TryAgain:
        pass
print(done)
"""
_MERGER = """
import sys
from crmkit import Crm
crm = Crm.open(sys.argv[1])
ids = [int(one) for one in sys.argv[2].split(",")]
print("ready", flush=True)
while True:
    number = crm.merging.merge_all([(ids[0], other) for other in ids[1:]]).number
    crm.merging.unmerge(number)
"""


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
    stop = Event()

    def write(place: int) -> None:
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
    for other in ids[1:]:
        crm.merging.merge(ids[0], other)
    stop.set()
    for writer in writers:
        writer.join()
    assert _notes(crm) == len(taken) > 0
    assert _no_strays(crm, set(ids[1:]))


def test_merging_while_another_process_writes_on_sqlite(crm: Crm, tmp_path: Path) -> None:
    """Another process records notes of those who are being merged: none is lost, none is left behind."""
    ids = _people(crm, 8)
    arguments = [str(tmp_path / "crm.toml"), str(ids[0]), str(len(ids)), "60"]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, *arguments], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for other in ids[1:]:
            crm.merging.merge(ids[0], other)
        done = int(writer.stdout.readline())
    assert _notes(crm) == done == 60
    assert _no_strays(crm, set(ids[1:]))


@pytest.fixture
def killed(crm_both: Crm, tmp_path: Path) -> tuple[Crm, Callable[[float], None]]:
    """A function that starts a process which merges and un-merges, and kills it after so many seconds."""
    ids = _people(crm_both, 30)
    for number in range(60):
        crm_both.interactions.record(ids[number % 30], "note", payload={"text": "x"})

    def kill(after: float) -> None:
        arguments = [str(tmp_path / "crm.toml"), ",".join(map(str, ids))]
        with subprocess.Popen(
            [sys.executable, "-c", _MERGER, *arguments], stdout=subprocess.PIPE, text=True
        ) as merger:
            assert merger.stdout is not None
            merger.stdout.readline()
            time.sleep(after)
            merger.send_signal(signal.SIGKILL)

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
