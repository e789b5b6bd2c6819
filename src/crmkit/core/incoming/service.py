"""Requests of other programs: whether they may, whether they were here before, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Conflict, CrmError, NotAllowed, StoreError, TryAgain
from crmkit.core.exchange.runs import Counts
from crmkit.core.plugins.observers import BATCH
from crmkit.core.webhooks.signing import is_signed, key_of

if TYPE_CHECKING:
    from crmkit.core.config.incoming import IncomingDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

_SECOND: Final = 1_000_000
_KEPT: Final = 30 * 86_400 * _SECOND
_DECOY: Final = bytes(32)
_LONGEST_ERROR: Final = 500


@frozen(kw_only=True)
class Received:
    """A request that was taken in. `is_repeated` says that it had been before, and `counts` are of then;
    `ref` is the import that it became; `rejects_file` holds what was refused of it."""

    name: str
    at: int
    ref: str | None
    counts: Counts
    rejects_file: Path | None = None
    error: str | None = None
    is_repeated: bool = False


class Incoming:
    """The doors of `[incoming]`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.tables.incoming

    def receive(self, name: str, headers: Mapping[str, str], body: bytes) -> Received:
        """Take in a request, once however often it comes. `headers` have small letters.

        Raises `NotAllowed` for a door that there is not, a signature that is none of its secrets', or one
        that is older than five minutes, all alike; `Invalid` for what cannot be read as `[incoming.NAME]`
        says; `TryAgain` where the same request is being taken in.
        """
        declared = self._admitted(name, headers, body)
        id_ = headers["webhook-id"]
        try:
            received = self._taken_in(name, declared, id_, body)
        except (TryAgain, NotAllowed):
            raise
        except CrmError as error:
            self._note(name, id_, error)
            raise
        if not received.is_repeated:
            self._tell_observers(received.counts.rows)
        return received

    def list(self, limit: int = 100) -> list[Received]:
        """What came within the last month, the newest first."""
        table, run = self._table, self._crm.tables.import_run
        joined = table.outerjoin(run, table.c.run_id == run.c.id)
        chosen = sa.select(
            table.c.name, table.c.at, table.c.error, run.c.id, run.c.counts, run.c.rejects_file
        )
        with self._crm.reading() as execute:
            rows = execute(chosen.select_from(joined).order_by(table.c.id.desc()).limit(limit)).all()
        return [_received(row) for row in rows]

    def prune(self) -> None:
        """Forget requests of more than a month ago: by then nobody sends them again."""
        with self._crm.transaction() as tx:
            tx.execute(self._table.delete().where(self._table.c.at < tx.at - _KEPT))

    def _admitted(self, name: str, headers: Mapping[str, str], body: bytes) -> IncomingDeclaration:
        declared = self._crm.config.incoming.get(name)
        keys = [key_of(secret.reveal()) for secret in declared.secrets] if declared else [_DECOY]
        is_good = is_signed(keys, headers, body, self._crm.clock.now() // _SECOND)
        if declared is None or not is_good:
            raise NotAllowed("The request is not signed as agreed")
        return declared

    def _taken_in(self, name: str, declared: IncomingDeclaration, id_: str, body: bytes) -> Received:
        from sqlalchemy.exc import IntegrityError

        from crmkit.core.incoming.importing import import_objects
        from crmkit.core.incoming.objects import lines_of

        lines = lines_of(body)
        try:
            with self._crm.transaction() as tx:
                before = self._before(tx, name, id_)
                if before is not None:
                    return before
                entry = self._entered(tx, name, id_)
                report = import_objects(self._crm, name, declared, id_, lines)
                number = int(str(report.ref).partition(":")[2])
                tx.execute(self._table.update().where(self._table.c.id == entry).values(run_id=number))
        except (IntegrityError, Conflict):
            raise TryAgain("The same request is being taken in", hint="Send it again in a moment.") from None
        counts = Counts(
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            rejected=report.rejected,
        )
        return Received(name=name, at=tx.at, ref=report.ref, counts=counts, rejects_file=report.rejects_file)

    def _tell_observers(self, rows: int) -> None:
        """Have plugins hear of it at once. It is on record: what goes wrong here, the worker does again."""
        with suppress(TryAgain, StoreError):
            for _ in range(1 + rows // BATCH):
                if not self._crm.kernel.observers.catch_up():
                    return

    def _before(self, tx: Transaction, name: str, id_: str) -> Received | None:
        table, run = self._table, self._crm.tables.import_run
        chosen = sa.select(
            table.c.name, table.c.at, table.c.error, run.c.id, run.c.counts, run.c.rejects_file
        )
        mine = sa.and_(table.c.name == name, table.c.message_id == id_)
        row = tx.execute(chosen.select_from(table.join(run, table.c.run_id == run.c.id)).where(mine)).first()
        return None if row is None else _received(row, is_repeated=True)

    def _entered(self, tx: Transaction, name: str, id_: str, error: str | None = None) -> int:
        # What was refused before, as it could not be read, may come again.
        refused = sa.and_(self._table.c.name == name, self._table.c.message_id == id_)
        tx.execute(self._table.delete().where(refused, self._table.c.run_id.is_(None)))
        values = {"name": name, "message_id": id_, "at": tx.at, "error": error}
        key = tx.execute(self._table.insert().values(values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def _note(self, name: str, id_: str, error: CrmError) -> None:
        with self._crm.transaction() as tx:
            if self._before(tx, name, id_) is None:
                self._entered(tx, name, id_, error.message[:_LONGEST_ERROR])


def _received(row: Any, *, is_repeated: bool = False) -> Received:
    name, at, error, run, counts, rejects = row
    kept = Counts(**json.loads(counts)) if counts else Counts()
    return Received(
        name=name, at=at, ref=None if run is None else f"import:{run}", counts=kept, error=error,
        rejects_file=Path(rejects) if rejects and kept.rejects_size else None, is_repeated=is_repeated,
    )  # fmt: skip
