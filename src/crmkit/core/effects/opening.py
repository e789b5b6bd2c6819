"""Opening: the last look before lines leave the house, and the note that they are about to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.effects.asking import ask
from crmkit.core.effects.line import Line, Outcome, owners, still_ours
from crmkit.core.effects.settling import write
from crmkit.core.model.strategy import CLAIMED, FAILED, HANDING_OVER, PENDING, SKIPPED, TAKEN_BACK

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

# Renewed while answers come in.
HANDING_LEASE: Final = 600_000_000
ERASED: Final = "erased"
REHEARSED_BEFORE: Final = "rehearsed before"


def open_lines(
    kernel: Kernel, tx: Transaction, lines: Sequence[Line], room: int, *, rehearses: bool
) -> tuple[list[Line], list[Line], list[Line]]:
    """(those that are handed over now, at most `room`; those that have an outcome, which is written; those
    that are no longer ours). The others stay claimed.

    The caller holds `PLAN_LOCK`: whoever plans or applies waits meanwhile, so that limits of contact hold
    whoever does what when.
    """
    ours = still_ours(tx, kernel.tables, lines, CLAIMED)
    _follow_customers(kernel, tx, ours)
    _leave_out_taken_back(kernel, tx, ours)
    if rehearses:
        _leave_out_rehearsed(kernel, tx, ours)
    ask(kernel, tx.connection, [line for line in ours if line.outcome is None], tx.at)
    # An objection says more than that there was nothing to prepare.
    ask(kernel, tx.connection, [line for line in ours if _is_refused(line)], tx.at)
    opened = [line for line in ours if line.outcome is None][:room]
    decided = [line for line in ours if line.outcome is not None]
    write(kernel, tx, decided)
    if rehearses:
        _mark_rehearsed(kernel, tx, decided)
    _hand_over(kernel, tx, opened, rehearses=rehearses)
    still = {line.id for line in ours}
    return opened, decided, [line for line in lines if line.id not in still]


def _is_refused(line: Line) -> bool:
    return line.outcome is not None and line.outcome.state == FAILED


def _follow_customers(kernel: Kernel, tx: Transaction, lines: Sequence[Line]) -> None:
    """Leave out who was erased; have what follows a customer who was just merged prepared anew."""
    now = owners(tx, kernel.tables, lines)
    for line in lines:
        if now[line.id] is None:
            line.outcome = Outcome(state=SKIPPED, reason=ERASED)
        elif now[line.id] != line.customer_id:
            line.outcome = Outcome(state=PENDING, due_at=tx.at)


def _leave_out_taken_back(kernel: Kernel, tx: Transaction, lines: Sequence[Line]) -> None:
    """What was on its way when its plan was undone, and came back, stays."""
    table = kernel.tables.plan
    numbers = {line.plan_id for line in lines if line.plan_id is not None}
    if not numbers:
        return
    undone = sa.select(table.c.id).where(table.c.id.in_(numbers), table.c.state == TAKEN_BACK)
    back = set(tx.execute(undone).scalars())
    for line in lines:
        if line.plan_id in back:
            line.outcome = Outcome(state=SKIPPED, reason=f"plan:{line.plan_id} was taken back")


def _leave_out_rehearsed(kernel: Kernel, tx: Transaction, lines: Sequence[Line]) -> None:
    """The ledger has room for one rehearsal of each occasion."""
    mine, other = kernel.tables.effect.alias(), kernel.tables.effect.alias()
    same = [mine.c[name] == other.c[name] for name in ("origin", "step", "occasion", "customer_id")]
    chosen = (
        sa.select(mine.c.id)
        .join(other, sa.and_(*same, other.c.rehearsed == 1, other.c.id != mine.c.id))
        .where(mine.c.id.in_([line.id for line in lines]))
    )
    before = set(tx.execute(chosen).scalars())
    for line in lines:
        if line.id in before:
            line.outcome = Outcome(state=SKIPPED, reason=REHEARSED_BEFORE)


def _mark_rehearsed(kernel: Kernel, tx: Transaction, lines: Sequence[Line]) -> None:
    """What came to nothing in a rehearsal counts for nothing either, once the business is live."""
    ids = [
        line.id
        for line in lines
        if line.outcome is not None
        and line.outcome.state in (FAILED, SKIPPED)
        and line.outcome.reason != REHEARSED_BEFORE
    ]
    table = kernel.tables.effect
    if ids:
        tx.execute(table.update().where(table.c.id.in_(ids)).values(rehearsed=1))


def _hand_over(kernel: Kernel, tx: Transaction, lines: Sequence[Line], *, rehearses: bool) -> None:
    if not lines:
        return
    table, rows = kernel.tables.effect, list[dict[str, Any]]()
    for line in lines:
        assert line.parcel is not None
        line.attempts += 1
        rows.append({"b_id": line.id, "recipient": line.parcel.to, "attempts": line.attempts})
    update = table.update().where(table.c.id == sa.bindparam("b_id"))
    tx.execute(
        update.values(
            state=HANDING_OVER, contact_at=tx.at, lease_until=tx.at + HANDING_LEASE, rehearsed=int(rehearses)
        ),
        rows,
    )
