"""One pass: everybody in a journey whose step lets them go moves on, set by set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.plugins.campaign.journeys.arriving import Arrivals
from crmkit.plugins.campaign.journeys.graph import ACT, BRANCH, WAIT_FOR, Graph, Step
from crmkit.plugins.campaign.journeys.kept import OPEN, Kept
from crmkit.plugins.campaign.journeys.reasons import PUT_ASIDE, REACHED, WENT_ON
from crmkit.plugins.campaign.journeys.rules import step_id
from crmkit.plugins.campaign.journeys.states import ACTIVE, GOAL, LEFT
from crmkit.plugins.campaign.journeys.tables import PERSON
from crmkit.plugins.campaign.journeys.telling import Told

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

Where = Sequence[Any]
_AT_ONCE: Final = 5_000


@define(slots=False)
class Moving:
    """The people of one journey, at the instant of a unit of work."""

    crm: Crm
    tx: Transaction
    journey: Kept
    told: Told
    arrivals: Arrivals
    person: sa.Table = field(init=False)
    has_left: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.person = self.crm.plugins.table(PERSON)

    def put_aside(self) -> None:
        """Whoever was archived, or is restricted, leaves."""
        customer = self.crm.tables.customer
        is_aside = sa.or_(customer.c.archived_at.is_not(None), customer.c.restricted_at.is_not(None))
        aside = sa.select(customer.c.id).where(is_aside)
        self.leave(LEFT, PUT_ASIDE, [self.person.c.customer_id.in_(aside)])

    def reach_goals(self, *, everybody: bool) -> None:
        """Whoever has reached the goal of their version leaves; asked of those who are about to move, or of
        everybody."""
        for number, graph in self.journey.versions.items():
            among = [self.person.c.version == number]
            if not everybody:
                among.append(self.person.c.due_at <= self.tx.at)
            if graph.declared.goal.strip() and self._any(among):
                reached = self.crm.predicates.select(graph.declared.goal)
                self.leave(GOAL, REACHED, [*among, self.person.c.customer_id.in_(reached)])

    def is_anybody_due(self) -> bool:
        """Whether the step of anybody lets them go by now."""
        return self._any([self.person.c.due_at <= self.tx.at])

    def notice(self) -> None:
        """Whoever has done what their step waits for moves on, if it was in time."""
        for number, graph in self.journey.versions.items():
            for step in graph.steps.values():
                if step.kind == WAIT_FOR and self._any(self._at(number, step)):
                    self._happen(number, graph, step)

    def go_on(self) -> None:
        """Whoever is due moves on, until nobody is: in no circle of steps does no time pass."""
        due = self._due()
        while due:
            number, id_ = due.pop(0)
            graph = self.journey.versions[number]
            for target in self._leave(number, graph, graph.steps[id_]):
                kind = graph.steps[target].kind if target in graph.steps else ""
                if kind in (BRANCH, WAIT_FOR) and (number, target) not in due:
                    due.append((number, target))

    def leave(self, state: str, why: str, where: Where) -> int:
        """Those leave for whom `where` holds; how many."""
        values = {"state": state, "why": why, "ended_at": self.tx.at, "due_at": None, "left_out": None}
        count = self._update(values, where)
        self.has_left = self.has_left or count > 0
        return count

    def take_back(self) -> None:
        """What waits to be handed over for those who are no longer where it was done never is: whoever has
        bought is not told that they are missed."""
        if self.tx.is_trial:
            return
        reasons: dict[str, list[int]] = {}
        for row in self.tx.execute(self._strayed()):
            reasons.setdefault(row.why or WENT_ON, []).append(row.id)
        for reason, numbers in reasons.items():
            for some in (numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)):
                self.crm.effects.cancel(some, reason=reason)

    def _strayed(self) -> Any:
        """(number, why they left) of what waits for those who are not at its step."""
        effect, person = self.crm.tables.effect, self.person
        theirs = sa.and_(person.c.journey == self.journey.name, person.c.customer_id == effect.c.customer_id)
        step = sa.literal("v") + sa.cast(person.c.version, sa.Text) + sa.literal(".") + person.c.step
        is_there = sa.and_(
            person.c.state == ACTIVE, person.c.occasion == effect.c.occasion, step == effect.c.step
        )
        return (
            sa.select(effect.c.id, person.c.why)
            .select_from(effect.join(person, theirs))
            .where(effect.c.due_at.is_not(None), effect.c.state.in_(OPEN))
            .where(effect.c.origin == self.journey.origin, ~is_there)
        )

    def _leave(self, number: int, graph: Graph, step: Step) -> list[str]:
        """Let go of those who are due at a step; to which steps somebody came."""
        here = [*self._at(number, step), self.person.c.due_at <= self.tx.at]
        if step.kind == ACT:
            is_done = sa.or_(self.person.c.left_out.is_not(None), self._is_settled(number, step))
            # What happens upon an act may do so before anybody has seen that it is done.
            return self._moved(graph, step.yes, [*here, is_done], since=self.person.c.arrived_at)
        if step.kind == BRANCH:
            holds = self.person.c.customer_id.in_(self.crm.predicates.select(step.declared.branch))
            return self._moved(graph, step.yes, [*here, holds]) + self._moved(graph, step.no, here)
        came = self._happen(number, graph, step) if step.kind == WAIT_FOR else []
        return came + self._moved(graph, step.no, here)

    def _happen(self, number: int, graph: Graph, step: Step) -> list[str]:
        return self._moved(graph, step.yes, [*self._at(number, step), self._happened(step)])

    def _moved(self, graph: Graph, target: str, where: Where, **values: Any) -> list[str]:
        return [target] if self._move(graph, target, where, **values) else []

    def _move(self, graph: Graph, target: str, where: Where, **values: Any) -> int:
        values = {**self.arrivals.at(graph, target, self.person.c.customer_id), **values}
        return self._update(values, where)

    def _update(self, values: dict[str, Any], where: Where) -> int:
        person = self.person
        change = (
            person.update()
            .where(person.c.journey == self.journey.name, person.c.state == ACTIVE, *where)
            .values(values)
        )
        if self.tx.is_trial:
            return self.tx.execute(change).rowcount
        rows = self.tx.execute(change.returning(person.c.customer_id, person.c.version, person.c.step)).all()
        is_over = values["state"] != ACTIVE if "state" in values else False
        self.told.moved(self.journey.name, rows, why=values.get("why") if is_over else None)
        return len(rows)

    def _due(self) -> list[tuple[int, str]]:
        """The (version, step) pairs at which anybody is due."""
        person = self.person
        chosen = (
            sa.select(person.c.version, person.c.step)
            .where(person.c.journey == self.journey.name, person.c.state == ACTIVE)
            .where(person.c.due_at <= self.tx.at)
            .distinct()
        )
        return sorted((int(each.version), str(each.step)) for each in self.tx.execute(chosen))

    def _any(self, where: Where) -> bool:
        person = self.person
        chosen = sa.select(person.c.id).where(
            person.c.journey == self.journey.name, person.c.state == ACTIVE, *where
        )
        return self.tx.execute(chosen.limit(1)).first() is not None

    def _at(self, number: int, step: Step) -> list[Any]:
        return [self.person.c.version == number, self.person.c.step == step.id]

    def _happened(self, step: Step) -> Any:
        """That the person did what the step waits for since they came to it, and in time."""
        said, person = step.declared, self.person
        each = self.crm.predicates.each(said.wait_for, where=said.where).subquery("happened")
        in_time = each.c.occurred_at.between(person.c.since, person.c.due_at)
        return sa.exists().where(each.c.customer_id == person.c.customer_id, in_time)

    def _is_settled(self, number: int, step: Step) -> Any:
        """That the step is in the ledger for the person, and nothing of it is still to be handed over."""
        effect, person = self.crm.tables.effect, self.person
        return sa.exists().where(
            effect.c.origin == self.journey.origin,
            effect.c.step == step_id(number, step.id),
            effect.c.occasion == person.c.occasion,
            effect.c.customer_id == person.c.customer_id,
            effect.c.state.not_in(OPEN),
        )
