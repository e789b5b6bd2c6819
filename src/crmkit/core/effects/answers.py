"""Handing over: parcels leave the house, and each answer is kept as it comes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve, field

from crmkit.core.effects.line import Line, Outcome, owners, still_ours
from crmkit.core.effects.opening import HANDING_LEASE
from crmkit.core.effects.pausing import later
from crmkit.core.effects.rehearsal import unrehearse, write_rehearsed
from crmkit.core.effects.settling import note_arrived, reason_of, write
from crmkit.core.errors import TryAgain
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import (
    DONE,
    FAILED,
    HANDING_OVER,
    UNCONFIRMED,
    Later,
    Parcel,
    Performed,
    Unconfirmed,
)
from crmkit.core.normalise.text import quoted

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Action
    from crmkit.core.store.unit import Transaction

# Answers are written down together, so many or so old.
_TOGETHER: Final = 50
_OLDEST: Final = 1_000_000
_TRIES: Final = 3
log = logging.getLogger("crmkit.effects")


@define
class HandingOver:
    """One batch of one action on its way. `counts` is told what becomes of each line."""

    kernel: Kernel
    action: Action
    lines: Sequence[Line]
    rehearses: bool
    counts: Counter[str]
    _waiting: dict[int, Line] = field(factory=dict)
    _answered: list[Line] = field(factory=list)
    _trouble: str = ""
    _kept_at: int = 0
    _leased_at: int = 0

    def run(self) -> None:
        """Hand all of it over. Whatever was answered is kept, also when the rest fails."""
        self._waiting = dict(enumerate(self.lines))
        self._kept_at = self._leased_at = self.kernel.clock.now()
        for answer in self._rehearsed() if self.rehearses else self._answers():
            self._take(answer)
            if len(self._answered) >= _TOGETHER or self._is_old():
                self._keep()
        for line in self._waiting.values():
            reason = self._trouble or f"{self.action.name} gave no answer"
            line.outcome = self._unknown(line, reason)
        self._answered += self._waiting.values()
        self._waiting = {}
        self._keep()

    def _answers(self) -> Iterator[Any]:
        """What the action says, as soon as it says it; its failure is the end of it."""
        from crmkit.core.crm import Crm

        try:
            yield from self.action.perform(self._parcels(), Crm(self.kernel, self.kernel.house)) or ()
        except Exception as error:
            log.exception("The action %s failed while it handed over", self.action.name)
            self._trouble = reason_of(error)

    def _parcels(self) -> list[Parcel]:
        """The parcels, numbered by their place: of the batch that was prepared some may have stayed."""
        parcels = [line.parcel for line in self.lines if line.parcel is not None]
        return [evolve(parcel, index=index) for index, parcel in enumerate(parcels)]

    def _rehearsed(self) -> Iterator[Performed | Later]:
        for index, line in enumerate(self.lines):
            try:
                write_rehearsed(self.kernel, line)
            except OSError as error:
                yield Later(index, f"the file of the rehearsal cannot be written: {error.strerror or error}")
            else:
                yield Performed(index)

    def _take(self, answer: Any) -> None:
        """Note what an answer says about its line; nonsense, and what comes twice, says nothing."""
        outcome = self._outcome(answer)
        if outcome is None or type(answer.index) is not int or answer.index not in self._waiting:
            self._trouble = f"{self.action.name} answered with {quoted(repr(answer))}"
            log.error("The action %s", self._trouble)
            return
        line = self._waiting.pop(answer.index)
        line.outcome = outcome(line)
        self._answered.append(line)

    def _outcome(self, answer: Any) -> Callable[[Line], Outcome] | None:
        """What an answer means for its line; None for nonsense."""
        if isinstance(answer, Performed):
            result = None if answer.result is None else str(answer.result)
            return lambda _line: Outcome(state=DONE, result=result)
        if isinstance(answer, Refusal):
            return lambda _line: Outcome(state=FAILED, reason=str(answer.reason))
        if isinstance(answer, Later):
            return partial(self._later, reason=str(answer.reason), seconds=answer.seconds)
        if isinstance(answer, Unconfirmed):
            return partial(self._unknown, reason=str(answer.reason))
        return None

    def _later(
        self, line: Line, reason: str, seconds: float | None = None, *, may_have_arrived: bool = False
    ) -> Outcome:
        kernel = self.kernel
        return later(
            line, reason, kernel.clock.now(), kernel.random, seconds=seconds,
            may_have_arrived=may_have_arrived,
        )  # fmt: skip

    def _unknown(self, line: Line, reason: str) -> Outcome:
        """Nobody knows whether it arrived: it is tried again only where the other side would notice."""
        if self.action.repeatable:
            return self._later(line, reason, may_have_arrived=True)
        return Outcome(state=UNCONFIRMED, reason=reason)

    def _is_old(self) -> bool:
        # Set back, the clock says nothing about age.
        return not 0 <= self.kernel.clock.now() - self._kept_at < _OLDEST

    def _keep(self) -> None:
        """Write the answers down, trying again where the database is busy: nobody else knows them."""
        answered, self._answered = self._answered, []
        if not answered:
            return
        kept = self._settled(answered)
        self._kept_at = self.kernel.clock.now()
        late = {line.id for line in answered} - {line.id for line in kept}
        if late:
            log.warning("Answers that came too late were dropped: effects %s", sorted(late))
        for line in kept:
            assert line.outcome is not None
            is_rehearsed = self.rehearses and line.outcome.state == DONE
            self.counts["rehearsed" if is_rehearsed else line.outcome.state] += 1

    def _settled(self, answered: Sequence[Line]) -> list[Line]:
        for _ in range(_TRIES - 1):
            try:
                return self._settle(answered)
            except TryAgain:
                log.warning("The database is busy; %d answers are written down again", len(answered))
        return self._settle(answered)

    def _settle(self, answered: Sequence[Line]) -> list[Line]:
        """Write what is still ours to write, in one unit of work with what the action notes of it."""
        kernel = self.kernel
        with kernel.unit(kernel.house) as tx:
            kept = still_ours(tx, kernel.tables, answered, HANDING_OVER)
            self._follow_customers(tx, kept)
            write(kernel, tx, kept)
            if not self.rehearses:
                done = [line for line in kept if line.outcome and line.outcome.state == DONE]
                note_arrived(kernel, tx, self.action, done)
            if self._waiting and tx.at - self._leased_at > HANDING_LEASE // 4:
                self._renew(tx.connection, tx.at)
        return kept

    def _follow_customers(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """Who was merged meanwhile has it noted at the other; of who was erased nothing is written."""
        now = owners(tx, self.kernel.tables, lines)
        for line in lines:
            line.customer_id = now[line.id]
            if line.customer_id is None and line.outcome is not None:
                line.outcome = evolve(line.outcome, reason=None, result=None)
        if self.rehearses:
            unrehearse(self.kernel, [line.id for line in lines if line.customer_id is None])

    def _renew(self, connection: sa.Connection, now: int) -> None:
        """Keep what is still on its way in hand."""
        table = self.kernel.tables.effect
        mine = sa.and_(table.c.id == sa.bindparam("b_id"), table.c.token == sa.bindparam("b_token"))
        connection.execute(
            table.update().where(mine, table.c.state == HANDING_OVER).values(lease_until=now + HANDING_LEASE),
            [{"b_id": line.id, "b_token": line.token} for line in self._waiting.values()],
        )
        self._leased_at = now
