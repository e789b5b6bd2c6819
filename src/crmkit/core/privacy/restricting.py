"""Restriction: what is kept of a customer stays, and is not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.customers.changing import as_json
from crmkit.core.errors import Conflict
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction


def set_restricted(kernel: Kernel, tx: Transaction, customer_id: int, *, restricted: bool) -> None:
    """Restrict a customer from now on, or lift it; one entry in the change log. Raises `Conflict` when it is
    so already."""
    table = kernel.tables.customer
    row = tx.execute(sa.select(table.c.uid, table.c.restricted_at).where(table.c.id == customer_id)).one()
    if (row.restricted_at is not None) == restricted:
        raise Conflict(
            phrase("Customer {customer_id} is restricted already", customer_id=customer_id)
            if restricted
            else phrase("Customer {customer_id} is not restricted", customer_id=customer_id),
            hint=phrase("Look: crm show {customer_id}", customer_id=customer_id),
        )
    at = tx.at if restricted else None
    tx.execute(
        sa.update(table)
        .where(table.c.id == customer_id)
        .values(restricted_at=at, version=table.c.version + 1)
    )
    entry = ("changed", "customer", customer_id, customer_id, "restricted_at")
    tx.append_change((*entry, as_json(row.restricted_at), as_json(at), "", row.uid))
