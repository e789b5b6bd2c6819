"""Interactions as rows of an export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.exporting.asked import Asked
from crmkit.core.exporting.columns import Column
from crmkit.core.exporting.exporting import Batches, Source
from crmkit.core.exporting.loading import owners_of
from crmkit.core.exporting.others import Others
from crmkit.core.exporting.selection import STREAM, Selection
from crmkit.core.interactions.reading import Filter, Reader
from crmkit.core.model.money import format_amount

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_BATCH: Final = 5_000
_READ: Final = (
    "customer_id", "type", "occurred_at", "amount", "currency", "channel", "direction", "outlet",
    "employee_id", "source", "source_ref", "payload",
)  # fmt: skip
_COLUMNS: Final = (
    Column.of("customer"), Column.of("type"), Column.of("at", kind="instant"), Column.of("amount"),
    Column.of("currency"), Column.of("channel"), Column.of("direction"), Column.of("outlet"),
    Column.of("employee"), Column.of("source"), Column.of("source_ref"), Column.of("payload", kind="json"),
)  # fmt: skip


def interactions_source(
    crm: Crm, connection: sa.Connection, actor: Actor, wanted: Filter, asked: Asked
) -> Source:
    """The interactions that `wanted` means, of the customers whom `asked` means."""
    kernel = crm.kernel
    customers = Selection(kernel, actor, crm.views, asked, kernel.clock.now()).statement()
    table = kernel.tables.interaction
    conditions = [*Reader(kernel, actor).conditions(wanted), table.c.customer_id.in_(customers)]
    counted = sa.select(sa.func.count(), sa.func.count(table.c.customer_id.distinct())).where(*conditions)
    rows, people = connection.execute(counted).one()
    statement = sa.select(*(table.c[name] for name in _READ)).where(*conditions).order_by(table.c.seq)
    others = Others(kernel, actor, connection, asked.restricted)
    detail = asked.said() | ({"types": list(wanted.types)} if wanted.types else {})
    return Source(
        what="interactions",
        columns=_COLUMNS,
        rows=rows,
        customers=people,
        batches=_Rows(kernel, others, owners_of(kernel, connection)).of(statement),
        detail=detail,
    )


@frozen(eq=False)
class _Rows:
    kernel: Kernel
    others: Others
    employees: dict[int, str]

    def of(self, statement: sa.Select[Any]) -> Batches:
        """The rows of the log, a batch at a time."""
        with self.others.connection.execute(statement, execution_options=STREAM) as result:
            for found in result.partitions(_BATCH):
                people = self.others.find({row[0] for row in found})
                named = {id_: each.reference or each.uid for id_, each in people.items()}
                yield list(self._made(found, named))

    def _made(self, found: Any, people: dict[int, str]) -> Iterator[list[Any]]:
        for customer_id, type_, at, amount, currency, channel, direction, outlet, employee, *rest in found:
            source, source_ref, payload = rest
            written = None if amount is None else format_amount(amount, currency or self.kernel.currency)
            yield [
                people.get(customer_id), type_, at, written, currency, channel, direction, outlet,
                self.employees.get(employee), source, source_ref,
                json.loads(payload) if payload and payload != "{}" else None,
            ]  # fmt: skip
