"""Assignment: which rule fits a lead, and whose turn it is among those whom it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import define, frozen

from crmkit import Ambiguous, NotFound
from crmkit.plugin import nphrase, phrase
from crmkit.plugins.operational.leads.model import Assigned
from crmkit.plugins.operational.leads.tables import LEAD

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.leads.settings import Assignment, LeadSettings


@define
class Load:
    """How many open leads an employee has, and when they were last given one."""

    id: int
    name: str
    leads: int = 0
    last: int = 0
    turn: int = 0


@frozen
class Assigning:
    """Chooses for many leads at once: each choice counts for the next."""

    crm: Crm
    settings: LeadSettings

    def choose(self, customer_ids: Sequence[int], at: int) -> Sequence[Assigned]:
        """Whom each lead goes to, in their order, and why. Nothing is written."""
        if self.settings.in_hours and not self.crm.hours.is_open(at):
            return [_nobody(id_, phrase("it is outside of opening hours")) for id_ in customer_ids]
        fits = {
            name: {*self.crm.predicates.members(rule.where)} if rule.where else {*customer_ids}
            for name, rule in self.settings.assign.items()
        }
        loads = self._loads()
        teams = {name: self._those(rule, loads) for name, rule in self.settings.assign.items()}
        return [self._one(id_, place, fits, teams) for place, id_ in enumerate(customer_ids, 1)]

    def _one(
        self, id_: int, turn: int, fits: Mapping[str, set[int]], teams: Mapping[str, Sequence[Load]]
    ) -> Assigned:
        why = (
            phrase("no rule of assignment fits")
            if self.settings.assign
            else phrase("there are no rules of assignment")
        )
        for name, rule in self.settings.assign.items():
            if id_ not in fits[name]:
                continue
            free = [each for each in teams[name] if self._has_room(each)]
            if not free:
                why = phrase(
                    'whoever "{name}" names has no room, is away, or no longer works here', name=name
                )
                continue
            chosen = min(free, key=_by_turn if rule.how == "round robin" else _by_load)
            said = self._why(name, rule, chosen, len(teams[name]))
            chosen.leads += 1
            chosen.turn = turn
            return Assigned(customer_id=id_, employee_id=chosen.id, employee=chosen.name, rule=name, why=said)
        return _nobody(id_, why)

    def _why(self, name: str, rule: Assignment, chosen: Load, many: int) -> str:
        told = {
            "fits": phrase('"{name}" fits ({condition})', name=name, condition=rule.where)
            if rule.where
            else phrase('"{name}" fits', name=name),
            "employee": chosen.name,
            "team": rule.to,
        }
        if many == 1:
            return phrase("{fits} and names {employee}", **told)
        if rule.how == "round robin":
            return phrase("{fits}, and in {team} it is the turn of {employee}", **told)
        return nphrase(
            "{fits}, and in {team} {employee} has the fewest: {count} open lead",
            "{fits}, and in {team} {employee} has the fewest: {count} open leads",
            chosen.leads,
            **told,
        )

    def _has_room(self, load: Load) -> bool:
        return self.settings.most is None or load.leads < self.settings.most

    def _those(self, rule: Assignment, loads: Mapping[str, Load]) -> Sequence[Load]:
        """Who may be meant by a rule: the members of a team, or one employee; only who works here."""
        for team in self.crm.people.teams():
            if team.name.casefold() == rule.to.casefold():
                return [loads[name] for name in team.members if name in loads]
        try:
            found = self.crm.people.get(rule.to)
        except (NotFound, Ambiguous):
            return []
        return [loads[found.name]] if found.active and found.name in loads else []

    def _loads(self) -> dict[str, Load]:
        """Every employee who is here today, with open leads and the last time they were given one."""
        lead, customer = self.crm.plugins.table(LEAD), self.crm.tables.customer
        open_ = (
            sa.select(customer.c.owner_id, sa.func.count())
            .outerjoin(lead, lead.c.customer_id == customer.c.id)
            .where(
                customer.c.lifecycle == "lead", customer.c.archived_at.is_(None),
                customer.c.owner_id.is_not(None), lead.c.lost_at.is_(None),
            )
            .group_by(customer.c.owner_id)
        )  # fmt: skip
        given = (
            sa.select(lead.c.assigned_to, sa.func.max(lead.c.assigned_at), sa.func.max(lead.c.id))
            .where(lead.c.assigned_to.is_not(None))
            .group_by(lead.c.assigned_to)
        )
        loads = {each.id: Load(each.id, each.name) for each in self.crm.people.list(here=True)}
        with self.crm.reading() as execute:
            for id_, count in execute(open_):
                if id_ in loads:
                    loads[id_].leads = count
            for id_, last, _ in execute(given):
                if id_ in loads:
                    loads[id_].last = last or 0
        return {each.name: each for each in loads.values()}


def _by_turn(load: Load) -> tuple[int, int, int]:
    """Who was given one longest ago; within one batch, by their turn in it."""
    return load.turn, load.last, load.id


def _by_load(load: Load) -> tuple[int, int, int, int]:
    return load.leads, load.turn, load.last, load.id


def _nobody(id_: int, why: str) -> Assigned:
    return Assigned(customer_id=id_, employee_id=None, employee=None, rule=None, why=why)
