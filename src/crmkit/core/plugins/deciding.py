"""A batch on its way through the plugins that decide about it: each sees what the ones before it left."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import evolve

from crmkit.core.model.batches import Refusal, Replace
from crmkit.core.phrase import phrase
from crmkit.core.plugins.answers import in_batch, listed, of_kind
from crmkit.core.plugins.calls import Call, passed_on, refuse
from crmkit.core.plugins.slow import is_asked

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

T = TypeVar("T")


def decide(
    calls: tuple[Call, ...], kind: type[T], items: Sequence[T], crm: Crm, tx: Transaction, **more: Any
) -> tuple[list[T], list[Refusal]]:
    """What every decider leaves of the batch, in order, and what they refused, by position in it."""
    if not items:
        return [], []
    batch = Batch(kind, list(items))
    given: dict[str, Any] = {"drafts": tuple(items), "crm": crm, "tx": tx, **more}
    if is_asked():
        calls = tuple(map(_timed, calls))
    for call in calls:
        given["settings"] = call.settings
        # Spelled out rather than `guarded`: this is on the path of every write.
        try:
            answer = call.function(*map(given.__getitem__, call.arguments))
            if answer is None:
                continue
            answers = listed(answer)
        except BaseException as error:  # noqa: BLE001  (a plugin may raise anything, sys.exit too)
            raise passed_on(call, error)  # noqa: B904  (it is the error itself, or comes from it)
        if answers:
            batch.take(call, answers)
            given["drafts"] = tuple(batch.left)
            if not batch.left:
                break
    return batch.left, sorted(batch.refused, key=_position)


def _timed(call: Call) -> Call:
    """The same call, which lets it be known when it took long."""

    def function(*given: Any) -> list[Any]:
        began = perf_counter()
        answers = listed(call.function(*given))
        call.note_if_slow(began)
        return answers

    return evolve(call, function=function)


def _position(refusal: Refusal) -> int:
    return refusal.index


class Batch(Generic[T]):
    """What is left of a batch of one kind, and where each item stood in it at first."""

    __slots__ = ("_kind", "_positions", "left", "refused")

    def __init__(self, kind: type[T], items: list[T]) -> None:
        self._kind = kind
        self.left = items
        self.refused: list[Refusal] = []
        self._positions: Sequence[int] = range(len(items))

    def take(self, call: Call, answers: list[Any]) -> None:
        """Put one decider's answers into effect. Errors: PluginError where one makes no sense."""
        gone = set()
        for index, answer in _by_index(call, answers, len(self.left), self._kind).items():
            if isinstance(answer, Replace):
                self.left[index] = answer.item
            else:
                self.refused.append(evolve(answer, index=self._positions[index]))
                gone.add(index)
        if gone:
            stay = [index for index in range(len(self.left)) if index not in gone]
            self._positions = [self._positions[index] for index in stay]
            self.left = [self.left[index] for index in stay]


def _by_index(call: Call, answers: list[Any], size: int, kind: type[Any]) -> dict[int, Replace | Refusal]:
    by_index: dict[int, Replace | Refusal] = {}
    for answer in answers:
        of_kind(call, answer, (Replace, Refusal))
        index = in_batch(call, answer, size)
        if index in by_index:
            refuse(call, phrase("it answered twice for item {index}", index=index))
        if isinstance(answer, Replace):
            of_kind(call, answer.item, (kind,))
        elif not isinstance(answer.reason, str) or not answer.reason:
            refuse(call, phrase("it refused item {index} without a reason", index=index))
        by_index[index] = answer
    return by_index
