"""Workers, apart from what the jobs do."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.worker import Worker


def test_a_pass_without_work_asks_once(crm_both: Crm) -> None:
    """A worker with nothing to do looks once each second what is due; it does not try each job by a write."""
    worker = Worker(crm_both.kernel)
    worker.drain()
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement.partition(" ")[0])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert worker.once() is False
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert "SELECT" in said
    assert {"INSERT", "UPDATE"}.isdisjoint(said)
