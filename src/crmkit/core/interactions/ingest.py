"""Ingest: single records from many threads, committed together, each with its own answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from threading import Condition, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Self

from crmkit.core.errors import CrmError, Invalid, ReadOnly, StoreError, TryAgain
from crmkit.core.interactions.recording import record_batch, record_one
from crmkit.core.model.interaction import InteractionDraft

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

# These befall the database, not an item: trying items one by one would only fail as often.
_EVERYBODYS = (TryAgain, StoreError, ReadOnly)


class _Waiting:
    """A draft, and the thread that waits for what becomes of it."""

    __slots__ = ("_done", "draft", "error", "seq")

    def __init__(self, draft: InteractionDraft) -> None:
        self.draft = draft
        self.seq: int | None = None
        self.error: BaseException | None = None
        # A bare lock: the lightest thing in the standard library that another thread can open.
        self._done = Lock()
        self._done.acquire()

    def settle(self, seq: int | None, error: BaseException | None) -> None:
        self.seq, self.error = seq, error
        self._done.release()

    def outcome(self) -> int:
        self._done.acquire()
        if self.error is not None:
            raise self.error
        assert self.seq is not None
        return self.seq


class Ingest:
    """Groups the single records of many threads into few commits. Use it as a context manager.

    A group is committed as soon as it is as large as the one before, so a lone caller never waits for company
    and many callers share each commit; no record waits longer than `max_wait` seconds for others.
    """

    def __init__(self, kernel: Kernel, actor: Actor, *, max_wait: float = 0.01, max_batch: int = 500) -> None:
        if max_wait < 0 or max_batch < 1:
            raise Invalid("An ingest needs a max_wait of 0 seconds or more and a max_batch of 1 or more")
        self._kernel = kernel
        self._actor = actor
        self._max_wait = max_wait
        self._max_batch = max_batch
        self._queue: deque[_Waiting] = deque()
        self._arrived = Condition(Lock())
        self._wanted = 1
        self._idle = True
        self._closed = True
        self._writer: Thread | None = None

    def __enter__(self) -> Self:
        self._closed = False
        self._writer = Thread(target=self._write, name="crmkit-ingest", daemon=True)
        self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Commit what is still waiting, and stop."""
        with self._arrived:
            self._closed = True
            self._arrived.notify()
        if self._writer is not None:
            self._writer.join()

    def record(self, draft: InteractionDraft) -> int:
        """Record one draft; its number in the log, once it is durable.

        The number is the earlier one where `(source, source_ref)` was on record. Raises why this draft is
        refused, as `Interactions.record` does; others are not affected.
        """
        if self._kernel.current is not None:
            raise Invalid(
                "A unit of work cannot wait for an ingest, which is another one",
                hint="Inside crm.transaction() use crm.interactions.record.",
            )
        waiting = _Waiting(draft)
        with self._arrived:
            if self._closed:
                raise Invalid(
                    "The ingest is closed", hint="Use it in: with crm.interactions.ingest() as ingest:"
                )
            self._queue.append(waiting)
            # Waking the writer for every record would cost more than the record.
            if self._idle or len(self._queue) >= self._wanted:
                self._arrived.notify()
        return waiting.outcome()

    def _write(self) -> None:
        while group := self._next_group():
            self._commit(group)

    def _next_group(self) -> list[_Waiting]:
        """The next group; empty when the ingest is closed and nothing waits."""
        with self._arrived:
            while not self._queue and not self._closed:
                self._idle = True
                self._arrived.wait()
            self._idle = False
            deadline = monotonic() + self._max_wait
            while len(self._queue) < self._wanted and not self._closed:
                if not self._arrived.wait(max(0.0, deadline - monotonic())):
                    break
            group = [self._queue.popleft() for _ in range(min(len(self._queue), self._max_batch))]
            self._wanted = max(1, len(group))
            return group

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            batch = record_batch(self._kernel, self._actor, [waiting.draft for waiting in group])
        except _EVERYBODYS as error:
            for waiting in group:
                waiting.settle(None, _own(error))
        except BaseException:  # noqa: BLE001 - whatever it was, each record gets its own answer
            for waiting in group:
                self._commit_alone(waiting)
        else:
            for index, (waiting, seq) in enumerate(zip(group, batch.seqs(), strict=True)):
                waiting.settle(seq, batch.errors.get(index))

    def _commit_alone(self, waiting: _Waiting) -> None:
        try:
            batch = record_one(self._kernel, self._actor, waiting.draft)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits for it
            waiting.settle(None, error)
        else:
            waiting.settle(batch.seqs()[0], None)


def _own(error: CrmError) -> CrmError:
    """The same error for another thread, which adds a traceback of its own."""
    return type(error)(error.message, hint=error.hint, **error.details)
