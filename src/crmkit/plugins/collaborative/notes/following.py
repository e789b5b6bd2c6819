"""Who follows which customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugins.collaborative.notes.tables import FOLLOW

if TYPE_CHECKING:
    from crmkit import Crm, Employee
    from crmkit.plugins.collaborative.notes.model import Follower


class Following:
    """Following customers, for whoever `crm` acts for: what happens with them comes into one's feed."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(FOLLOW)

    def follow(self, customer: str | int, employee: str | int | None = None) -> bool:
        """Follow a customer, oneself or on behalf of an employee; whether that is new.

        Raises `NotFound` where either is unknown, or the employee does not see the customer; `Invalid` where
        it is nobody's turn.
        """
        crm = self._crm
        who = self._who(employee)
        crm.require("customers.read")
        customer_id = crm.customers.resolve(customer)
        if who.id != crm.actor.id:
            # They would never see anything of it.
            crm.acting_as(str(who.id)).customers.resolve(customer_id)
        with crm.transaction() as tx:
            if tx.execute(self._one(customer_id, who)).first() is not None:
                return False
            values = {"customer_id": customer_id, "employee_id": who.id, "at": tx.at}
            tx.execute(sa.insert(self._table).values(**values))
        return True

    def unfollow(self, customer: str | int, employee: str | int | None = None) -> bool:
        """Follow a customer no longer; whether one did."""
        who = self._who(employee)
        self._crm.require("customers.read")
        customer_id = self._crm.customers.resolve(customer)
        with self._crm.transaction() as tx:
            found = tx.execute(self._one(customer_id, who)).scalar()
            tx.execute(sa.delete(self._table).where(self._table.c.id == found))
        return found is not None

    def followers(self, customer: str | int) -> list[Follower]:
        """Who works here and follows a customer, the first to do so first."""
        from crmkit.plugins.collaborative.notes.model import Follower

        self._crm.require("customers.read")
        customer_id = self._crm.customers.resolve(customer)
        table = self._table
        query = sa.select(table.c.employee_id, table.c.at).where(table.c.customer_id == customer_id)
        with self._crm.reading() as execute:
            rows = execute(query.order_by(table.c.at, table.c.id)).all()
        known = {each.id: each for each in self._crm.people.list()}
        return [Follower(employee=known[id_], at=at) for id_, at in rows if id_ in known]

    def _one(self, customer_id: int, who: Employee) -> sa.Select[tuple[int]]:
        table = self._table
        return sa.select(table.c.id).where(table.c.customer_id == customer_id, table.c.employee_id == who.id)

    def _who(self, employee: str | int | None) -> Employee:
        """The employee in question. Somebody else's choice needs the right to manage people."""
        if employee is not None:
            found = self._crm.people.get(employee)
            if found.id != self._crm.actor.id:
                self._crm.require("people.manage")
            return found
        if self._crm.actor.employee is None:
            raise Invalid("Who is to follow?", hint="Say so: --for EMPLOYEE, or crm --as EMPLOYEE …")
        return self._crm.actor.employee
