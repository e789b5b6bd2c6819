"""Mass edits on record: `edit:4` is row 4 of `edit_run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.errors import Conflict, NotFound
from crmkit.core.logs import log_end
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.store.tables import Tables
    from crmkit.core.store.unit import Transaction

RUNNING: Final = "running"
DONE: Final = "done"
UNDOING: Final = "undoing"
UNDONE: Final = "undone"


def ref_of(number: int) -> str:
    """How people and the change log refer to it."""
    return f"edit:{number}"


def begin(tables: Tables, tx: Transaction, what: str) -> int:
    """A new edit; its number."""
    values = {
        "at": tx.at,
        "actor": tx.actor.name,
        "what": what,
        "customers": 0,
        "log_position": log_end(tx.connection, "change"),
        "state": RUNNING,
    }
    inserted = tx.execute(sa.insert(tables.edit_run).values(**values))
    (number,) = inserted.inserted_primary_key or (0,)
    return int(number)


def advance(tables: Tables, tx: Transaction, number: int, customers: int, *, last: bool) -> None:
    """Note in a batch's own unit how many customers it changed. Raises `Conflict` when it was undone."""
    run = tables.edit_run
    done = tx.execute(
        sa.update(run)
        .where(run.c.id == number, run.c.state == RUNNING)
        .values(customers=run.c.customers + customers, state=DONE if last else RUNNING)
    )
    if done.rowcount != 1:
        raise Conflict(
            phrase("{ref} was undone while it was still at work", ref=ref_of(number)), hint="It has stopped."
        )


def forget(tables: Tables, tx: Transaction, number: int) -> None:
    """Leave no trace of an edit that changed nothing."""
    tx.execute(sa.delete(tables.edit_run).where(tables.edit_run.c.id == number))


def mark(tables: Tables, tx: Transaction, number: int, state: str) -> None:
    """Note that the edit is being undone, or was. Raises `Conflict` when it was undone before."""
    run = tables.edit_run
    undone_at = tx.at if state == UNDONE else None
    done = tx.execute(
        sa.update(run)
        .where(run.c.id == number, run.c.state != UNDONE)
        .values(state=state, undone_at=undone_at)
    )
    if done.rowcount != 1:
        raise _undone(number)


def found(tables: Tables, connection: sa.Connection, number: int) -> Any:
    """The row of an edit that can be undone. Raises `NotFound`, and `Conflict` when it was undone before."""
    run = tables.edit_run
    row = connection.execute(sa.select(run).where(run.c.id == number)).first()
    if row is None:
        raise NotFound(
            phrase("There is no {ref}", ref=ref_of(number)), hint="What can be undone: crm undo --list"
        )
    if row.state == UNDONE:
        raise _undone(number)
    return row


def _undone(number: int) -> Conflict:
    return Conflict(
        phrase("{ref} was undone before", ref=ref_of(number)), hint="What can be undone: crm undo --list"
    )
