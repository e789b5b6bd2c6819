"""Undo of mass edits: out of the change log, where each entry says which edit it came from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.customers.sets import without_collector
from crmkit.core.editing import runs
from crmkit.core.editing.entries import customers_of
from crmkit.core.editing.mass import BATCH, WRITE, Rolledback, unit_of
from crmkit.core.editing.putting_back import PuttingBack, Tally
from crmkit.core.editing.wording import recalled
from crmkit.core.phrase import Phrase, nphrase, phrase
from crmkit.core.undo.values import Action, Left, UndoPreview, UndoReceipt, source_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


class EditUndo:
    """Undo of mass edits, for one actor: of customers whom the actor sees."""

    kind = "edit"

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._run = crm.tables.edit_run

    def last(self, actor_name: str) -> Action | None:
        """The newest edit of this actor that is not undone yet."""
        run = self._run
        found = self._actions(1, run.c.actor == actor_name, run.c.state != runs.UNDONE)
        return found[0] if found else None

    def recent(self, limit: int) -> Sequence[Action]:
        """The newest edits of everybody."""
        return self._actions(limit)

    def preview(self, number: int) -> UndoPreview:
        """What undoing the edit would do now: all of it is tried, and nothing stays."""
        what, tally = self._all(number, keep=False)
        return UndoPreview(ref=runs.ref_of(number), what=what, will=tally.words, left=tuple(tally.left))

    def undo(self, number: int) -> UndoReceipt:
        """Undo the edit, in batches; when one fails, doing it again goes on."""
        what, tally = self._all(number, keep=True)
        return UndoReceipt(ref=runs.ref_of(number), what=what, done=tally.words, left=tuple(tally.left))

    def _all(self, number: int, *, keep: bool) -> tuple[str, Tally]:
        self._crm.require(WRITE)
        whole = Tally()
        with self._crm.kernel.reading() as connection:
            row = runs.found(self._crm.tables, connection, number)
            ids, unseen, erased = customers_of(
                self._crm.kernel,
                connection,
                self._crm.actor,
                runs.ref_of(number),
                row.log_position,
            )
        with without_collector():
            for start in range(0, max(len(ids), 1), BATCH):
                last = start + BATCH >= len(ids)
                _add(whole, self._batch(row, ids[start : start + BATCH], keep=keep, last=last))
        if unseen:
            customers = nphrase("{count} customer", "{count} customers", unseen)
            whole.left.append(Left(what=customers, reason=phrase("you do not see them")))
        if erased:
            values = nphrase("{count} value", "{count} values", erased)
            whole.left.append(Left(what=values, reason=phrase("of people who were erased since")))
        return recalled(row.what), whole

    def _batch(self, row: Any, ids: list[int], *, keep: bool, last: bool) -> Tally:
        ref, tally = runs.ref_of(row.id), Tally()
        with suppress(Rolledback), unit_of(self._crm) as (tx, actor):
            putting = PuttingBack(self._crm.kernel, actor, tx, len(ids), source_of(ref))
            tally = putting.run(ref, row.log_position, ids)
            if last:
                putting.rows(ref, row.log_position)
            if not keep:
                raise Rolledback
            runs.mark(self._crm.tables, tx, row.id, runs.UNDONE if last else runs.UNDOING)
        return tally

    def _actions(self, limit: int, *conditions: sa.ColumnElement[bool]) -> list[Action]:
        query = sa.select(self._run).where(*conditions).order_by(self._run.c.id.desc()).limit(limit)
        with self._crm.reading() as execute:
            rows = execute(query).all()
        return [
            Action(
                ref=runs.ref_of(row.id),
                at=row.at,
                what=_told(row),
                actor=row.actor,
                undone_at=row.undone_at,
            )
            for row in rows
        ]


def undoable(crm: Crm) -> EditUndo:
    """The undo of mass edits for whoever `crm` acts for."""
    return EditUndo(crm)


def _told(row: Any) -> Phrase:
    what = recalled(row.what)
    if row.state == runs.RUNNING:
        return nphrase(
            "{what} ({count} customer), not finished",
            "{what} ({count} customers), not finished",
            row.customers,
            what=what,
        )
    return nphrase("{what} ({count} customer)", "{what} ({count} customers)", row.customers, what=what)


def _add(whole: Tally, part: Tally) -> None:
    whole.customers += part.customers
    whole.values += part.values
    whole.tags += part.tags
    whole.records += part.records
    whole.rows.update(part.rows)
    whole.left += part.left
