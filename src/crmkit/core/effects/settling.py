"""Writing down what has become of lines, and telling their action which of them have arrived."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve

from crmkit.core.effects.line import Line, Outcome, mark_of
from crmkit.core.language import N_
from crmkit.core.model.strategy import PENDING, SKIPPED
from crmkit.core.plugins.failure import outage_of, said_of
from crmkit.core.store.bulk import Row, driver_many, marked

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.acting import ActionItem
    from crmkit.core.model.words import Action
    from crmkit.core.store.unit import Transaction

_SETTLED: Final = """
    UPDATE effect SET state = ?, reason = ?, result = ?, settled_at = ?, give_up_at = ?, due_at = NULL,
      lease_until = NULL
    WHERE id = ?"""
# What goes on keeps the word of its last try only; what it reaches, it reaches when it is due.
_GOES_ON: Final = """
    UPDATE effect SET state = 'pending', reason = ?, result = NULL, due_at = ?,
      contact_at = CASE WHEN channel IS NULL THEN NULL ELSE ? END, settled_at = NULL, give_up_at = ?,
      lease_until = NULL, rehearsed = 0
    WHERE id = ?"""
# Whoever cancelled it has written down who it was.
_CANCELLED: Final = "UPDATE effect SET state = 'skipped', settled_at = ?, lease_until = NULL WHERE id = ?"
log = logging.getLogger("crmkit.effects")


def write(tx: Transaction, lines: Sequence[Line]) -> None:
    """Write the outcomes of lines, which the caller has locked; what was cancelled on its way ends here."""
    settled: list[Row] = []
    open_: list[Row] = []
    cancelled: list[Row] = []
    for line in lines:
        outcome = line.outcome
        assert outcome is not None
        if outcome.state == PENDING and line.is_cancelled:
            line.outcome = Outcome(state=SKIPPED)
            cancelled.append((tx.at, line.id))
        elif outcome.state == PENDING:
            give_up_at = None if outcome.afresh else line.give_up_at
            open_.append((outcome.reason, outcome.due_at, outcome.due_at, give_up_at, line.id))
        else:
            settled.append((outcome.state, outcome.reason, outcome.result, tx.at, line.give_up_at, line.id))
    for statement, rows in ((_SETTLED, settled), (_GOES_ON, open_), (_CANCELLED, cancelled)):
        if rows:
            driver_many(tx.connection, marked(tx.connection, statement), rows)


def note_arrived(kernel: Kernel, tx: Transaction, action: Action, lines: Iterable[Line]) -> None:
    """Tell the action which lines have arrived. Where it fails, they have all the same, and say so."""
    if action.arrived is None:
        return
    arrived = [line for line in lines if line.outcome]
    # Where a person says that it has, nobody has prepared it here.
    mark = "" if all(line.prepared for line in arrived) else mark_of(tx.connection)
    items = [
        evolve(
            line.prepared or line.item(action, mark), customer_id=line.customer_id,
            result=line.outcome.result if line.outcome else None, parcel=line.parcel,
        )
        for line in arrived
        if line.customer_id is not None
    ]  # fmt: skip
    table = kernel.tables.effect
    for number, reason in (_told(kernel, tx, action, items) if items else {}).items():
        said = f"handed over, but it could not be noted: {reason}"
        log.error(N_("Effect %d was %s"), number, said)
        tx.execute(table.update().where(table.c.id == number).values(reason=said))


def _told(kernel: Kernel, tx: Transaction, action: Action, items: Sequence[ActionItem]) -> Mapping[int, str]:
    """What went wrong, by effect: where telling of all fails, halves are told, until it is plain where."""
    assert action.arrived is not None
    # What others have logged must not be undone with what this one writes, nor be its fault.
    tx.flush()
    try:
        with kernel.unit(kernel.house), kernel.acting_in(tx, kernel.house) as (crm, own):
            action.arrived(items, crm, own)
    except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
        if (outage := outage_of(error)) is not None:  # the answers are written again
            raise outage  # noqa: B904  (it is the error itself, or comes from it)
        if len(items) == 1:
            return {items[0].effect: said_of(error)}
        half = len(items) // 2
        return {**_told(kernel, tx, action, items[:half]), **_told(kernel, tx, action, items[half:])}
    return {}
