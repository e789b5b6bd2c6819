"""The words of recency, frequency and monetary value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import Tables, Trait
from crmkit.plugins.analytical import purchases

if TYPE_CHECKING:
    from crmkit.plugins.analytical.purchases import Worth
    from crmkit.plugins.analytical.rfm.settings import RfmSettings


def words(settings: RfmSettings) -> Iterable[Trait]:
    """Traits of one customer's purchases."""
    yield Trait(
        name="recency",
        type="number",
        doc="Days since the last purchase: whole days of 24 hours; none for whoever never bought",
        select=purchases.recency,
    )
    yield Trait(
        name="frequency",
        type="number",
        doc="Number of purchases, those given back as well",
        select=purchases.frequency,
        missing=0,
    )
    yield Trait(
        name="monetary",
        type="money",
        doc="Sum of all purchases less refunds; other currencies at the rate of their day",
        select=purchases.monetary,
        missing=0,
    )
    yield Trait(
        name="rfm_segment",
        type="choice",
        choices=settings.order,
        doc="Segment by recency, frequency and monetary scores among all who ever bought; none without a "
        "purchase",
        select=_segment(settings),
    )


def _segment(settings: RfmSettings) -> Callable[..., sa.Select[Any]]:
    cells = settings.cells

    def rfm_segment(as_of: int, tables: Tables, past: bool, worth: Worth, currency: str) -> sa.Select[Any]:
        from crmkit.plugins.analytical.rfm.rfm import own_breaks
        from crmkit.plugins.analytical.rfm.statements import scored

        totals = purchases.rfm(as_of, tables, past=past, worth=worth)
        each = scored(totals, settings.scores, own_breaks(settings, currency), cells).subquery("scored")
        return sa.select(each.c.customer_id, each.c.segment)

    return rfm_segment
