"""Who can be given a promise: who works here, in which team, and sees the customer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import fold, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import Crm, Employee

_AT_ONCE: Final = 10_000
_ADMINISTRATOR: Final = "administrator"


class Staff:
    """The employees and teams of a business, and which of the customers at hand each of them sees."""

    def __init__(self, crm: Crm, customers: Collection[int] = ()) -> None:
        self._crm = crm
        self._customers = customers
        self._seen: dict[int, frozenset[int] | None] = {}
        self._named: dict[str, Employee] = {}

    @cached_property
    def everybody(self) -> Mapping[int, Employee]:
        """By id, also who left."""
        return {each.id: each for each in self._crm.people.list(left=True)}

    @cached_property
    def by_uid(self) -> Mapping[str, Employee]:
        """By uid, also who left."""
        return {each.uid: each for each in self.everybody.values()}

    @cached_property
    def _teams(self) -> Mapping[str, str]:
        return {fold(each.name): each.name for each in self._crm.people.teams()}

    @property
    def is_boss(self) -> bool:
        """Whether whoever acts is an administrator, or crmkit itself."""
        return self._crm.actor.employee is None or self._crm.actor.role.name == _ADMINISTRATOR

    def employee(self, named: str | int) -> Employee:
        """Who is meant. Raises `NotFound`, `Ambiguous`, and `Invalid` for who left."""
        key = str(named)
        if key not in self._named:
            known = self.everybody.get(named) if isinstance(named, int) else self.by_uid.get(named)
            self._named[key] = known or self._crm.people.get(named)
        found = self._named[key]
        if not found.active:
            raise Invalid(phrase("{name} no longer works here", name=found.name), hint="Name somebody else.")
        return found

    def team(self, named: str) -> str:
        """The team's name as it is written. Raises `Invalid`."""
        found = self._teams.get(fold(named))
        if found is None:
            raise Invalid(phrase('There is no team "{team}"', team=named), hint="Run: crm people teams list")
        return found

    def members(self, team: str) -> Iterator[Employee]:
        """Those of a team who work here."""
        return (each for each in self.everybody.values() if each.active and team in each.teams)

    def require_receiver(self, employee: Employee | None, team: str | None, customer: int) -> None:
        """Raise `Invalid` unless they can do something about a promise to this customer."""
        if employee is not None:
            if reason := self._cannot(employee, customer):
                raise Invalid(
                    phrase("{employee} {reason}", employee=employee.name, reason=reason),
                    hint="Hand it to somebody else.",
                )
            return
        if not any(True for _ in self.members(str(team))):
            raise Invalid(
                phrase('Nobody is in the team "{team}"', team=team),
                hint=phrase('Run: crm people teams join "{team}" WHO', team=team),
            )
        if all(self._cannot(each, customer) for each in self.members(str(team))):
            raise Invalid(
                phrase('Nobody in the team "{team}" sees this customer', team=team),
                hint="Hand it to somebody else.",
            )

    def _cannot(self, employee: Employee, customer: int) -> str:
        if employee.id not in self._seen:
            self._seen[employee.id] = self._who_is_seen(employee)
        seen = self._seen[employee.id]
        return "" if seen is None or customer in seen else phrase("does not see this customer")

    def _who_is_seen(self, employee: Employee) -> frozenset[int] | None:
        """Which of the customers at hand, None for all of them; none for who may not work with records."""
        crm = self._crm.acting_as(str(employee.id))
        if not (crm.actor.may("records.write") and crm.actor.may("customers.read")):
            return frozenset()
        condition = crm.visible()
        if condition is None:
            return None
        customer, remaining = self._crm.tables.customer.c, iter(sorted(self._customers))
        found: set[int] = set()
        with self._crm.reading() as execute:
            while chunk := list(islice(remaining, _AT_ONCE)):
                query = sa.select(customer.id).where(customer.id.in_(chunk), condition)
                found.update(execute(query).scalars())
        return frozenset(found)
