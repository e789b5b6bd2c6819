"""The access log: who read or took out customers' data. Entries are added, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.store.bulk import insert_rows

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

READ: Final = "audit.read"
_COLUMNS: Final = ("at", "actor", "action", "what", "customer_id", "customers", "detail")


@frozen(kw_only=True)
class Access:
    """One entry: who did what with the data of how many customers, or of which one.

    `at` is in microseconds UTC; `customer_id` is None for many, and for somebody who was erased since.
    """

    id: int
    at: int
    actor: str
    action: str
    what: str
    customers: int
    customer_id: int | None = None
    detail: Mapping[str, Any] = field(factory=dict)


def record_access(
    tx: Transaction,
    action: str,
    what: str,
    *,
    customers: int,
    customer_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note within `tx` that its actor read or took out customers' data, at the instant of `tx`.

    `action` is one word such as `export`; `what` names the thing, such as the view that was exported;
    `customers` is how many people were in it, and `customer_id` the one, where it was one. `detail` are
    plain values. Neither `what` nor `detail` may hold anything about a person: they outlive an erasure.
    """
    text = json.dumps(dict(detail or {}), ensure_ascii=False, separators=(",", ":"))
    row = (tx.at, tx.actor.name, action, what, customer_id, customers, text)
    insert_rows(tx.connection, "access", _COLUMNS, [row])


class AccessLog:
    """The access log, for one actor, who needs the permission `audit.read`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.tables.access

    def list(
        self,
        *,
        customer: str | int | None = None,
        actor: str | None = None,
        action: str | None = None,
        since: int | None = None,
        until: int | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> tuple[Sequence[Access], int | None]:
        """A page of entries, the newest first, and the `before` of the next page, if any.

        `customer` is a reference; what concerned many at once is not listed for one of them. `since` and
        `until` bound the instant, the end left out. Raises `NotAllowed`; `NotFound` for the customer.
        """
        self._crm.require(READ)
        columns = self._table.c
        conditions = {
            columns.actor: actor,
            columns.action: action,
            columns.customer_id: None if customer is None else self._crm.customers.resolve(customer),
        }
        wanted = [column == value for column, value in conditions.items() if value is not None]
        bounds = ((since, columns.at.__ge__), (until, columns.at.__lt__), (before, columns.id.__lt__))
        wanted += [compare(value) for value, compare in bounds if value is not None]
        query = sa.select(self._table).where(*wanted).order_by(columns.id.desc()).limit(limit + 1)
        with self._crm.reading() as execute:
            rows = execute(query).mappings().all()
        entries = [Access(**{**row, "detail": json.loads(row["detail"])}) for row in rows[:limit]]
        return entries, entries[-1].id if len(rows) > limit else None
