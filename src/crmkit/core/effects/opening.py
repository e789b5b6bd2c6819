"""Opening: the last look before lines leave the house, and the note that they are about to."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define, frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.effects.asking import ask
from crmkit.core.effects.holding import holds
from crmkit.core.effects.line import Line, Outcome, still_ours
from crmkit.core.effects.reviewing import leave_out_at_rest
from crmkit.core.effects.settling import write
from crmkit.core.effects.turns import give_back
from crmkit.core.model.strategy import CLAIMED, FAILED, PENDING, SKIPPED, TAKEN_BACK
from crmkit.core.store.bulk import Row, driver_many, marked

if TYPE_CHECKING:
    from crmkit.core.effects.rating import Rates
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

# Renewed while answers come in.
HANDING_LEASE: Final = 600_000_000
ERASED: Final = "erased"
REHEARSED_BEFORE: Final = "rehearsed before"
_OPENED: Final = """
    UPDATE effect SET state = 'handing_over', recipient = ?, attempts = ?, contact_at = ?, lease_until = ?,
      rehearsed = ?
    WHERE id = ?"""


@define
class Door:
    """Where lines of one channel leave the house, in a rehearsal or really."""

    kernel: Kernel
    rehearses: bool
    rates: Rates

    def open(self, tx: Transaction, lines: Sequence[Line], room: int) -> Opened:
        """Open some of these claimed lines, at most `room`; the others that stand stay claimed.

        The caller holds `PLAN_LOCK`: whoever plans or applies waits meanwhile, so that limits of contact hold
        whoever does what when.
        """
        kernel = self.kernel
        ours = still_ours(tx, lines, CLAIMED)
        held = self._hold_back(tx, ours)
        asked = [line for line in ours if line.id not in held]
        _follow_customers(tx, asked)
        _leave_out_taken_back(tx, asked)
        leave_out_at_rest(kernel, asked, tx.at)
        if self.rehearses:
            _leave_out_rehearsed(kernel, tx, asked)
        ask(kernel, tx.connection, [line for line in asked if line.outcome is None], tx.at)
        # An objection says more than that there was nothing to prepare.
        ask(kernel, tx.connection, [line for line in asked if _is_refused(line)], tx.at)
        opened = self._in_turn(tx, [line for line in asked if line.outcome is None], room)
        decided = [line for line in asked if line.outcome is not None]
        write(tx, decided)
        if self.rehearses:
            _mark_rehearsed(kernel, tx, decided)
        _hand_over(tx, opened, rehearses=self.rehearses)
        still = {line.id for line in asked}
        return Opened(opened, decided, [line for line in lines if line.id not in still])

    def _hold_back(self, tx: Transaction, lines: Sequence[Line]) -> set[int]:
        """Give back what a person has paused."""
        paused = holds(tx.connection, tx.at)
        held = [line for line in lines if any(hold.covers(line) for hold in paused)] if paused else []
        give_back(tx, held)
        return {line.id for line in held}

    def _in_turn(self, tx: Transaction, lines: Sequence[Line], room: int) -> list[Line]:
        """Up to `room` of these lines, whose turn it is by the rates of the channel."""
        opened: list[Line] = []
        waiting = deque(lines)
        while waiting and len(opened) < room:
            some = [waiting.popleft() for _ in range(min(len(waiting), room - len(opened)))]
            if not self.rehearses:
                self.rates.draw(tx.connection, some, tx.at)
            opened += [line for line in some if line.outcome is None]
        return opened


@frozen
class Opened:
    """What became of lines: those that are handed over now; those that have an outcome, which is written;
    those that are nobody's concern here any more."""

    opened: Sequence[Line] = ()
    decided: Sequence[Line] = ()
    gone: Sequence[Line] = ()

    @property
    def all(self) -> Sequence[Line]:
        """All of them."""
        return [*self.opened, *self.decided, *self.gone]


def _is_refused(line: Line) -> bool:
    return line.outcome is not None and line.outcome.state == FAILED


def _follow_customers(tx: Transaction, lines: Sequence[Line]) -> None:
    """Leave out who was erased; have what follows a customer who was just merged prepared anew."""
    for line in lines:
        if line.owner is None:
            line.outcome = Outcome(state=SKIPPED, reason=ERASED)
        elif line.owner != line.customer_id:
            line.outcome = Outcome(state=PENDING, due_at=tx.at)


def _leave_out_taken_back(tx: Transaction, lines: Sequence[Line]) -> None:
    """What was on its way when its plan was undone, and came back, stays."""
    numbers = {line.plan_id for line in lines if line.plan_id is not None}
    if not numbers:
        return
    select = "SELECT id FROM plan WHERE state = ? AND id"
    back = {row[0] for row in rows_among(tx.connection, select, sorted(numbers), TAKEN_BACK)}
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


def _hand_over(tx: Transaction, lines: Sequence[Line], *, rehearses: bool) -> None:
    rows: list[Row] = []
    for line in lines:
        assert line.parcel is not None
        line.attempts += 1
        lease = tx.at + HANDING_LEASE
        rows.append((line.parcel.to, line.attempts, tx.at, lease, int(rehearses), line.id))
    if rows:
        driver_many(tx.connection, marked(tx.connection, _OPENED), rows)
