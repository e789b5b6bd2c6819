"""Incoming items that fit several customers, and settling them as a person decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.core.customers.drafts import Drafts
from crmkit.core.customers.references import resolve
from crmkit.core.customers.saving import Batch
from crmkit.core.errors import NotFound
from crmkit.core.model.customer import CustomerDraft, CustomerSummary
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

NEW: Final = "new"
DROP: Final = "drop"


@frozen(kw_only=True)
class Waiting:
    """An item that waits: what came, from where and when, and whom it could be about."""

    number: int
    at: int
    source: str
    draft: CustomerDraft
    candidates: tuple[CustomerSummary, ...]


@frozen(kw_only=True)
class Settled:
    """What became of an item: the customer it ended in, None where it was dropped; whether they are new."""

    number: int
    customer_id: int | None
    created: bool = False


def count(crm: Crm) -> int:
    """How many items wait."""
    crm.require("customers.read")
    table = crm.tables.review
    chosen = sa.select(sa.func.count()).where(table.c.settled_at.is_(None), *crm.seen(table.c.customer_id))
    with crm.reading() as execute:
        return int(execute(chosen).scalar_one())


def waiting(crm: Crm, number: int | None = None) -> list[Waiting]:
    """The items that wait, oldest first; only the one with this number, where it is given."""
    crm.require("customers.read")
    table = crm.tables.review
    query = sa.select(table).where(table.c.settled_at.is_(None), *crm.seen(table.c.customer_id))
    if number is not None:
        query = query.where(table.c.id == number)
    with crm.reading() as execute:
        rows = execute(query.order_by(table.c.id)).all()
    return [
        Waiting(
            number=row.id,
            at=row.created_at,
            source=row.source,
            draft=msgspec.json.decode(row.item, type=CustomerDraft),
            candidates=tuple(crm.customers.summaries(json.loads(row.candidates))),
        )
        for row in rows
    ]


def settle(crm: Crm, numbers: Sequence[int], choice: str) -> list[Settled]:
    """Settle items, all or none: `choice` is a customer's reference, `new` for a new customer, or `drop`.

    Raises `NotFound` for a number that does not wait, and as saving a customer does.
    """
    crm.require("customers.write")
    with crm.transaction() as tx:
        return [_settled(crm, tx, number, choice) for number in numbers]


def _settled(crm: Crm, tx: Transaction, number: int, choice: str) -> Settled:
    item = next(iter(waiting(crm, number)), None)
    if item is None:
        raise NotFound(
            phrase("Nothing with the number {number} waits", number=number),
            hint="See the list: crm customers review",
        )
    customer_id = None if choice == DROP else _saved(crm, tx, item, choice)
    table = crm.tables.review
    tx.execute(sa.update(table).where(table.c.id == number).values(settled_at=tx.at))
    return Settled(number=number, customer_id=customer_id, created=choice == NEW)


def _saved(crm: Crm, tx: Transaction, item: Waiting, choice: str) -> int:
    kernel = crm.kernel
    actor = allowed(kernel, tx.connection, crm.actor, "customers.write")
    draft = item.draft
    if choice != NEW:
        draft = evolve(draft, id=resolve(tx.connection, kernel, actor, choice), version=None)
    batch = Batch(kernel, actor, tx, Drafts(kernel), 1)
    saved = batch.save([draft], f"review:{item.number}", new=choice == NEW)
    for error in saved.errors.values():
        raise error
    record = saved.records[0]
    assert record is not None
    return record.id
