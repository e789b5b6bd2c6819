"""What can be asked of a customer about tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.plugin import Trait
from crmkit.plugins.operational.tasks.record import OPEN, TASK

if TYPE_CHECKING:
    from crmkit.plugin import Tables


def open_tasks_trait() -> Trait:
    """`open_tasks`; of the past nothing is kept, since a task only knows its present state."""
    return Trait(
        name="open_tasks",
        type="number",
        doc="Number of tasks that are open for the customer",
        select=_open_tasks,
        missing=0,
        past=False,
    )


def _open_tasks(as_of: int, tables: Tables) -> Any:  # noqa: ARG001 - only the present is known
    import sqlalchemy as sa

    task = tables.records[TASK]
    return (
        sa.select(task.c.customer_id, sa.func.count().label("value"))
        .where(task.c.state == OPEN, task.c.archived_at.is_(None))
        .group_by(task.c.customer_id)
    )
