"""Interactions as rows of an export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.exporting.asked import Asked
from crmkit.core.exporting.columns import Column
from crmkit.core.exporting.loading import owners_of
from crmkit.core.exporting.others import Others
from crmkit.core.exporting.selection import STREAM, Selection
from crmkit.core.exporting.source import Batches, Source
from crmkit.core.interactions.reading import Filter, Reader
from crmkit.core.interactions.repeats import Key
from crmkit.core.interactions.travelling import travelling_key
from crmkit.core.model.interaction import VOIDED
from crmkit.core.model.money import format_amount
from crmkit.core.words.codec import EMPTY, decode_payload, encode_payload

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_BATCH: Final = 5_000
REFUND: Final = "refund"
_READ: Final = (
    "customer_id", "type", "occurred_at", "amount", "currency", "channel", "direction", "outlet",
    "employee_id", "source", "source_ref", "payload", "payload_version", "seq", "recorded_at",
    "superseded_by",
)  # fmt: skip
_COLUMNS: Final = (
    Column.of("customer"), Column.of("type"), Column.of("at", kind="instant"), Column.of("amount"),
    Column.of("currency"), Column.of("channel"), Column.of("direction"), Column.of("outlet"),
    Column.of("employee"), Column.of("source"), Column.of("source_ref"), Column.of("payload", kind="json"),
)  # fmt: skip
# Of which purchase a refund is, as that is told in a file; and what holds no longer.
_PURCHASE: Final = (Column.of("purchase.source"), Column.of("purchase.source_ref"))
_SUPERSEDED: Final = Column.of("superseded", kind="bool")


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
    refunds = sa.select(table.c.seq).where(*conditions, table.c.type == REFUND).limit(1)
    has_refunds = connection.execute(refunds).first() is not None
    others = Others(kernel, actor, connection, asked.restricted)
    detail = asked.said() | ({"types": list(wanted.types)} if wanted.types else {})
    return Source(
        what="interactions",
        columns=[
            *_COLUMNS,
            *(_PURCHASE if has_refunds else ()),
            *([_SUPERSEDED] if wanted.superseded else []),
        ],
        rows=rows,
        customers=people,
        batches=_Rows(kernel, others, owners_of(kernel, connection), has_refunds, wanted.superseded).of(
            statement
        ),
        detail=detail,
    )


@frozen(eq=False)
class _Rows:
    kernel: Kernel
    others: Others
    employees: dict[int, str]
    has_refunds: bool
    has_superseded: bool

    def of(self, statement: sa.Select[Any]) -> Batches:
        """The rows of the log, a batch at a time."""
        with self.others.connection.execute(statement, execution_options=STREAM) as result:
            for found in result.partitions(_BATCH):
                people = self.others.find({row[0] for row in found})
                named = {id_: each.reference or each.uid for id_, each in people.items()}
                yield list(self._made(found, named, self._purchases(found) if self.has_refunds else {}))

    def _purchases(self, found: Any) -> dict[int, Key]:
        """How the purchases are told that the refunds among the rows are of, by number."""
        refunds = (json.loads(row[11]) for row in found if row[1] == REFUND and row[11])
        numbers = {seq for payload in refunds if type(seq := payload.get("purchase")) is int}
        select = "SELECT seq, recorded_at, source, source_ref FROM interaction WHERE seq"
        rows = rows_among(self.others.connection, select, sorted(numbers))
        return {row[0]: travelling_key(*row) for row in rows}

    def _payload(self, type_: str, text: str, version: int) -> Any:
        """What an interaction says, in the form that its type has now; None for nothing."""
        if not text or text == EMPTY:
            return None
        word = self.kernel.words.interaction_types.get(type_)
        if word is not None and word.version != version:
            text = encode_payload(word, decode_payload(word, text, version))[0]
        return json.loads(text)

    def _made(self, found: Any, people: dict[int, str], purchases: dict[int, Key]) -> Iterator[list[Any]]:
        for customer_id, type_, at, amount, currency, channel, direction, outlet, employee, *rest in found:
            source, source_ref, payload, version, seq, recorded_at, superseded_by = rest
            said = self._payload(type_, payload, version)
            beside: list[Any] = []
            if self.has_refunds:
                of = said.pop("purchase", None) if type_ == REFUND and said else None
                beside += purchases.get(of, (None, None)) if of is not None else (None, None)
            if self.has_superseded:
                beside.append(bool(superseded_by) or type_ == VOIDED or None)
            written = None if amount is None else format_amount(amount, currency or self.kernel.currency)
            yield [
                people.get(customer_id), type_, at, written, currency, channel, direction, outlet,
                self.employees.get(employee), *travelling_key(seq, recorded_at, source, source_ref),
                said or None, *beside,
            ]  # fmt: skip
