"""Statements over deals: of customers whom the acting person sees, and not in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import day_of
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.deals.settings import Pipeline

DAY = 86_400_000_000


def table_of(crm: Crm) -> sa.Table:
    """The table of deals."""
    return crm.tables.records[DEAL]


def seen(crm: Crm, query: sa.Select[Any]) -> sa.Select[Any]:
    """`query` over deals, of customers whom the acting person sees."""
    return query.where(*crm.seen(table_of(crm).c.customer_id))


def is_open(table: Any) -> sa.ColumnElement[bool]:
    """Neither closed nor in the archive."""
    return sa.and_(table.c.archived_at.is_(None), table.c.state.not_in((WON, LOST)))


def is_stale(table: Any, pipelines: dict[str, Pipeline], now: int) -> sa.ColumnElement[bool]:
    """Longer in its stage than the stage says is well."""
    limits = [
        (sa.and_(table.c.pipeline == name, table.c.state == stage.name), now - stage.days * DAY)
        for name, pipeline in pipelines.items()
        for stage in pipeline.open
        if stage.days is not None
    ]
    if not limits:
        return sa.false()
    # The first stage that fits decides: no row is compared with the others.
    old: sa.ColumnElement[bool] = table.c.stage_since < sa.case(*limits)
    return old


def as_day(at: int, crm: Crm) -> str:
    """The local day of an instant, in ISO 8601."""
    return day_of(crm, at).isoformat()
