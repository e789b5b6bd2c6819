"""Somebody leaves: what they look after goes to somebody else, in one edit that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.editing.mass import Mass, Others, Progress
from crmkit.core.editing.staff_rows import StaffRows
from crmkit.core.editing.values import Changes, EditReport
from crmkit.core.errors import Conflict, Invalid
from crmkit.core.model.record import RecordDraft
from crmkit.core.people.current import permitted
from crmkit.core.phrase import phrase
from crmkit.core.records.reading import Reader
from crmkit.core.records.saving import Batch

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.people import Actor
    from crmkit.core.model.words import RecordType
    from crmkit.core.store.unit import Transaction

_WHAT: Final = "handed over the customers and open work of employee {}"


class Handover:
    """A handover from one employee to another, to be previewed or done."""

    def __init__(self, crm: Crm, leaving: str | int, to: str | int, progress: Progress | None) -> None:
        self._crm = crm
        self._from = crm.people.get(leaving)
        self._to = crm.people.get(to)
        if self._from.id == self._to.id:
            raise Invalid(phrase("{to} cannot hand over to themselves", to=self._to.name))
        if not self._to.active:
            raise Conflict(
                phrase("{to} no longer works here", to=self._to.name), hint="See: crm people employees list"
            )
        self._left: tuple[str, ...] = ()
        owner = crm.tables.customer.c.owner_id
        self._mass = Mass(
            crm=crm,
            condition=lambda: owner == self._from.id,
            changes=Changes(owner_id=self._to.id),
            what=_WHAT.format(self._from.id),
            also=self._others,
            progress=progress,
        )

    def preview(self) -> EditReport:
        """What would change hands."""
        self._require()
        return self._told(self._mass.preview())

    def apply(self) -> EditReport:
        """Hand over."""
        self._require()
        return self._told(self._mass.apply())

    def _require(self) -> None:
        self._crm.require("people.manage")
        if len(self._crm.words.record_types):
            self._crm.require("records.write")

    def _told(self, report: EditReport) -> EditReport:
        from attrs import evolve

        return evolve(report, left=self._left)

    def _records(self, tx: Transaction, actor: Actor, source: str) -> int:
        """Hand over the open records, type by type; those that cannot be changed stay, and are told."""
        if not len(self._crm.words.record_types):
            return 0
        permitted(actor, "records.write")
        return sum(self._records_of(type_, tx, actor, source) for type_ in self._crm.words.record_types)

    def _records_of(self, type_: RecordType, tx: Transaction, actor: Actor, source: str) -> int:
        kernel, table = self._crm.kernel, self._crm.tables.records[type_.name]
        query = sa.select(table.c.id).where(*_still_with(self._from.id, type_, table))
        ids = Reader(kernel, actor, type_).seen(tx.execute(query).scalars().all())
        if not ids:
            return 0
        drafts = [RecordDraft(id=id_, owner=self._to.id) for id_ in sorted(ids)]
        saved = Batch(kernel, tx if tx.actor is actor else tx.acting(actor), type_, len(drafts), source)
        return len(drafts) - len(saved.save(drafts).errors)

    def _others(self, tx: Transaction, actor: Actor, source: str) -> Others:
        """Hand over what is still open: records, and rows of plugins."""
        own = tx if tx.actor is actor else tx.acting(actor)
        rows = StaffRows(self._crm.kernel, own)
        moved = rows.move(self._from.id, self._to.id, source)
        self._left = tuple(rows.stay(self._from.id))
        return Others(self._records(tx, actor, source), moved)


def looked_after(crm: Crm, employee_id: int) -> dict[str, int]:
    """How many customers, and open records of each type, an employee looks after; none is left out."""
    crm.require("people.manage")
    owner = crm.tables.customer.c.owner_id
    queries = {"customer": sa.select(sa.func.count()).where(owner == employee_id)}
    for type_ in crm.words.record_types:
        table = crm.tables.records[type_.name]
        queries[type_.name] = (
            sa.select(sa.func.count()).select_from(table).where(*_still_with(employee_id, type_, table))
        )
    with crm.reading() as run:
        counts = {name: int(run(query).scalar_one()) for name, query in queries.items()}
    return {name: count for name, count in counts.items() if count}


def _still_with(employee_id: int, type_: RecordType, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """That a record is an employee's, and open."""
    still = [table.c.employee_id == employee_id, table.c.archived_at.is_(None)]
    if type_.closed_states:
        still.append(sa.or_(table.c.state.is_(None), table.c.state.not_in(type_.closed_states)))
    return still
