"""What conditions ask of a customer's conversations; those of any kind are `count(conversation where …)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crmkit.plugin import Tables, Trait
from crmkit.plugins.collaborative.inbox.record_type import CONVERSATION, OPEN


def inbox_traits() -> Iterator[Trait]:
    """The traits of conversations."""
    yield Trait(
        name="unanswered", type="number", missing=0, past=False, select=_unanswered,
        doc="Number of conversations in which the customer waits for our answer",
    )  # fmt: skip


def _unanswered(as_of: int, tables: Tables) -> sa.Select[Any]:  # noqa: ARG001 - as every trait
    c = tables.records[CONVERSATION].c
    return (
        sa.select(c.customer_id, sa.func.count().label("value"))
        .where(c.state == OPEN, c.unanswered_since.is_not(None), c.archived_at.is_(None))
        .group_by(c.customer_id)
    )
