"""A customer in numbers: the section of their page, and the rows of `crm analytics rfm`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Money
from crmkit.plugin import Section
from crmkit.plugins.analytical.purchases import rfm

if TYPE_CHECKING:
    from crmkit import Crm, Customer


def numbers(crm: Crm, customer_ids: Sequence[int] | None = None, limit: int | None = None) -> list[Any]:
    """Rows (customer_id, recency in days, frequency, monetary in minor units), best buyers first."""
    query = rfm(crm.clock.now(), crm.tables)
    buyer = crm.tables.interaction.c.customer_id
    if customer_ids is not None:
        query = query.where(buyer.in_(customer_ids))
    condition = crm.visible()
    if condition is not None:
        query = query.where(buyer.in_(sa.select(crm.tables.customer.c.id).where(condition)))
    with crm.reading() as execute:
        return list(execute(query.order_by(sa.desc("monetary"), buyer).limit(limit)))


def in_numbers(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages."""
    currency = crm.config.crs.currency
    for customer_id, days, count, total in numbers(crm, [customer.id for customer in customers]):
        lines = (
            ("Purchases", str(count)),
            ("Spent", str(Money(total, currency))),
            ("Last bought", _ago(days)),
        )
        yield customer_id, Section("In numbers", lines)


def _ago(days: int) -> str:
    if days == 0:
        return "less than a day ago"
    return "1 day ago" if days == 1 else f"{days:,} days ago"
