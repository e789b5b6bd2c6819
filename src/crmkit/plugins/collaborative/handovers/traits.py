"""What conditions ask of the promises to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugins.collaborative.handovers.record_type import BROKEN, HANDOVER, RUNNING

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.plugin import Duration, Tables


def open_handovers(as_of: int, tables: Tables) -> Any:  # noqa: ARG001 - known as of now only
    """(customer, number of promises that are offered or accepted)."""
    return _count(tables, tables.records[HANDOVER].c.state.in_(RUNNING))


def broken_promises(as_of: int, tables: Tables, tz: tzinfo, window: Duration) -> Any:
    """(customer, number of promises whose time was over, or that were given up, within the window)."""
    c = tables.records[HANDOVER].c
    return _count(tables, c.state == BROKEN, c.broken_at > window.before(as_of, tz), c.broken_at <= as_of)


def _count(tables: Tables, *conditions: Any) -> Any:
    table = tables.records[HANDOVER]
    return (
        sa.select(table.c.customer_id, sa.func.count().label("value"))
        .where(table.c.archived_at.is_(None), *conditions)
        .group_by(table.c.customer_id)
    )
