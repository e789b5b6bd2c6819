"""Taking people in: by a condition when the schedule says so, upon what happens, or by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define

from crmkit.plugin import parse_schedule
from crmkit.plugins.campaign.journeys.arriving import Arrivals
from crmkit.plugins.campaign.journeys.graph import Graph
from crmkit.plugins.campaign.journeys.kept import Kept
from crmkit.plugins.campaign.journeys.model import ACTIVE
from crmkit.plugins.campaign.journeys.tables import JOURNEY, PERSON
from crmkit.plugins.campaign.journeys.telling import Told

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Schedule, Transaction

USUAL_RUN: Final = "daily at 09:00"
# What happened longer ago takes nobody in: it was recorded late.
_LATE: Final = 2 * 86_400_000_000


@define(slots=False)
class Entering:
    """Entries into one journey, at the instant of a unit of work."""

    crm: Crm
    tx: Transaction
    journey: Kept
    told: Told
    arrivals: Arrivals

    def by_schedule(self) -> None:
        """Whom the condition means, if a turn has come since the last."""
        graph = self.journey.newest
        if graph.declared.on:
            return
        period = schedule_of(graph).latest(self.tx.at, self.arrivals.tz)
        before = self.journey.taken_in_for
        if period is None or (before is not None and period.due_at <= before):
            return
        self.take_in([self.crm.predicates.select(entry_condition(graph))])
        table = self.crm.plugins.table(JOURNEY)
        noted = table.update().where(table.c.id == self.journey.id)
        self.tx.execute(noted.values(taken_in_for=period.due_at))

    def upon_events(self, until: int) -> None:
        """Those to whom it happened since the log was looked at, up to the number `until`."""
        declared = self.journey.newest.declared
        if not declared.on:
            return
        each = self.crm.predicates.each(declared.on, where=declared.where).subquery("happened")
        happened = sa.select(each.c.customer_id).where(
            each.c.seq > self.journey.seen_seq, each.c.seq <= until, each.c.occurred_at > self.tx.at - _LATE,
            each.c.customer_id.is_not(None),
        )  # fmt: skip
        if self.tx.execute(happened.limit(1)).first() is None:
            return
        condition = entry_condition(self.journey.newest)
        self.take_in([happened, *([self.crm.predicates.select(condition)] if condition else ())])

    def take_in(self, among: Collection[Any]) -> list[int]:
        """Have those come in who are in each of `among`, a SELECT of ids or the ids themselves: who is not in
        it, may come in again if they were, and is neither archived nor restricted. Their ids; none in a
        trial."""
        values = self._values()
        return [*self._again(among, values), *self._for_the_first_time(among, values)]

    def _values(self) -> dict[str, Any]:
        now = self.tx.at
        return {"version": self.journey.version, "occasion": str(now), "entered_at": now, "ended_at": None}

    def _again(self, among: Collection[Any], values: dict[str, Any]) -> list[int]:
        graph, person = self.journey.newest, self.crm.plugins.table(PERSON)
        again = graph.again_after
        if again is None:
            return []
        before = again.before(self.tx.at, self.arrivals.tz)
        arrival = self.arrivals.at(graph, graph.first, person.c.customer_id)
        change = (
            person.update()
            .where(person.c.journey == self.journey.name, person.c.state != ACTIVE)
            .where(person.c.ended_at <= before, person.c.customer_id.in_(self._present()))
            .where(*(person.c.customer_id.in_(each) for each in among))
            .values({**values, **arrival, "entries": person.c.entries + 1})
        )
        return self._told(change, person)

    def _for_the_first_time(self, among: Collection[Any], values: dict[str, Any]) -> list[int]:
        graph, person = self.journey.newest, self.crm.plugins.table(PERSON)
        customer = self.crm.tables.customer
        known = sa.exists().where(
            person.c.journey == self.journey.name, person.c.customer_id == customer.c.id
        )
        arrival = self.arrivals.at(graph, graph.first, customer.c.id)
        given = {"journey": self.journey.name, "entries": 1, **values, **arrival}
        columns = {
            name: value if isinstance(value, sa.ColumnElement) else sa.literal(value, person.c[name].type)
            for name, value in given.items()
        }
        chosen = (
            sa.select(customer.c.id, *columns.values())
            .where(customer.c.archived_at.is_(None), customer.c.restricted_at.is_(None), ~known)
            .where(*(customer.c.id.in_(each) for each in among))
            .order_by(customer.c.id)
        )
        return self._told(person.insert().from_select(["customer_id", *columns], chosen), person)

    def _present(self) -> Any:
        customer = self.crm.tables.customer
        return sa.select(customer.c.id).where(
            customer.c.archived_at.is_(None), customer.c.restricted_at.is_(None)
        )

    def _told(self, change: Any, person: sa.Table) -> list[int]:
        if self.tx.is_trial:
            self.tx.execute(change)
            return []
        ids = list(self.tx.execute(change.returning(person.c.customer_id)).scalars())
        self.told.entered(self.journey.name, self.journey.version, self.journey.newest.first, ids)
        return ids


def entry_condition(graph: Graph) -> str:
    """The condition on whoever comes in: who has reached the goal has no need to."""
    who, goal = graph.declared.who.strip(), graph.declared.goal.strip()
    if goal:
        return f"({who}) and not ({goal})" if who else f"not ({goal})"
    return who


def schedule_of(graph: Graph) -> Schedule:
    """When the condition is asked."""
    return parse_schedule(graph.declared.run or USUAL_RUN)
