"""What conditions ask of the promises to a customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crmkit.plugin import Trait
from crmkit.plugins.collaborative.handovers.record_type import BROKEN, HANDOVER, RUNNING

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.plugin import Duration, Tables


def handover_traits() -> Iterator[Trait]:
    """The traits of handovers."""
    yield Trait(
        name="open_handovers",
        type="number",
        doc="Number of promises that somebody is to accept or to keep",
        select=open_handovers,
        missing=0,
        past=False,
    )
    yield Trait(
        name="broken_promises",
        type="number",
        doc="broken_promises(window): how many promises were broken within it",
        select=broken_promises,
        missing=0,
        past=False,
    )


def open_handovers(as_of: int, tables: Tables) -> Any:  # noqa: ARG001 - known as of now only
    """(customer, number of promises that are offered or accepted)."""
    return _count(tables, tables.records[HANDOVER].c.state.in_(RUNNING))


def broken_promises(as_of: int, tables: Tables, tz: tzinfo, window: Duration) -> Any:
    """(customer, number of promises whose time was over, or that were given up, within the window)."""
    c = tables.records[HANDOVER].c
    return _count(tables, c.state == BROKEN, c.broken_at > window.before(as_of, tz), c.broken_at <= as_of)


def _count(tables: Tables, *conditions: Any) -> Any:
    import sqlalchemy as sa

    table = tables.records[HANDOVER]
    return (
        sa.select(table.c.customer_id, sa.func.count().label("value"))
        .where(table.c.archived_at.is_(None), *conditions)
        .group_by(table.c.customer_id)
    )
