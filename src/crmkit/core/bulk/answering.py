"""Where statements over many customers are answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.bulk.question import BulkQuestion, Make
from crmkit.core.errors import CrmError
from crmkit.core.language import N_
from crmkit.core.model.bulk import DATABASE, BulkAnswer, BulkRead, BulkReader, CannotRead
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.predicates.sql.prepared import Statements
    from crmkit.core.views.valuing import Valuing

_log = logging.getLogger("crmkit")


@define(slots=False)
class Bulk:
    """The readers of one opened `Crm`, and who wants to know where answers were read."""

    kernel: Kernel
    _thread: threading.local = field(factory=threading.local)
    _statements: tuple[Statements, Statements] | None = None
    _valuing: tuple[Valuing, Valuing] | None = None

    @contextmanager
    def noted(self) -> Iterator[list[BulkRead]]:
        """A list of where each answer was read that this thread asks for meanwhile."""
        before = getattr(self._thread, "notes", ())
        notes: list[BulkRead] = []
        self._thread.notes = (*before, notes)
        try:
            yield notes
        finally:
            self._thread.notes = before

    def answer(self, connection: sa.Connection, actor: Actor, make: Make, *, own: bool = True) -> BulkAnswer:
        """The rows of what `make` makes for an engine; `own` says that it minds which engine that is."""
        question = BulkQuestion(connection.execute, make, own)
        rows, read = self._elsewhere(actor, question)
        if rows is None:
            rows = connection.execute(*make(self.kernel.store.dialect)).all()
        else:
            rows = _as_rows(question.names, rows)
        self._say(read)
        for notes in getattr(self._thread, "notes", ()):
            notes.append(read)
        return BulkAnswer(rows=rows, read=read)

    def _say(self, read: BulkRead) -> None:
        if read.read_from != DATABASE:
            _log.info(N_("Read from the %s"), read.read_from)
        elif read.why:
            _log.info(N_("Read from the database; %s"), read.why)

    def _elsewhere(self, actor: Actor, question: BulkQuestion) -> tuple[Sequence[Any] | None, BulkRead]:
        why = ""
        for reader in self.kernel.loaded.bulk_readers:
            found = _asked(reader, self.kernel.crm(actor), question)
            if not isinstance(found, CannotRead):
                return found, BulkRead(read_from=reader.name)
            why = why or joined(": ", (reader.name, found.reason))
        return None, BulkRead(read_from=DATABASE, why=why)

    def statements(self, dialect: str) -> Statements:
        """The statements of predicates for an engine, over the rates of this moment."""
        from crmkit.core.predicates.sql.prepared import Statements

        here = self.kernel.statements
        if dialect == here.dialect:
            return here
        if self._statements is None or self._statements[0] is not here:
            self._statements = here, Statements(here.tables, dialect, here.exchange)
        return self._statements[1]

    def valuing(self, dialect: str) -> Valuing:
        """The statements of values for an engine."""
        from crmkit.core.views.valuing import Valuing

        here = self.kernel.valuing
        if dialect == here.statements.dialect:
            return here
        if self._valuing is None or self._valuing[0] is not here:
            self._valuing = here, Valuing(self.statements(dialect))
        return self._valuing[1]


def _asked(reader: BulkReader, crm: Any, question: BulkQuestion) -> Sequence[Any] | CannotRead:
    """What a reader says. It can fail as it likes: the database has the answer."""
    try:
        return reader.read(crm, question)
    except CrmError as error:
        return CannotRead(error.message)
    except Exception as error:  # noqa: BLE001 - a plugin's, whatever it is
        _log.warning(N_("The copy %s of plugin %s failed"), reader.name, reader.owner, exc_info=True)
        return CannotRead(phrase("it failed ({kind})", kind=type(error).__name__))


def _as_rows(names: list[str], rows: Sequence[Any]) -> Sequence[Any]:
    """Tuples as the rows that the database would have given."""
    from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

    return IteratorResult(SimpleResultMetaData(names), iter(rows)).all()
