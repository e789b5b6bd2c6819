"""Imports on record: how far each has come, so that an interrupted one goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve, frozen

from crmkit.core.errors import Conflict
from crmkit.core.exchange.rejects import rejects_path
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

RUNNING: Final = "running"
FINISHED: Final = "finished"
UNDONE: Final = "undone"


@frozen(kw_only=True)
class Counts:
    """What became of the rows so far; `rejects_size` is the size in bytes of the file of refused rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects_size: int = 0

    @property
    def rows(self) -> int:
        """All rows so far."""
        return self.created + self.updated + self.unchanged + self.rejected

    def plus(self, other: Counts, rejects_size: int) -> Counts:
        """The counts after one more batch."""
        return Counts(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            rejected=self.rejected + other.rejected,
            rejects_size=rejects_size,
        )


@frozen(kw_only=True)
class Request:
    """What is imported: two requests that are equal, apart from the file's place, are the same import."""

    what: str
    file: Path
    digest: str
    mapping: str


@define
class Run:
    """One import; `id` is None for a dry run, which leaves no trace."""

    id: int | None = None
    counts: Counts = Counts()
    rejects_file: Path | None = None

    @property
    def ref(self) -> str:
        """`import:3`."""
        return f"import:{self.id}" if self.id is not None else "import"

    def advance(self, crm: Crm, tx: Transaction, counts: Counts) -> Run:
        """The run after one more batch, written in the batch's own unit of work. Raises `Conflict`."""
        if self.id is None:
            return evolve(self, counts=counts)
        table = crm.tables.import_run
        here = sa.and_(table.c.id == self.id, table.c.position == self.counts.rows, table.c.state == RUNNING)
        done = tx.execute(
            table.update()
            .where(here)
            .values(
                position=counts.rows,
                counts=json.dumps(_plain(counts)),
            )
        )
        if done.rowcount != 1:
            raise Conflict(
                phrase("Somebody else is working on {ref} at the same time", ref=self.ref),
                hint="Wait until that has ended; running the same command again changes nothing twice.",
            )
        return evolve(self, counts=counts)

    def note_batch(
        self, crm: Crm, tx: Transaction, counts: Counts, spans: Sequence[tuple[int, int]], changes: int
    ) -> None:
        """Note which entries of both logs the batch wrote: `spans` of interactions, the newest `changes`."""
        if self.id is None or not (spans or changes):
            return
        tables = crm.tables
        last = 0
        if changes:
            last = int(tx.execute(sa.select(sa.func.max(tables.change.c.seq))).scalar_one() or 0)
        rows = [
            {
                "run_id": self.id,
                "position": counts.rows,
                "first_seq": span[0] if span else None,
                "last_seq": span[1] if span else None,
                "first_change": last - changes + 1 if changes and not number else None,
                "last_change": last if changes and not number else None,
            }
            for number, span in enumerate(spans or (None,))
        ]
        tx.execute(sa.insert(tables.import_batch), rows)

    def finish(self, crm: Crm) -> None:
        """Mark the run as done."""
        if self.id is None:
            return
        table = crm.tables.import_run
        with crm.transaction() as tx:
            mine = sa.and_(table.c.id == self.id, table.c.state == RUNNING)
            tx.execute(table.update().where(mine).values(state=FINISHED, finished_at=tx.at))


def was_finished(crm: Crm, request: Request) -> bool:
    """Whether the same request was imported to its end before."""
    with crm.reading() as execute:
        return execute(_runs(crm, request, FINISHED).limit(1)).first() is not None


def refused_before(crm: Crm, request: Request) -> Path | None:
    """The file of the rows that the same request refused when it came to its end last; None where it refused
    none."""
    table = crm.tables.import_run
    with crm.reading() as execute:
        found = execute(_runs(crm, request, FINISHED).order_by(table.c.id.desc()).limit(1)).first()
    if found is None or not Counts(**json.loads(found.counts)).rejected:
        return None
    return Path(found.rejects_file)


def begun(crm: Crm, request: Request) -> Run:
    """The unfinished run of the same request, else a new one."""
    table = crm.tables.import_run
    with crm.transaction() as tx:
        found = tx.execute(_runs(crm, request, RUNNING).order_by(table.c.id.desc()).limit(1)).first()
        if found is not None:
            return Run(found.id, Counts(**json.loads(found.counts)), Path(found.rejects_file))
        id_ = _inserted(crm, tx, table, request)
        rejects = rejects_path(request.file.absolute(), id_)
        # Named now, so that a run killed while it writes the file finds it again.
        tx.execute(table.update().where(table.c.id == id_).values(rejects_file=str(rejects)))
        return Run(id_, Counts(), rejects)


def _runs(crm: Crm, request: Request, state: str) -> sa.Select[tuple[int, str, str]]:
    table = crm.tables.import_run
    return sa.select(table.c.id, table.c.counts, table.c.rejects_file).where(
        table.c.kind == request.what,
        table.c.digest == request.digest,
        table.c.mapping == request.mapping,
        table.c.state == state,
    )


def _inserted(crm: Crm, tx: Transaction, table: sa.Table, request: Request) -> int:
    done = tx.execute(
        table.insert().values(
            kind=request.what,
            file=str(request.file.absolute()),
            digest=request.digest,
            mapping=request.mapping,
            position=0,
            counts=json.dumps(_plain(Counts())),
            state=RUNNING,
            started_at=tx.at,
            actor=crm.actor.name,
        )
    )
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])


def _plain(counts: Counts) -> dict[str, Any]:
    from attrs import asdict

    return asdict(counts)
