"""Statements over deals: of customers whom the acting person sees, and not in the archive."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crmkit.plugin import local_date
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


def today_of(crm: Crm, at: int | None = None) -> date:
    """The local day of an instant; of now, when None."""
    return local_date(crm.clock.now() if at is None else at, ZoneInfo(crm.config.crs.timezone))


def as_day(at: int, crm: Crm) -> str:
    """The local day of an instant, in ISO 8601."""
    moment = datetime.fromtimestamp(at / 1_000_000, UTC)
    return moment.astimezone(ZoneInfo(crm.config.crs.timezone)).date().isoformat()
