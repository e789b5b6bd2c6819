"""Mass edits that are killed: nothing is half done, and both ways on lead to the same end."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from crmkit import Changes, Crm, CustomerDraft
from tests.core.editing.killed import BATCH
from tests.soaking import soaking

_KILLED = Path(__file__).with_name("killed.py")
_KILLS = soaking(3, 12)
_PEOPLE = 300
State = dict[int, tuple[str | None, bool]]


@pytest.fixture
def plugins() -> list[str]:
    """No plugin."""
    return []


@pytest.fixture
def crowd(shop: Crm) -> Crm:
    """Many leads, and the customer Dan, whom the edit is not about."""
    shop.customers.save_all([CustomerDraft(name=f"Lead {n}", lifecycle="lead") for n in range(_PEOPLE)])
    shop.customers.update("Bea", CustomerDraft(fields={"bread": None}))
    return shop


@pytest.fixture
def kill(crowd: Crm) -> Iterator[Callable[[float], int]]:
    """A function that starts an edit, kills it after so many seconds, and says how it ended."""
    command = [sys.executable, str(_KILLED), str(crowd.config.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        said, heard = runner.stdin, runner.stdout

        def killed(seconds: float) -> int:
            said.write(f"{seconds}\n")
            said.flush()
            return int(heard.readline())

        yield killed
        said.close()


def state_of(crm: Crm) -> State:
    """Of everybody which bread they buy, and whether they have the tag."""
    customer, tag = crm.tables.customer, crm.tables.customer_tag
    fields = crm.tables.customer_field
    with crm.reading() as run:
        ids = run(sa.select(customer.c.id)).scalars().all()
        breads = dict(run(sa.select(fields.c.customer_id, fields.c.bread)).all())
        tagged = set(run(sa.select(tag.c.customer_id).where(tag.c.tag == "rye-lover")).scalars())
    return {id_: (breads.get(id_), id_ in tagged) for id_ in ids}


def logged(crm: Crm, ref: str) -> set[int]:
    """Whom the log says that an edit changed."""
    change = crm.tables.change
    with crm.reading() as run:
        chosen = sa.select(change.c.customer_id, sa.func.count()).where(change.c.source == ref)
        counts = dict(run(chosen.group_by(change.c.customer_id)).all())
    assert set(counts.values()) <= {2}, "a field and a tag each"
    return set(counts)


def undo_all(crm: Crm) -> None:
    """Take back every edit that is not undone, the newest first."""
    for action in crm.undo.recent():
        if action.undone_at is None:
            crm.undo.undo(action.ref)


@pytest.mark.slow
def test_killed_anywhere_an_edit_is_finished_by_giving_it_again_or_undone(
    crowd: Crm, kill: Callable[[float], int]
) -> None:
    """Wherever it is killed, in the edit or in its undo, everybody has all of it or nothing, whole batches
    at a time and as the log says; given again all have it, undone nobody has."""
    random, before = Random(5), state_of(crowd)
    for number in range(_KILLS):
        assert kill(random.uniform(0.02, 0.6)) == -signal.SIGKILL
        now = state_of(crowd)
        edited = {id_ for id_, state in now.items() if state != before[id_]}
        assert {now[id_] for id_ in edited} <= {("rye", True)}
        leads = _PEOPLE + 3
        assert len(edited) == leads or len(edited) % BATCH == 0
        last = crowd.undo.recent()
        if edited:
            assert edited == logged(crowd, last[0].ref)
        if number % 2:
            changes = Changes(fields={"bread": "rye"}, tags=("rye-lover",))
            report = crowd.editing.apply("lifecycle = 'lead'", changes, batch_size=BATCH)
            assert (report.changed, report.unchanged) == (leads - len(edited), len(edited))
            assert sum(state == ("rye", True) for state in state_of(crowd).values()) == leads
        undo_all(crowd)
        assert state_of(crowd) == before
