"""Undo of imports: what nobody has touched since goes, what was changed goes back, the rest is listed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import Conflict, NotFound
from crmkit.core.exchange.loop import kept_nothing
from crmkit.core.exchange.removal import remove_customers, untouched
from crmkit.core.exchange.runs import UNDONE
from crmkit.core.exchange.taking_back import take_back, take_back_records
from crmkit.core.exchange.tally import Tally
from crmkit.core.exchange.voiding import void_imported
from crmkit.core.language import N_
from crmkit.core.people.current import allowed
from crmkit.core.phrase import Phrase, nphrase, phrase
from crmkit.core.undo.values import Action, UndoPreview, UndoReceipt, source_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

_PERMISSION: Final = "customers.import"
# What a file is of; one of records has their type.
_KINDS: Final = (N_("customers"), N_("interactions"))


class ImportUndo:
    """Undo of imports, for one actor: of customers whom the actor sees."""

    kind = "import"

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._run = crm.tables.import_run

    def last(self, actor_name: str) -> Action | None:
        """The newest import of this actor that is not undone yet."""
        run = self._run
        found = self._actions(1, run.c.actor == actor_name, run.c.state != UNDONE)
        return found[0] if found else None

    def recent(self, limit: int) -> Sequence[Action]:
        """The newest imports of everybody."""
        return self._actions(limit)

    def preview(self, number: int) -> UndoPreview:
        """What undoing the import would do now: all of it is tried, and nothing stays."""
        run = self._found(number)
        tally = Tally()
        with kept_nothing(self._crm):
            tally = self._all(run)
        return UndoPreview(ref=_ref(number), what=_told(run), will=tally.words, left=tuple(tally.left))

    def undo(self, number: int) -> UndoReceipt:
        """Undo the import, in one unit of work."""
        run = self._found(number)
        with self._crm.transaction():
            tally = self._all(run)
        return UndoReceipt(ref=_ref(number), what=_told(run), done=tally.words, left=tuple(tally.left))

    def _all(self, run: Any) -> Tally:
        crm, tally = self._crm, Tally()
        with without_collector(), crm.transaction() as tx:
            allowed(crm.kernel, tx.connection, crm.actor, _PERMISSION)
            self._mark(tx, run.id)
            changes, interactions = self._spans(tx, run.id)
            source = f"import:{run.id}"
            void_imported(crm, tx, interactions, _ref(run.id), tally)
            if run.kind.startswith("records:"):
                take_back_records(crm, tx, run.kind.partition(":")[2], changes, source, tally)
            elif changes:
                self._customers(tx, changes, source, tally)
            self._reviews(tx, source, tally)
        return tally

    def _customers(self, tx: Transaction, changes: tuple[int, int], source: str, tally: Tally) -> None:
        crm = self._crm
        created = _created(tx, changes, source)
        ids = untouched(crm, tx, created, source, tally)
        take_back(crm, tx, changes, source, created, tally)
        removed = remove_customers(tx, ids, source_of(source), tally)
        tally.add(nphrase("remove {count} customer", "remove {count} customers", removed))

    def _mark(self, tx: Transaction, number: int) -> None:
        """Note that the import is undone; whoever still works on it stops. Raises `Conflict`."""
        here = sa.and_(self._run.c.id == number, self._run.c.state != UNDONE)
        done = tx.execute(self._run.update().where(here).values(state=UNDONE, undone_at=tx.at))
        if done.rowcount != 1:
            raise Conflict(
                phrase("import:{number} was undone before", number=number),
                hint="What can be undone: crm undo --list",
            )

    def _spans(self, tx: Transaction, number: int) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
        """The span of the change log in which the import wrote, and the spans of its interactions."""
        batch = self._crm.tables.import_batch
        rows = tx.execute(sa.select(batch).where(batch.c.run_id == number)).all()
        low = [row.first_change for row in rows if row.first_change is not None]
        high = [row.last_change for row in rows if row.last_change is not None]
        spans = [(row.first_seq, row.last_seq) for row in rows if row.first_seq is not None]
        return ((min(low), max(high)) if low else None), spans

    def _reviews(self, tx: Transaction, source: str, tally: Tally) -> None:
        review = self._crm.tables.review
        waiting = sa.and_(review.c.source == source, review.c.settled_at.is_(None))
        done = tx.execute(sa.delete(review).where(waiting))
        tally.add(
            nphrase(
                "take {count} row off the review list",
                "take {count} rows off the review list",
                done.rowcount,
            )
        )

    def _found(self, number: int) -> Any:
        self._crm.require(_PERMISSION)
        with self._crm.reading() as execute:
            run = execute(sa.select(self._run).where(self._run.c.id == number)).first()
        if run is None:
            raise NotFound(
                phrase("There is no import:{number}", number=number),
                hint="What can be undone: crm undo --list",
            )
        if run.state == UNDONE:
            raise Conflict(
                phrase("import:{number} was undone before", number=number),
                hint="What can be undone: crm undo --list",
            )
        return run

    def _actions(self, limit: int, *conditions: sa.ColumnElement[bool]) -> list[Action]:
        query = sa.select(self._run).where(*conditions).order_by(self._run.c.id.desc()).limit(limit)
        with self._crm.reading() as execute:
            rows = execute(query).all()
        return [
            Action(
                ref=_ref(row.id), at=row.started_at, what=_told(row), actor=row.actor, undone_at=row.undone_at
            )
            for row in rows
        ]


def undoable(crm: Crm) -> ImportUndo:
    """The undo of imports for whoever `crm` acts for."""
    return ImportUndo(crm)


def _ref(number: int) -> str:
    return f"import:{number}"


def _told(run: Any) -> Phrase:
    """The sort and the kind of file; its name could hold somebody's."""
    kind: str = run.kind.removeprefix("records:")
    kind, suffix = phrase(kind) if kind in _KINDS else kind, Path(run.file).suffix
    if run.finished_at:
        return nphrase(
            "import of {count} row of {kind} from a {suffix} file",
            "import of {count} rows of {kind} from a {suffix} file",
            run.position,
            kind=kind,
            suffix=suffix,
        )
    return nphrase(
        "import of {count} row of {kind} from a {suffix} file, not finished",
        "import of {count} rows of {kind} from a {suffix} file, not finished",
        run.position,
        kind=kind,
        suffix=suffix,
    )


def _created(tx: Transaction, changes: tuple[int, int], source: str) -> dict[int, int]:
    """Whom the import created: number then → number now, which differs where they were merged since."""
    mark = "?" if tx.connection.dialect.name == "sqlite" else "%s"
    statement = (
        f"SELECT entity_id, customer_id FROM change WHERE seq BETWEEN {mark} AND {mark} AND source = {mark} "
        "AND action = 'created' AND entity = 'customer' AND customer_id IS NOT NULL"
    )
    rows = tx.connection.exec_driver_sql(statement, (*changes, source))
    return {row[0]: row[1] for row in rows}
