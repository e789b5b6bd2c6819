"""Handing over: parcels leave the house as they are asked for, and each answer is kept as it comes.

What is open is marked in the ledger: at most `at_once` lines, also when a process is killed. So whenever the
action asks for more than is open, the answers so far are written down and the next lines are opened, in one
unit of work: the busier it is, the more of them.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve, field

from crmkit.core.effects.line import Line, Outcome, still_ours
from crmkit.core.effects.opening import HANDING_LEASE, Door, Opened
from crmkit.core.effects.pausing import later
from crmkit.core.effects.rehearsal import is_rehearsing, unrehearse, write_rehearsed
from crmkit.core.effects.settling import note_arrived, write
from crmkit.core.effects.turns import INTERRUPTED, give_back, is_repeatable
from crmkit.core.errors import PluginError, StoreError, TryAgain
from crmkit.core.language import N_
from crmkit.core.model.acting import Later, Parcel, Performed, Unconfirmed
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import CLAIMED, DONE, FAILED, HANDING_OVER, UNCONFIRMED
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import briefly
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time

if TYPE_CHECKING:
    from crmkit.core.effects.rating import Rates
    from crmkit.core.effects.supply import Supply
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Action
    from crmkit.core.store.unit import Transaction

# An answer that is so old is written down, also when nobody asks for more.
_OLDEST: Final = 1_000_000
_TRIES: Final = 3
# In seconds, where answers cannot be written and nobody else knows them.
_PAUSES: Final = (1.0, 3.0, 9.0, 27.0)
# Of those at the door, if all are turned away: so many are looked at together at most.
_MOST_LOOKED_AT: Final = 200
_AT_ONCE_IN_FILES: Final = 100
log = logging.getLogger("crmkit.effects")


@define
class HandingOver:
    """The lines of one action and one channel on their way: an iterator of parcels, for the action.

    `action` is None where the plugin that brings it is gone. `counts` is told what becomes of each line.
    """

    kernel: Kernel
    action: Action | None
    supply: Supply
    counts: Counter[str]
    rates: Rates
    at_once: int = 0
    rehearses: bool | None = None
    # Marked as on their way and not taken yet; taken and unanswered, by place; answered and not written.
    _opened: deque[Line] = field(factory=deque)
    _waiting: dict[int, Line] = field(factory=dict)
    _answered: list[Line] = field(factory=list)
    _taken: int = 0
    _is_closed: bool = False
    _is_full: bool = False
    _trouble: str = ""
    _failure: Exception | None = None
    _kept_at: int = 0
    _leased_at: int = 0
    _thread: int = 0
    _like: Line | None = None

    def run(self) -> None:
        """Hand all of it over. Whatever was answered is kept, also when the rest fails."""
        self._thread = threading.get_ident()
        self._kept_at = self._leased_at = self.kernel.clock.now()
        self._like = self.supply.first
        self.at_once = _most_at_once(self.kernel, self.action, self.supply)
        try:
            if self._open_some(self.at_once):
                for answer in self._rehearsed() if self.rehearses else self._answers():
                    self._take(answer)
                    if self._is_old():
                        self._keep()
            else:
                self._is_closed = True
        except BaseException:
            self._trouble = self._trouble or INTERRUPTED
            raise
        finally:
            self._end()
        if self._failure is not None:
            raise self._failure

    def __iter__(self) -> Iterator[Parcel]:
        return self

    def __next__(self) -> Parcel:
        """The next parcel, for whoever performs the action."""
        self._require_in_turn()
        if self._is_closed or self.kernel.is_stopping:
            self._is_closed = True
            raise StopIteration
        if not self._opened:
            room = self.at_once - len(self._waiting)
            # Who takes as many as may be open before it answers has come to the end: the rest comes next.
            self._is_full = room <= 0
            if self._is_full or not self._open_some(room):
                self._is_closed = True
                raise StopIteration
        line = self._opened.popleft()
        index = self._taken
        self._taken += 1
        self._waiting[index] = line
        parcel = line.parcel
        assert parcel is not None
        return Parcel(index=index, to=parcel.to, says=parcel.says, content=parcel.content)

    def _require_in_turn(self) -> None:
        """What is asked for in another way could be lost, or leave twice."""
        if threading.get_ident() != self._thread:
            raise PluginError(
                phrase("{name} asks for parcels on another thread", name=self._name),
                hint="Take them where perform was called; give them to threads of your own.",
            )
        if self.kernel.current is not None:
            raise PluginError(
                phrase("{name} asks for parcels inside a transaction", name=self._name),
                hint="End it first: what leaves stays.",
            )

    @property
    def _name(self) -> str:
        return "an action" if self.action is None else self.action.name

    def _answers(self) -> Iterator[Any]:
        """What the action says, as soon as it says it; its failure is the end of it."""
        assert self.action is not None
        try:
            yield from self.action.perform(self, self.kernel.crm()) or ()
        except Exception as error:
            log.exception(N_("The action %s failed while it handed over"), self._name)
            self._trouble = briefly(error)

    def _rehearsed(self) -> Iterator[Performed | Later]:
        for parcel in self:
            try:
                write_rehearsed(self.kernel, self._waiting[parcel.index])
            except OSError as error:
                reason = f"the file of the rehearsal cannot be written: {error.strerror or error}"
                yield Later(parcel.index, reason)
            else:
                yield Performed(parcel.index)

    def _take(self, answer: Any) -> None:
        """Note what an answer says about its line; nonsense, and what comes twice, says nothing."""
        outcome = self._outcome(answer)
        if outcome is None or type(answer.index) is not int or answer.index not in self._waiting:
            self._trouble = f"{self._name} answered with {quoted(repr(answer))}"
            log.error(N_("The action %s"), self._trouble)
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
        if is_repeatable(self.kernel, line.action, line.channel):
            return self._later(line, reason, may_have_arrived=True)
        return Outcome(state=UNCONFIRMED, reason=reason)

    def _is_old(self) -> bool:
        # Set back, the clock says nothing about age.
        return not 0 <= self.kernel.clock.now() - self._kept_at < _OLDEST

    def _keep(self) -> None:
        """Write down what is known. Its failure is kept for the end: no more leave then, and what is on its
        way is not cut off."""
        if self._failure is None:
            try:
                self._write([], 0)
            except Exception as error:  # noqa: BLE001 - raised again at the end
                self._failure = error
                self._is_closed = True

    def _keep_at_last(self) -> None:
        """Write down what is known, for the last time: a disk that is full, or a server that begins anew, is
        waited for."""
        for pause in _PAUSES:
            try:
                return self._write([], 0)
            except StoreError:
                log.warning(N_("%d answers cannot be written; once more in a while"), len(self._answered))
                self.kernel.clock.sleep(pause)
        return self._write([], 0)

    def _open_some(self, room: int) -> bool:
        """Open the next lines, up to `room`, and write down what is known; whether there were any.

        Its own failure is kept for the end: whoever performs the action can finish what is on its way.
        """
        count = room
        try:
            while not self._opened and not self._is_closed and not self.supply.is_over():
                if self.supply.first is None:
                    self.supply.claim(self._like)
                lines = self.supply.ahead(self.action, count)
                if not lines:
                    return False
                self._write(lines, room)
                count = min(2 * count, max(room, _MOST_LOOKED_AT))
        except Exception as error:  # noqa: BLE001 - raised again once the others have ended well
            self._failure = error
            return False
        return bool(self._opened)

    def _write(self, lines: Sequence[Line], room: int) -> None:
        """Write the answers down, and open some of `lines`, up to `room`; again where the database is busy:
        nobody else knows the answers."""
        for _ in range(_TRIES - 1):
            try:
                return self._written(lines, room)
            except TryAgain:
                log.warning(N_("The database is busy; %d answers are written again"), len(self._answered))
        return self._written(lines, room)

    def _written(self, lines: Sequence[Line], room: int) -> None:
        kernel = self.kernel
        before = [(line, line.outcome, line.attempts) for line in (*self._answered, *lines)]
        try:
            # Observers are told when the pass is over: none of them is to hold up what is on its way.
            with kernel.unit(kernel.house, deliver=False) as tx:
                if lines:
                    one_at_a_time(tx.connection, PLAN_LOCK)
                kept = self._settle(tx)
                found = self._open(tx, lines, room) if lines else Opened()
                self._renew(tx)
        except BaseException:
            for line, outcome, attempts in before:
                line.outcome, line.attempts = outcome, attempts
            raise
        self._kept_at = kernel.clock.now()
        self._count(kept)
        self._answered = []
        self.counts.update(line.outcome.state for line in found.decided if line.outcome is not None)
        self.supply.settled(found.all)
        self._opened.extend(found.opened)

    def _count(self, kept: Sequence[Line]) -> None:
        late = {line.id for line in self._answered} - {line.id for line in kept}
        if late:
            log.warning(N_("Answers that came too late were dropped: effects %s"), sorted(late))
        for line in kept:
            assert line.outcome is not None
            is_rehearsed = self.rehearses and line.outcome.state == DONE
            self.counts["rehearsed" if is_rehearsed else line.outcome.state] += 1

    def _settle(self, tx: Transaction) -> list[Line]:
        """Write what is still ours to write, with what the action notes of it."""
        if not self._answered:
            return []
        kernel = self.kernel
        kept = still_ours(tx, self._answered, HANDING_OVER)
        self._follow_customers(kept)
        write(tx, kept)
        if not self.rehearses and self.action is not None:
            done = [line for line in kept if line.outcome and line.outcome.state == DONE]
            note_arrived(kernel, tx, self.action, done)
        return kept

    def _open(self, tx: Transaction, lines: Sequence[Line], room: int) -> Opened:
        rehearses = is_rehearsing(tx.connection)
        if self.rehearses is None:
            self.rehearses = rehearses
            if rehearses:  # files can take more
                self.at_once = room = max(self.at_once, _AT_ONCE_IN_FILES)
        if rehearses != self.rehearses:
            self._is_closed = True
            return Opened()
        return Door(self.kernel, rehearses, self.rates).open(tx, lines, room)

    def _follow_customers(self, lines: Sequence[Line]) -> None:
        """Who was merged meanwhile has it noted at the other; of who was erased nothing is written."""
        for line in lines:
            line.customer_id = line.owner
            if line.customer_id is None and line.outcome is not None:
                line.outcome = evolve(line.outcome, reason=None, result=None)
        if self.rehearses:
            unrehearse(self.kernel, [line.id for line in lines if line.customer_id is None])

    def _renew(self, tx: Transaction) -> None:
        """Keep what is still on its way in hand, and what waits for it."""
        self.supply.renew(tx)
        open_ = [*self._waiting.values(), *self._opened]
        if not open_ or 0 <= tx.at - self._leased_at <= HANDING_LEASE // 4:
            return
        table = self.kernel.tables.effect
        mine = sa.and_(table.c.id == sa.bindparam("b_id"), table.c.token == sa.bindparam("b_token"))
        tx.execute(
            table.update()
            .where(mine, table.c.state == HANDING_OVER)
            .values(lease_until=tx.at + HANDING_LEASE),
            [{"b_id": line.id, "b_token": line.token} for line in open_],
        )
        self._leased_at = tx.at

    def _end(self) -> None:
        """Settle what is open, and leave the rest to whoever comes next: to the same action, where it has
        answered all that it could take."""
        goes_on = self._is_full and not self._waiting and self._failure is None
        is_refused = self._failure is None and (self._is_full or not self._is_closed)
        for line in self._waiting.values():
            line.outcome = self._unknown(line, self._trouble or f"{self._name} gave no answer")
        self._answered += self._waiting.values()
        self._waiting = {}
        untaken, self._opened = list(self._opened), deque()
        for line in untaken:
            line.attempts -= 1
        rest = [] if goes_on else [*untaken, *self.supply.drain()]
        self._is_closed = True
        if self._answered:
            self._keep_at_last()
        if rest:
            with self.kernel.unit(self.kernel.house) as tx:
                if is_refused:
                    self._put_off(tx, rest)
                else:
                    give_back(tx, rest)

    def _put_off(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """What the action has not taken, though it could: it has not left, and is not offered at once."""
        ours = still_ours(tx, lines, HANDING_OVER, CLAIMED)
        for line in ours:
            line.outcome = line.outcome or self._later(line, self._trouble or f"{self._name} took no more")
        write(tx, ours)
        self.counts.update(line.outcome.state for line in ours if line.outcome is not None)


def _most_at_once(kernel: Kernel, action: Action | None, supply: Supply) -> int:
    """How many may be on their way at once: as many as the action says, and the channel."""
    first = supply.first
    channel = kernel.words.channels.get(first.channel) if first and first.channel else None
    counts = [each.at_once for each in (action, channel) if each is not None]
    return max(1, min(counts, default=1))
