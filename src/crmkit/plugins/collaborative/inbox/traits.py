"""What conditions ask of a customer's conversations; those of any kind are `count(conversation where …)`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.plugin import Tables
from crmkit.plugins.collaborative.inbox.record_type import CONVERSATION, OPEN


def unanswered(as_of: int, tables: Tables) -> sa.Select[Any]:  # noqa: ARG001 - as every trait
    """(customer, number of open conversations that wait for an answer)."""
    c = tables.records[CONVERSATION].c
    return (
        sa.select(c.customer_id, sa.func.count().label("value"))
        .where(c.state == OPEN, c.unanswered_since.is_not(None), c.archived_at.is_(None))
        .group_by(c.customer_id)
    )
