"""What a batch comes back with: answers for single items, and what became of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import field, frozen

from crmkit.core.errors import Conflict, Invalid, Unwanted
from crmkit.core.phrase import joined

# So many different reasons are told; beyond them nobody reads on.
_TOLD = 5


@frozen
class Refusal:
    """One item of a batch is not accepted; the others go on.

    `index` is the item's position in the batch as the caller gave it; `reason` is a sentence for a person;
    `code` tells programs the class of the reason (`invalid`, `ambiguous`, `conflict`, `refused`, …), `hint` a
    person what to do next, where that is known.
    """

    index: int
    reason: str
    code: str = "refused"
    hint: str = field(default="", eq=False)


@frozen
class Replace:
    """A decider's wish to put `item` in the place of the batch's item at `index`."""

    index: int
    item: Any


@frozen
class SaveReport:
    """What became of a batch of customers: `created + updated + unchanged + len(refused)` is its size.

    `ids[i]` is the customer that item `i` ended in, or `None` where it was refused; `done[i]` is `created`,
    `updated`, `unchanged` or `refused`.
    """

    created: int
    updated: int
    unchanged: int
    refused: Sequence[Refusal] = field(factory=tuple)
    ids: Sequence[int | None] = field(factory=tuple)
    done: Sequence[str] = field(factory=tuple)

    def raise_refused(self) -> None:
        """Raise `Invalid` with the first refusal's reason, for a unit of work that keeps all or nothing."""
        _raise_first(self.refused)

    @property
    def reasons(self) -> str:
        """Why items were refused, each reason once, for the log of a pass that goes on without them.

        What somebody else was faster with is left out: the pass after it sees what became of that.
        """
        return _each_once(each for each in self.refused if each.code != Conflict.code)


@frozen
class RecordReport:
    """What became of a batch of interactions: `recorded + repeated + len(refused)` is its size.

    `repeated` counts items whose `(source, source_ref)` was on record already. `seqs[i]` is item `i`'s number
    in the log, known once the unit of work has been flushed, or `None` where it was refused; a repeated item
    has the number it was first recorded under. `repeats` are the positions of the repeated items.
    """

    recorded: int
    repeated: int
    refused: Sequence[Refusal] = field(factory=tuple)
    seqs: Sequence[int | None] = field(factory=tuple)
    repeats: Sequence[int] = field(factory=tuple)

    def raise_refused(self) -> None:
        """Raise `Invalid` with the first refusal's reason, for a unit of work that keeps all or nothing."""
        _raise_first(self.refused)

    @property
    def reasons(self) -> str:
        """Why items were refused, each reason once, for the log of a pass that goes on without them."""
        return _each_once(self.refused)


def _each_once(refused: Iterable[Refusal]) -> str:
    found = list(dict.fromkeys(each.reason for each in refused))
    return joined("; ", found[:_TOLD] + ["…"] * (len(found) > _TOLD))


def _raise_first(refused: Sequence[Refusal]) -> None:
    for each in refused:
        raise (Unwanted if each.code == Unwanted.code else Invalid)(each.reason, hint=each.hint)
