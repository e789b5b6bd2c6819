"""Routing: into which queue new cases go, to whom, and why."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.plugin import RecordDraft, fold, phrase
from crmkit.plugins.operational.cases.clock import NEW, OPEN, WAITING
from crmkit.plugins.operational.cases.model import Case, case_columns, case_of
from crmkit.plugins.operational.cases.promises import members
from crmkit.plugins.operational.cases.record_type import CASE
from crmkit.plugins.operational.cases.settings import ROUND_ROBIN, CaseSettings, Routing

if TYPE_CHECKING:
    from crmkit import Crm

# What is noted of a case to which no rule applies, so that nobody looks at it again and again.
NO_RULE: Final = "-"
BATCH: Final = 10_000


@frozen(kw_only=True)
class Route:
    """Where a case goes: by which rule (None: none applies), into which queue, to whom; `why` says of each
    rule that was looked at whether it applies."""

    case: Case
    rule: str | None = None
    queue: str | None = None
    owner_id: int | None = None
    why: tuple[tuple[str, str], ...] = ()


@define
class Loads:
    """Who has how many open cases. Whoever is given one has one more."""

    of: dict[int, int]
    _heaps: dict[frozenset[int], list[tuple[int, int]]] = field(factory=dict)

    def next_among(self, employee_ids: frozenset[int]) -> int | None:
        """Who has the fewest, and takes this one."""
        heap = self._heaps.get(employee_ids)
        if heap is None:
            heap = self._heaps[employee_ids] = sorted((self.of.get(id_, 0), id_) for id_ in employee_ids)
        while heap:
            load, id_ = heap[0]
            now = self.of.get(id_, 0)
            if load == now:  # nobody gave them one by way of another team
                self.of[id_] = now + 1
                heapq.heapreplace(heap, (now + 1, id_))
                return id_
            heapq.heapreplace(heap, (now, id_))
        return None


@frozen
class Router:
    """Routes cases by the rules of `crm.toml`; a handful of statements serves 10,000 of them."""

    crm: Crm
    settings: CaseSettings

    def routes(self, cases: Sequence[Case]) -> list[Route]:
        """Where each of them goes, without writing anything."""
        of_rule = {
            name: frozenset(members(self.crm, rule.where, {each.customer_id for each in cases}))
            for name, rule in self.settings.routing.items()
            if rule.where is not None
        }
        loads = Loads(self._open_cases())
        people = {name: self._people(rule.assign) for name, rule in self.settings.routing.items()}
        return [self._route(each, of_rule, loads, people) for each in cases]

    def waiting(self, *, ids: Iterable[int] | None = None, anew: bool = False) -> list[Case]:
        """Cases that are nobody's, of customers whom the acting person sees: new ones that were not looked
        at, or all that are not done (`anew`)."""
        table = self.crm.tables.records[CASE]
        query = sa.select(*case_columns(table)).where(
            table.c.employee_id.is_(None), table.c.archived_at.is_(None)
        )
        if anew:
            query = query.where(table.c.state.in_((NEW, OPEN, WAITING)))
        else:
            query = query.where(table.c.state == NEW, table.c.routed_by.is_(None))
        if ids is not None:
            query = query.where(table.c.id.in_([*ids]))
        query = query.where(*self.crm.seen(table.c.customer_id))
        with self.crm.reading() as execute:
            return [case_of(row) for row in execute(query.order_by(table.c.id).limit(BATCH))]

    def apply(self, routes: Sequence[Route]) -> int:
        """Write where they go; how many were given to a queue or to somebody.

        A case that was changed since it was looked at stays as it is.
        """
        drafts = [_draft(route) for route in routes]
        report = self.crm.records.save_all(CASE, drafts, source="routing")
        return sum(
            id_ is not None and route.rule is not None for id_, route in zip(report.ids, routes, strict=True)
        )

    def _route(
        self,
        case: Case,
        of_rule: Mapping[str, frozenset[int]],
        loads: Loads,
        people: Mapping[str, frozenset[int]],
    ) -> Route:
        why = []
        for name, rule in self.settings.routing.items():
            against = _against(rule, case)
            if not against and rule.where is not None and case.customer_id not in of_rule[name]:
                against = phrase("the customer does not meet: {condition}", condition=rule.where)
            if not against and rule.assign is not None and not people[name]:
                against = phrase("nobody is here who is {name}", name=rule.assign)
            why.append((name, against or phrase("applies")))
            if not against:
                owner = loads.next_among(people[name]) if rule.assign is not None else None
                return Route(
                    case=case, rule=name, queue=rule.queue or case.queue, owner_id=owner, why=tuple(why)
                )
        return Route(case=case, queue=case.queue, why=tuple(why))

    def _open_cases(self) -> dict[int, int]:
        table = self.crm.tables.records[CASE]
        query = sa.select(table.c.employee_id, sa.func.count()).where(
            table.c.state.in_((NEW, OPEN, WAITING)),
            table.c.employee_id.is_not(None),
            table.c.archived_at.is_(None),
        )
        with self.crm.reading() as execute:
            return {int(row[0]): int(row[1]) for row in execute(query.group_by(table.c.employee_id))}

    def _people(self, named: str | None) -> frozenset[int]:
        """The ids of those who are here and whom a rule means: everybody, a team, or one, for whom somebody
        may stand in."""
        if named is None:
            return frozenset()
        active = self.crm.people.list(here=True)
        if fold(named) == fold(ROUND_ROBIN):
            return frozenset(each.id for each in active)
        team = {each.id for each in active if fold(named) in map(fold, each.teams)}
        one = {each.id for each in active if fold(named) in (fold(each.name), fold(each.email or ""))}
        return frozenset(team or one or self._stand_in(named))

    def _stand_in(self, named: str) -> set[int]:
        """Who stands in for the one whom a rule names, who is away."""
        for each in self.crm.people.list():
            if fold(named) in (fold(each.name), fold(each.email or "")):
                found = self.crm.people.covers.stand_in_for(each.id)
                return {found.id} if found else set()
        return set()


def _against(rule: Routing, case: Case) -> str:
    """What speaks against a rule, of what the case itself says."""
    if rule.category not in (None, case.category):
        return phrase(
            "its category is {own}, not {wanted}",
            own=case.category or phrase("none"),
            wanted=rule.category,
        )
    if rule.priority not in (None, case.priority):
        return phrase(
            "its priority is {own}, not {wanted}",
            own=case.priority or phrase("none"),
            wanted=rule.priority,
        )
    if case.queue is not None and rule.queue not in (None, case.queue):
        return phrase("it is in the queue {own}, not {wanted}", own=case.queue, wanted=rule.queue)
    return ""


def _draft(route: Route) -> RecordDraft:
    fields = {"routed_by": route.rule or NO_RULE}
    if route.queue is not None:
        fields["queue"] = route.queue
    return RecordDraft(id=route.case.id, fields=fields, owner=route.owner_id, version=route.case.version)
