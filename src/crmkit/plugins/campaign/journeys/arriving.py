"""What is noted of somebody who arrives at a step, and until when it keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from attrs import define

from crmkit import CrmError
from crmkit.plugin import instant_of, local_date, phrase, zone_of
from crmkit.plugins.campaign.journeys.graph import EXIT, WAIT, WAIT_FOR, Graph, Step
from crmkit.plugins.campaign.journeys.reasons import LEFT_AT, TO_THE_END
from crmkit.plugins.campaign.journeys.states import ACTIVE, FINISHED

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@define(slots=False)
class Arrivals:
    """Arrivals at one instant: that of the unit of work."""

    crm: Crm
    tx: Transaction

    def at(self, graph: Graph, target: str, customer_id: Any) -> dict[str, Any]:
        """The values of a row in the table of people who arrive at `target`; `customer_id` is the column
        that says who they are."""
        now = self.tx.at
        step = graph.steps.get(target)
        if step is None or step.kind == EXIT:
            why = TO_THE_END if step is None else str(phrase(LEFT_AT, step=step.id))
            return {"state": FINISHED, "step": target, "why": why, "ended_at": now, **_moved(now, None)}
        return {"state": ACTIVE, "step": target, "why": None, **_moved(now, self._due(step, customer_id))}

    def _due(self, step: Step, customer_id: Any) -> Any:
        """When the step lets them go; now, where it does so as soon as anybody looks."""
        if step.kind not in (WAIT, WAIT_FOR):
            return self.tx.at
        if step.at is None:
            assert step.length is not None
            return step.length.after(self.tx.at, self.tz)
        return self._by_zone(step, customer_id)

    def _by_zone(self, step: Step, customer_id: Any) -> Any:
        customer = self.crm.tables.customer
        usual = self._until(step, self.tz)
        theirs = {name: self._until(step, tz) for name, tz in self._zones}
        apart = {name: due for name, due in theirs.items() if due != usual}
        if not apart:
            return usual
        due = sa.case(apart, value=customer.c.timezone, else_=sa.literal(usual, sa.BigInteger))
        if customer_id.table is customer:
            return due
        return sa.select(due).where(customer.c.id == customer_id).scalar_subquery()

    def _until(self, step: Step, tz: ZoneInfo) -> int:
        """The time of day at which the step ends in a time zone."""
        assert step.at is not None
        now, length = self.tx.at, step.length
        if length is None or length.unit == "hour":
            return _next(now if length is None else length.after(now, tz) - 1, step.at, tz)
        return instant_of(datetime.combine(length.days_after(local_date(now, tz)), step.at), tz)

    @cached_property
    def tz(self) -> ZoneInfo:
        """The business's time zone."""
        return zone_of(self.crm)

    @cached_property
    def _zones(self) -> Sequence[tuple[str, ZoneInfo]]:
        """The time zones that customers are in, beside the business's own."""
        column = self.crm.tables.customer.c.timezone
        names = self.tx.execute(sa.select(column).where(column.is_not(None)).distinct()).scalars()
        return [(name, tz) for name in names if (tz := _zone(name)) is not None]


def _moved(now: int, due_at: Any) -> dict[str, Any]:
    return {"arrived_at": now, "since": now, "due_at": due_at, "left_out": None}


def _next(after: int, at: time, tz: ZoneInfo) -> int:
    """The first instant after `after` at which clocks in `tz` show `at`."""
    day = local_date(after, tz)
    while (due := instant_of(datetime.combine(day, at), tz)) <= after:
        day += timedelta(days=1)
    return due


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError, CrmError):
        return None
