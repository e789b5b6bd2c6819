"""Taking people in: by a condition when the schedule says so, upon what happens, or by name."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.plugin import parse_schedule
from crmkit.plugins.campaign.journeys.arriving import Arrivals
from crmkit.plugins.campaign.journeys.graph import Graph
from crmkit.plugins.campaign.journeys.kept import Kept
from crmkit.plugins.campaign.journeys.states import ACTIVE
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
    came: list[int] = field(factory=list)

    def by_schedule(self) -> int:
        """Whom the condition means, if a turn has come since the last; how many came in."""
        graph = self.journey.newest
        if graph.declared.on:
            return 0
        period = schedule_of(graph).latest(self.tx.at, self.arrivals.tz)
        before = self.journey.taken_in_for
        if period is None or (before is not None and period.due_at <= before):
            return 0
        # Who met it when it was asked last came in then, unless they were in it before.
        since = None if self._is_anybody_free else before
        came = self.take_in([self.crm.predicates.select(entry_condition(graph), since=since)])
        table = self.crm.plugins.table(JOURNEY)
        noted = table.update().where(table.c.id == self.journey.id)
        self.tx.execute(noted.values(taken_in_for=period.due_at))
        return came

    def upon_events(self, until: int) -> int:
        """Those to whom it happened since the log was looked at, up to the number `until`; how many came
        in."""
        declared = self.journey.newest.declared
        if not declared.on:
            return 0
        each = self.crm.predicates.each(declared.on, where=declared.where).subquery("happened")
        happened = sa.select(each.c.customer_id).where(
            each.c.seq > self.journey.seen_seq, each.c.seq <= until, each.c.occurred_at > self.tx.at - _LATE,
            each.c.customer_id.is_not(None),
        )  # fmt: skip
        if self.tx.execute(happened.limit(1)).first() is None:
            return 0
        condition = entry_condition(self.journey.newest)
        among = [happened, *([self.crm.predicates.select(condition)] if condition else ())]
        return self.take_in(among)

    def take_in(self, among: Collection[Any]) -> int:
        """Have those come in who are in each of `among`, a SELECT of ids or the ids themselves: who is not in
        it, may come in again if they were, and is neither archived nor restricted. How many did; who they
        are is in `came`, except in a trial."""
        person = self.crm.plugins.table(PERSON)
        values = self._values()
        customer = self.crm.tables.customer
        chosen = (
            sa.select(customer.c.id, *values.values())
            .where(customer.c.archived_at.is_(None), customer.c.restricted_at.is_(None))
            .where(~self._is_kept_out(), *(customer.c.id.in_(each) for each in among))
            .order_by(customer.c.id)
        )
        coming = _insertion(self.tx)(person).from_select(["customer_id", *values], chosen)
        if self._is_anybody_free:
            renewed = {name: coming.excluded[name] for name in values}
            coming = coming.on_conflict_do_update(
                index_elements=["journey", "customer_id"], set_={**renewed, "entries": person.c.entries + 1}
            )
        return self._told(coming, person)

    def _values(self) -> dict[str, sa.ColumnElement[Any]]:
        """The columns of somebody who comes in, beside who it is."""
        graph, person = self.journey.newest, self.crm.plugins.table(PERSON)
        now = self.tx.at
        given = {
            "journey": self.journey.name, "entries": 1, "version": self.journey.version, "occasion": str(now),
            "entered_at": now, "ended_at": None,
            **self.arrivals.at(graph, graph.first, self.crm.tables.customer.c.id),
        }  # fmt: skip
        return {
            name: value if isinstance(value, sa.ColumnElement) else sa.literal(value, person.c[name].type)
            for name, value in given.items()
        }

    @cached_property
    def _is_anybody_free(self) -> bool:
        """Whether anybody who was in it may come in again."""
        if self._free_before is None:
            return False
        person = self.crm.plugins.table(PERSON)
        free = sa.select(person.c.id).where(
            person.c.journey == self.journey.name, person.c.ended_at <= self._free_before
        )
        return self.tx.execute(free.limit(1)).first() is not None

    @cached_property
    def _free_before(self) -> int | None:
        """Whose passage ended by then may come in again; None where nobody may."""
        again = self.journey.newest.again_after
        return None if again is None else again.before(self.tx.at, self.arrivals.tz)

    def _is_kept_out(self) -> Any:
        """That the customer is in it, or was and may not come in again yet."""
        person, customer = self.crm.plugins.table(PERSON), self.crm.tables.customer
        known = sa.exists().where(
            person.c.journey == self.journey.name, person.c.customer_id == customer.c.id
        )
        if not self._is_anybody_free:
            return known
        is_over = sa.and_(person.c.ended_at.is_not(None), person.c.ended_at <= self._free_before)
        return known.where(sa.or_(person.c.state == ACTIVE, ~is_over))

    def _told(self, change: Any, person: sa.Table) -> int:
        if self.tx.is_trial:
            return int(self.tx.execute(change.execution_options(preserve_rowcount=True)).rowcount)
        ids = list(self.tx.execute(change.returning(person.c.customer_id)).scalars())
        self.told.entered(self.journey.name, self.journey.version, self.journey.newest.first, ids)
        self.came += ids
        return len(ids)


def entry_condition(graph: Graph) -> str:
    """The condition on whoever comes in: who has reached the goal has no need to."""
    who, goal = graph.declared.who.strip(), graph.declared.goal.strip()
    if goal:
        return f"({who}) and not ({goal})" if who else f"not ({goal})"
    return who


def _insertion(tx: Transaction) -> Any:
    """INSERT as the engine's own, which knows what to do with rows that are there."""
    from sqlalchemy.dialects import postgresql, sqlite

    return sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert


def schedule_of(graph: Graph) -> Schedule:
    """When the condition is asked."""
    return parse_schedule(graph.declared.run or USUAL_RUN)
