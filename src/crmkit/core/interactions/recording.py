"""Recording: one interaction, or many, through the same checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, overload

from attrs import define, field

from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import CrmError, reason_of
from crmkit.core.interactions.batch import Batch
from crmkit.core.model.batches import RecordReport, Refusal
from crmkit.core.model.interaction import Interaction, InteractionDraft

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

# Enough to make statements cheap, few enough to bound memory and the time that others wait for the lock.
AT_ONCE: Final = 10_000
_TRIES: Final = 5


class Recording:
    """An interaction recorded inside a unit of work that still runs."""

    __slots__ = ("_batch",)

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    @property
    def seq(self) -> int | None:
        """The interaction's number in the log, None until the unit of work has been flushed."""
        return self._batch.seqs()[0]

    @property
    def repeated(self) -> bool:
        """Whether it was on record already."""
        return bool(self._batch.repeated)


class LogNumbers(Sequence[int | None]):
    """The numbers of a batch's interactions: None for what was refused, and for all until the flush."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self._batches = batches
        self._settled: list[int | None] | None = None

    def _numbers(self) -> list[int | None]:
        if self._settled is not None:
            return self._settled
        numbers = [seq for batch in self._batches for seq in batch.seqs()]
        if all(batch.flushed for batch in self._batches):
            self._settled, self._batches = numbers, ()
        return numbers

    def __len__(self) -> int:
        return len(self._numbers())

    def __iter__(self) -> Iterator[int | None]:
        return iter(self._numbers())

    @overload
    def __getitem__(self, index: int) -> int | None: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int | None]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int | None] | None:
        return self._numbers()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._numbers() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._numbers())


@define
class _Tally:
    """What became of the batches so far."""

    size: int = 0
    recorded: int = 0
    repeated: int = 0
    refused: list[Refusal] = field(factory=list)
    seqs: list[int | None] = field(factory=list)
    repeats: list[int] = field(factory=list)
    open: list[Batch] = field(factory=list)

    def add(self, batch: Batch) -> None:
        """Count a batch in; what it holds is let go of once its numbers are known."""
        self.recorded += len(batch.recorded)
        self.repeated += len(batch.repeated) + len(batch.follows)
        self.repeats.extend(self.size + i for each in (batch.repeated, batch.follows) for i in each)
        self.refused.extend(refusal(self.size + i, error) for i, error in sorted(batch.errors.items()))
        self.size += len(batch.drafts)
        if batch.flushed:
            self.seqs.extend(batch.seqs())
        else:
            self.open.append(batch.settled())

    def report(self) -> RecordReport:
        seqs = LogNumbers(self.open) if self.open else tuple(self.seqs)
        return RecordReport(self.recorded, self.repeated, tuple(self.refused), seqs, tuple(self.repeats))


def record_batch(
    kernel: Kernel, actor: Actor, drafts: list[InteractionDraft], source: str | None = None
) -> Batch:
    """Record one batch in one unit of work."""

    def record() -> Batch:
        with without_collector(), kernel.unit(actor) as tx:
            batch = Batch(kernel, tx, drafts, source)
            batch.append()
        return batch

    return _unless_overtaken(kernel, record)


def _unless_overtaken(kernel: Kernel, record: Callable[[], Batch]) -> Batch:
    """Record again where somebody else put the same reference or customer on record in the meantime.

    On PostgreSQL units run side by side, so a look-up cannot see what another is about to commit; the next
    one can. Inside a larger unit of work only its owner can begin anew.
    """
    from sqlalchemy.exc import IntegrityError

    for _ in range(_TRIES if kernel.current is None else 0):
        try:
            return record()
        except IntegrityError:
            continue
    return record()


def record_all(
    kernel: Kernel, actor: Actor, drafts: Iterable[InteractionDraft], source: str | None
) -> RecordReport:
    """Record any number of drafts, so many to a unit of work."""
    tally, remaining = _Tally(), iter(drafts)
    while chunk := list(islice(remaining, AT_ONCE)):
        tally.add(record_batch(kernel, actor, chunk, source))
    return tally.report()


def record_one(
    kernel: Kernel, actor: Actor, draft: InteractionDraft, *, corrects: Interaction | None = None
) -> Batch:
    """Record one draft. Raises why it is refused."""

    def record() -> Batch:
        with kernel.unit(actor) as tx:
            batch = Batch(kernel, tx, [draft], corrects=corrects)
            batch.append()
            for error in batch.errors.values():
                raise error
        return batch

    return _unless_overtaken(kernel, record)


def refusal(index: int, error: CrmError) -> Refusal:
    """The refusal of a batch's item for the reason that `error` gives."""
    return Refusal(index, reason_of(error), _CODES.get(error.code, error.code))


# What a decider refuses singly is not the unit's end.
_CODES: Final = {"rejected": "refused"}
