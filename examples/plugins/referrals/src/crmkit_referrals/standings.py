"""Who recommends the business, and how often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import Section
from crmkit_referrals.model import Standing
from crmkit_referrals.tables import POINTS

if TYPE_CHECKING:
    from crmkit import Crm, Customer


class Referrals:
    """The standings, for whoever `crm` acts for: `crm.service(Referrals)`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(POINTS)

    def top(self, limit: int = 10) -> tuple[Standing, ...]:
        """Those who recommended most, of the customers that the acting person sees."""
        recommendations, customer_id = self._table.c.recommendations, self._table.c.customer_id
        query = self._query().where(recommendations > 0).order_by(recommendations.desc(), customer_id)
        return self._read(query.limit(limit))

    def of(self, customer_ids: Sequence[int]) -> tuple[Standing, ...]:
        """The standings of these customers; who never recommended anything has none."""
        return self._read(self._query().where(self._table.c.customer_id.in_(customer_ids)))

    def _query(self) -> sa.Select[tuple[int, int, int]]:
        table, customer = self._table, self._crm.tables.customer
        query = sa.select(table.c.customer_id, table.c.recommendations, table.c.points)
        query = query.join(customer, customer.c.id == table.c.customer_id)
        condition = self._crm.visible()
        return query if condition is None else query.where(condition)

    def _read(self, query: sa.Select[tuple[int, int, int]]) -> tuple[Standing, ...]:
        self._crm.require("customers.read")
        with self._crm.reading() as execute:
            return tuple(Standing(*row) for row in execute(query))


def sections(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages."""
    for standing in Referrals(crm).of([customer.id for customer in customers]):
        lines = (("Recommended us", f"{standing.recommendations} ×"), ("Points", str(standing.points)))
        yield standing.customer_id, Section("Referrals", lines)
