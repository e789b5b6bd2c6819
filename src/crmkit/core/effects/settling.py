"""Writing down what has become of lines, and telling their action which of them have arrived."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.effects.line import Line, mark_of
from crmkit.core.errors import CrmError
from crmkit.core.model.strategy import PENDING

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.strategy import ActionItem
    from crmkit.core.model.words import Action
    from crmkit.core.store.unit import Transaction

log = logging.getLogger("crmkit.effects")


def write(kernel: Kernel, tx: Transaction, lines: Sequence[Line]) -> None:
    """Write the outcomes of lines, which the caller has locked."""
    table = kernel.tables.effect
    for is_open in (False, True):
        rows = [_values(tx, line) for line in lines if (_state(line) == PENDING) == is_open]
        if rows:
            update = table.update().where(table.c.id == sa.bindparam("b_id"))
            # What goes on keeps the word of its last try only; what it reaches, it reaches when it is due.
            due = sa.bindparam("b_due", type_=table.c.due_at.type)
            contact = sa.case((table.c.channel.is_not(None), due), else_=None)
            more = {"contact_at": contact, "rehearsed": 0} if is_open else {}
            given = [{**row, "b_due": row["due_at"]} for row in rows] if is_open else rows
            tx.execute(update.values(lease_until=None, **more), given)


def _state(line: Line) -> str:
    assert line.outcome is not None
    return line.outcome.state


def _values(tx: Transaction, line: Line) -> dict[str, Any]:
    outcome = line.outcome
    assert outcome is not None
    return {
        "b_id": line.id,
        "state": outcome.state,
        "reason": outcome.reason,
        "result": outcome.result,
        "due_at": outcome.due_at,
        "settled_at": None if outcome.state == PENDING else tx.at,
        "give_up_at": None if outcome.afresh else line.give_up_at,
    }


def note_arrived(kernel: Kernel, tx: Transaction, action: Action, lines: Iterable[Line]) -> None:
    """Tell the action which lines have arrived. Where it fails, they have all the same, and say so."""
    if action.arrived is None:
        return
    mark = mark_of(tx.connection)
    items = [
        evolve(line.item(action, mark), result=line.outcome.result, parcel=line.parcel)
        for line in lines
        if line.outcome and line.customer_id is not None
    ]
    table = kernel.tables.effect
    for number, reason in (_told(kernel, tx, action, items) if items else {}).items():
        said = f"handed over, but it could not be noted: {reason}"
        log.error("Effect %d was %s", number, said)
        tx.execute(table.update().where(table.c.id == number).values(reason=said))


def _told(kernel: Kernel, tx: Transaction, action: Action, items: Sequence[ActionItem]) -> Mapping[int, str]:
    """What went wrong, by effect: where telling of all fails, halves are told, until it is plain where."""
    assert action.arrived is not None
    try:
        # What others have logged must not be undone with what this one writes.
        tx.flush()
        with kernel.unit(kernel.house), kernel.acting_in(tx, kernel.house) as (crm, own):
            action.arrived(items, crm, own)
    except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
        if len(items) == 1:
            return {items[0].effect: reason_of(error)}
        half = len(items) // 2
        return {**_told(kernel, tx, action, items[:half]), **_told(kernel, tx, action, items[half:])}
    return {}


def reason_of(error: Exception) -> str:
    """What went wrong, in a line."""
    return error.message if isinstance(error, CrmError) else f"{type(error).__name__}: {error}"
