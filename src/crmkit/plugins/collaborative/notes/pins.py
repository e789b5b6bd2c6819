"""Pins: what is kept in sight on a customer's page."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit import Invalid, NotFound
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.notes.tables import PIN

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugins.collaborative.notes.model import Pin


class Pins:
    """The pins of customers' pages, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(PIN)

    def pin(self, customer: str | int, seq: int, *, until: int | None = None) -> Pin:
        """Keep interaction `seq` of a customer in sight, up to the instant `until` if given.

        Pinned again it has the new end. Raises `NotFound`; `Invalid` where it is another customer's, is
        superseded, or the end has passed.
        """
        crm = self._crm
        crm.require("interactions.record")
        customer_id = crm.customers.resolve(customer)
        interaction = crm.interactions.get(seq)
        if interaction.customer_id != customer_id:
            raise Invalid(
                phrase("Number {seq} is of another customer", seq=seq),
                hint=phrase(
                    "See what there is: crm interactions list {customer_id}", customer_id=customer_id
                ),
            )
        if interaction.superseded_by is not None:
            raise Invalid(
                phrase(
                    "Number {seq} was corrected or voided, by number {superseded_by}",
                    seq=seq,
                    superseded_by=interaction.superseded_by,
                ),
                hint=phrase(
                    "See what there is: crm interactions list {customer_id}", customer_id=customer_id
                ),
            )
        table = self._table
        with crm.transaction() as tx:
            if until is not None and until <= tx.at:
                raise Invalid("That is over already", hint="Give a day to come, or none: --until 2026-12-24")
            again = tx.execute(sa.update(table).where(table.c.seq == seq).values(until=until))
            if not again.rowcount:
                values = {
                    "customer_id": customer_id, "seq": seq, "employee_id": crm.actor.id, "at": tx.at,
                    "until": until,
                }  # fmt: skip
                tx.execute(sa.insert(table).values(**values))
        return _pin(interaction, employee=crm.actor.name, at=crm.clock.now(), until=until)

    def unpin(self, customer: str | int, seq: int) -> Pin:
        """Take a pin off; what it was. Raises `NotFound` where number `seq` is not pinned there."""
        self._crm.require("interactions.record")
        customer_id = self._crm.customers.resolve(customer)
        with self._crm.transaction() as tx:
            found = [each for each in self._list([customer_id], over=True) if each.interaction.seq == seq]
            if not found:
                raise NotFound(
                    phrase("Number {seq} is not pinned on that page", seq=seq),
                    hint=phrase("Run: crm pins {customer_id}", customer_id=customer_id),
                )
            tx.execute(sa.delete(self._table).where(self._table.c.seq == seq))
        return found[0]

    def list(self, customer: str | int | None = None) -> tuple[Pin, ...]:
        """What is pinned on a customer's page, or on any that one sees; the last pinned first."""
        customer_ids = None if customer is None else [self._crm.customers.resolve(customer)]
        return self._list(customer_ids)

    def of(self, customer_ids: Collection[int]) -> tuple[Pin, ...]:
        """What is pinned on the pages of these customers."""
        return self._list(customer_ids) if customer_ids else ()

    def _list(self, customer_ids: Collection[int] | None, *, over: bool = False) -> tuple[Pin, ...]:
        self._crm.require("customers.read")
        table, employee = self._table, self._crm.tables.employee
        query = (
            sa.select(table.c.seq, table.c.at, table.c.until, employee.c.name)
            .select_from(table.outerjoin(employee, employee.c.id == table.c.employee_id))
            .order_by(table.c.at.desc(), table.c.id.desc())
            .limit(1_000)
        )
        if customer_ids is not None:
            query = query.where(table.c.customer_id.in_(customer_ids))
        if not over:
            query = query.where(sa.or_(table.c.until.is_(None), table.c.until > self._crm.clock.now()))
        with self._crm.reading() as execute:
            rows = execute(query.where(*self._crm.seen(table.c.customer_id))).all()
        if not rows:
            return ()
        known = {each.seq: each for each in self._crm.interactions.among([row.seq for row in rows])}
        return tuple(
            _pin(known[row.seq], employee=row.name, at=row.at, until=row.until)
            for row in rows
            if row.seq in known and known[row.seq].superseded_by is None
        )


def _pin(interaction: Interaction, *, employee: str | None, at: int, until: int | None) -> Pin:
    from crmkit.plugins.collaborative.notes.model import Pin

    return Pin(interaction=interaction, employee=employee, at=at, until=until)
