"""Several connections to the mail server, each on a thread of its own, and one queue of what they hand over.

The threads touch neither the database nor what the messages come from: they are given letters to write, and
what became of each is fetched. The first connection is made alone, so that a server that is down, or does not
know the password, is asked once; a further one that the server refuses is done without.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from attrs import define, field, frozen

from crmkit.plugin import N_, Later, Unconfirmed, phrase
from crmkit.plugins.email.relay import Account, Relay, Unreachable, told

if TYPE_CHECKING:
    from crmkit.plugin import Message, Performed, Refusal
    from crmkit.plugins.email.mailbox import Mailbox
    from crmkit.plugins.email.relay import Reply

# A server that is slow to say goodbye is not waited for.
_LEAVING: Final = 6.0
_LOOK_AGAIN: Final = 0.05
log = logging.getLogger("crmkit.email")


@frozen
class Job:
    """A message to hand over, and its place among those that are delivered. `at` is in microseconds UTC."""

    index: int
    message: Message
    at: int
    marketing: bool
    envelope: Mailbox | None = None


@frozen
class Answered:
    """What became of a job; `reply` is what the server said last, if it said anything."""

    job: Job
    answer: Performed | Refusal | Later | Unconfirmed
    reply: Reply | None = None


class Work(Protocol):
    """What is done with each job, on the thread of a connection."""

    def __call__(self, relay: Relay, job: Job, /) -> Answered:
        """Hand it over. Raises `Unreachable` where nothing can be, and nothing has been."""


@define(eq=False)
class Pool:
    """At most `size` connections. Once `given_up` says why, what is still to be done waits."""

    account: Account
    size: int
    work: Work
    given_up: str = ""
    _answers: SimpleQueue[Answered] = field(factory=SimpleQueue)
    _jobs: deque[Job] = field(factory=deque)
    _changed: Condition = field(factory=Condition)
    _threads: list[Thread] = field(factory=list)
    _relays: list[Relay] = field(factory=list)
    # Connections, those of them that have nothing to do, and those that have reached the server.
    _there: int = 0
    _idle: int = 0
    _reached: int = 0
    _unanswered: int = 0
    _is_over: bool = False

    def put(self, job: Job) -> None:
        """Have a job done by whoever is free; another connection is made if nobody is."""
        with self._changed:
            self._unanswered += 1
            self._jobs.append(job)
            self._grow()
            self._changed.notify()

    def answers(self, patience: float = 0.0) -> Iterator[Answered]:
        """The next answer, which is waited for, those that are there with it, and those that come within
        `patience` seconds, until there are none to come."""
        yield self._taken(self._answers.get())
        ends = monotonic() + patience
        while self._unanswered:
            try:
                yield self._taken(self._answers.get(timeout=max(0.0, ends - monotonic())))
            except Empty:
                return

    def close(self) -> None:
        """Say goodbye on all connections. What is still on its way is cut off."""
        with self._changed:
            self._is_over = True
            self._jobs.clear()
            self._changed.notify_all()
        ends = monotonic() + _LEAVING
        for thread, relay in zip(self._threads, self._relays, strict=True):
            while thread.is_alive() and monotonic() < ends:
                if self._unanswered:  # again and again: it may only now have reached the server
                    relay.cut()
                thread.join(_LOOK_AGAIN)
            relay.cut()

    def _taken(self, answered: Answered) -> Answered:
        self._unanswered -= 1
        return answered

    def _grow(self) -> None:
        """Make a connection for each job that nobody is free for, as far as there may be so many."""
        allowed = self.size if self._reached else 1
        while self._there < allowed and len(self._jobs) > self._idle and not self.given_up:
            relay = Relay(self.account)
            thread = Thread(target=self._serve, args=(relay,), name="crmkit-email", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the machine has no more of them
                if not self._there:
                    raise
                self.size = self._there
                return
            self._relays.append(relay)
            self._threads.append(thread)
            self._there += 1
            self._idle += 1

    def _serve(self, relay: Relay) -> None:
        """Do one job after the other, on a thread of its own."""
        has_reached = False
        while (job := self._next()) is not None:
            try:
                answered = self._done(relay, job)
            except Unreachable as error:
                if self._goes_without(job, str(error), has_reached=has_reached):
                    return
                answered = Answered(job, Later(job.index, self.given_up))
            is_first, has_reached = not has_reached, has_reached or answered.reply is not None
            self._note_done(has_reached=is_first and has_reached)
            self._answers.put(answered)
        relay.close()

    def _next(self) -> Job | None:
        """The next job; None when it is over."""
        with self._changed:
            while not self._jobs and not self._is_over:
                self._changed.wait()
            if self._is_over:
                return None
            self._idle -= 1
            return self._jobs.popleft()

    def _done(self, relay: Relay, job: Job) -> Answered:
        if self.given_up:
            return Answered(job, Later(job.index, self.given_up))
        try:
            return self.work(relay, job)
        except Unreachable:
            raise
        except Exception as error:
            log.exception(N_("A message could not be handed over: effect %s"), job.message.effect)
            relay.drop()
            return Answered(
                job, Unconfirmed(job.index, phrase("handing it over failed: {error}", error=told(error)))
            )

    def _note_done(self, *, has_reached: bool) -> None:
        # Before the answer is known: who asks for more then finds this connection free.
        with self._changed:
            self._idle += 1
            if has_reached:
                self._reached += 1
                self._grow()

    def _goes_without(self, job: Job, reason: str, *, has_reached: bool) -> bool:
        """Whether others carry on without this connection, which the server does not take; else nothing goes
        out any more."""
        with self._changed:
            if self._reached <= has_reached:
                self.given_up = reason
                return False
            self._reached -= has_reached
            self._there -= 1
            self.size = max(1, self._there)
            self._jobs.appendleft(job)
            self._changed.notify()
            return True
