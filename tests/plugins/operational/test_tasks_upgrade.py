"""Tasks from before they were records: each is the same task afterwards, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.opening import upgrade_database
from crmkit.core.store.engine import Store
from crmkit.plugins.operational.api import Tasks
from tests.core.store.test_samples import FIRST, sample, store
from tests.processes import processes

__all__ = ["sample", "store"]


@pytest.fixture
def kept() -> str:
    """The sample of the first schema: tasks were a table of the plugin's then."""
    return FIRST


def require_the_same(path: Path) -> None:
    """The two tasks of the sample, one open and one done, with their numbers, days and reasons."""
    with Crm.open(path, strict=True) as crm:
        tasks = crm.service(Tasks)
        (call,) = tasks.list()
        (offer,) = tasks.list(done=True)
        assert (call.id, call.customer_id, call.title, str(call.due)) == (
            1,
            1,
            "Call about the cake",
            "2026-02-01",
        )
        assert (call.employee_id, call.done_at, call.state) == (1, None, "open")
        assert (offer.id, offer.title, offer.due, offer.employee_id) == (2, "Send offer", None, 1)
        assert offer.done_at == 1_767_369_600_000_000
        told = [each for each in crm.interactions.timeline(3).interactions if each.type == "task.done"]
        assert [crm.interactions.summary(each) for each in told] == ["Send offer"]
        assert [each.title for each in crm.records.find("offer")] == ["Send offer"]
        assert tasks.add(1, "Another").id == 3


def test_tasks_of_before_are_tasks(sample: Path) -> None:
    """Nothing of them is lost, and what they told stays on the timeline."""
    said = upgrade_database(sample).records
    assert '"task": 2 rows of operational_task_before became records' in said
    require_the_same(sample)
    assert upgrade_database(sample).nothing


def _killed_before(path: Path, text: str) -> None:
    """Upgrade in a process that is killed when it comes to the statement with this text."""

    def kill(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if text in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", kill)
    upgrade_database(path)


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE ownership SET table_name",
        "CREATE TABLE operational_task ",
        'DROP TABLE "operational_task_before"',
    ],
)
def test_a_killed_upgrade_goes_on(sample: Path, text: str) -> None:
    """Whether the old table is renamed, the new one made, or the rows are on their way."""
    child = processes().Process(target=_killed_before, args=(sample, text))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert not upgrade_database(sample).nothing
    require_the_same(sample)


def test_tasks_wait_while_they_are_not_in_use(sample: Path, store: Store) -> None:
    """Rows stay, and belong to their customers, until the business uses tasks again."""
    used = sample.read_text(encoding="utf-8")
    sample.write_text(used.replace('use = ["tasks", "leads"]', 'use = ["leads"]'), encoding="utf-8")
    upgrade_database(sample)
    with Crm.open(sample) as crm:
        counts = {each.table: each.deleted for each in crm.privacy.preview(1).tables}
        assert counts["operational_task_before"] == 1
    sample.write_text(used, encoding="utf-8")
    upgrade_database(sample)
    require_the_same(sample)
