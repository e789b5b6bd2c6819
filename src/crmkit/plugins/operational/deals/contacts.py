"""Contact roles: who decides, who uses, who pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit import Invalid, NotFound
from crmkit.plugin import phrase
from crmkit.plugins.operational.deals.tables import CONTACT

if TYPE_CHECKING:
    from crmkit import Crm

_LONGEST = 60


@frozen(kw_only=True)
class Contact:
    """Somebody's part in a deal: `decision maker`, `user`, `buyer`."""

    deal_id: int
    customer_id: int
    name: str
    role: str


class Contacts:
    """Contact roles of deals; whoever asks sees those of customers they see."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(CONTACT)

    def of(self, deal_id: int) -> Sequence[Contact]:
        """Who has a part in a deal, in the order in which they came."""
        return self._found(self._table.c.deal_id == deal_id)

    def of_customers(self, customer_ids: Sequence[int]) -> Sequence[Contact]:
        """In which deals these customers have a part."""
        return self._found(self._table.c.customer_id.in_(customer_ids))

    def add(self, deal_id: int, customer: str | int, role: str) -> Contact:
        """Give somebody a role; it replaces the one that they had. Raises `Invalid`, `NotFound`."""
        self._crm.require("records.write")
        role = " ".join(role.split())
        if not role or len(role) > _LONGEST:
            raise Invalid(
                phrase("A role has 1 to {longest} characters", longest=_LONGEST),
                hint='Such as: --role "decision maker"',
            )
        with self._crm.transaction() as tx:
            customer_id = self._crm.customers.resolve(customer)
            tx.execute(sa.delete(self._table).where(*self._is(deal_id, customer_id)))
            tx.execute(
                sa.insert(self._table).values(
                    deal_id=deal_id, customer_id=customer_id, role=role, created_at=tx.at
                )
            )
            return self._found(*self._is(deal_id, customer_id))[0]

    def remove(self, deal_id: int, customer: str | int) -> Contact:
        """Take somebody's role away. Raises `NotFound` where they have none."""
        self._crm.require("records.write")
        with self._crm.transaction() as tx:
            customer_id = self._crm.customers.resolve(customer)
            found = self._found(*self._is(deal_id, customer_id))
            if not found:
                raise NotFound(
                    phrase("They have no part in deal {deal_id}", deal_id=deal_id),
                    hint=phrase("See: crm deals contacts {deal_id}", deal_id=deal_id),
                )
            tx.execute(sa.delete(self._table).where(*self._is(deal_id, customer_id)))
            return found[0]

    def _is(self, deal_id: int, customer_id: int) -> tuple[Any, Any]:
        return self._table.c.deal_id == deal_id, self._table.c.customer_id == customer_id

    def _found(self, *conditions: Any) -> Sequence[Contact]:
        table, customer = self._table, self._crm.tables.customer
        query = sa.select(table.c.deal_id, table.c.customer_id, customer.c.name, table.c.role).join(
            customer, customer.c.id == table.c.customer_id
        )
        query = query.where(*conditions, *self._crm.seen()).order_by(table.c.id)
        with self._crm.reading() as execute:
            return [
                Contact(deal_id=row[0], customer_id=row[1], name=row[2], role=row[3])
                for row in execute(query)
            ]
