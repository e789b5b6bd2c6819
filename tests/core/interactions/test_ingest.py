"""Single records from many threads and processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from crmkit.core.errors import CrmError, Invalid, NotFound, Rejected
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import HOUSE, Kernel
from crmkit.core.model.batches import RecordReport
from crmkit.core.model.interaction import InteractionDraft
from tests.core.interactions.conftest import add_customers, add_decider, open_kernel


def run(work: list[Thread]) -> None:
    """Start all threads and wait for them."""
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()


def test_every_thread_gets_its_own_number(interactions: Interactions) -> None:
    """Each call returns the number of its own interaction, on record by then."""
    numbers: dict[str, int] = {}

    def record(name: str) -> None:
        for i in range(20):
            outlet = f"{name}-{i}"
            numbers[outlet] = ingest.record(InteractionDraft(customer=1, type="visit", outlet=outlet))

    with interactions.ingest() as ingest:
        run([Thread(target=record, args=(str(n),)) for n in range(8)])
        assert interactions.count() == 160
    assert {each.outlet: each.seq for each in interactions.list(limit=1000).interactions} == numbers


def test_a_bad_item_fails_alone(interactions: Interactions) -> None:
    """Each thread gets its own error or number; bad neighbours do not matter."""
    outcomes: dict[int, object] = {}

    def record(number: int) -> None:
        customer = 99 if number % 3 == 0 else 1
        try:
            outcomes[number] = ingest.record(InteractionDraft(customer=customer, type="visit"))
        except NotFound as error:
            outcomes[number] = error

    with interactions.ingest(max_wait=0.05) as ingest:
        run([Thread(target=record, args=(number,)) for number in range(30)])
    assert [number for number in outcomes if isinstance(outcomes[number], CrmError)] == [
        number for number in outcomes if number % 3 == 0
    ]
    assert interactions.count() == 20


def test_a_group_that_fails_whole_is_tried_singly(database: str, tmp_path: Path) -> None:
    """When a plugin rejects the whole unit because of one item, the others are recorded all the same."""
    kernel = open_kernel(database, tmp_path, plugin=add_decider(tmp_path))
    add_customers(kernel, 1)
    interactions = Interactions(kernel, HOUSE)
    rejected: list[str] = []

    def record(outlet: str) -> None:
        try:
            ingest.record(InteractionDraft(customer=1, type="visit", outlet=outlet))
        except Rejected as error:
            rejected.append(error.message)

    with interactions.ingest(max_wait=0.2) as ingest:
        run([Thread(target=record, args=("alarm" if n == 5 else f"till {n}",)) for n in range(12)])
    assert rejected == ["The alarm is on"]
    assert interactions.count() == 11
    kernel.store.close()


def test_one_reference_from_many_threads_is_recorded_once(interactions: Interactions) -> None:
    """Threads that bring the same (source, source_ref) all get the same number."""
    numbers: list[int] = []
    draft = InteractionDraft(customer=1, type="visit", source="till", source_ref="1")

    def record() -> None:
        numbers.append(ingest.record(draft))

    with interactions.ingest() as ingest:
        run([Thread(target=record) for _ in range(16)])
    assert len(numbers) == 16
    assert len(set(numbers)) == 1
    assert interactions.count() == 1


def test_an_ingest_says_when_it_cannot_be_used(interactions: Interactions, kernel: Kernel) -> None:
    """Closed, inside a unit of work, or with senseless limits, it is refused instead of waiting for ever."""
    draft = InteractionDraft(customer=1, type="visit")
    ingest = interactions.ingest()
    with pytest.raises(Invalid, match="closed"):
        ingest.record(draft)
    with ingest:
        assert ingest.record(draft)
        with kernel.unit(HOUSE), pytest.raises(Invalid, match="unit of work"):
            ingest.record(draft)
    with pytest.raises(Invalid, match="closed"):
        ingest.record(draft)
    with pytest.raises(Invalid):
        interactions.ingest(max_batch=0)


def test_threads_that_bring_the_same_batch_record_it_once(interactions: Interactions) -> None:
    """The same file imported twice at the same time is on record once, and both reports agree."""
    drafts = [
        InteractionDraft(customer=1, type="visit", source="file", source_ref=str(number))
        for number in range(300)
    ]
    reports: list[RecordReport] = []
    run([Thread(target=lambda: reports.append(interactions.record_all(drafts))) for _ in range(4)])
    assert sum(report.recorded for report in reports) == 300
    assert len({tuple(report.seqs) for report in reports}) == 1
    assert interactions.count() == 300


WRITER = """
import sys
from threading import Thread
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import HOUSE
from crmkit.core.model.batches import RecordReport
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.opening import open_kernel

path, name = sys.argv[1:]
interactions = Interactions(open_kernel(path), HOUSE)

def write(thread):
    for number in range(25):
        for source in (name, "both"):
            draft = InteractionDraft(
                customer=1, type="visit", source=source, source_ref=f"{source}-{thread}-{number}"
            )
            assert interactions.record(draft).seq
        interactions.timeline(1, 5)

threads = [Thread(target=write, args=(thread,)) for thread in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
"""


def test_two_processes_with_four_writers_each_lose_nothing(
    interactions: Interactions, tmp_path: Path
) -> None:
    """Everything is on record once, also what both processes bring, and nobody sees a busy database."""
    command = [sys.executable, "-c", WRITER, str(tmp_path / "crm.toml")]
    processes = [
        subprocess.Popen([*command, name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    outcomes = [process.communicate(timeout=100) for process in processes]
    assert [out for out, _ in outcomes] == ["done\n", "done\n"], outcomes
    assert [error for _, error in outcomes] == ["", ""]
    counts = [interactions.count(source=source) for source in ("a", "b", "both")]
    assert counts == [100, 100, 100]
