"""What can be undone, what an undo would do, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen


@frozen(kw_only=True)
class Action:
    """Something that was done and can be undone: `import:3`, `merge:7`, `edit:4`, `plan:2`.

    `at` is in microseconds UTC, `what` a few words without anything about a person; `undone_at` is when it
    was undone, None while it stands.
    """

    ref: str
    at: int
    what: str
    actor: str = ""
    undone_at: int | None = None


@frozen(kw_only=True)
class Left:
    """Something that an undo leaves as it is, and why: it was changed since, or is needed elsewhere.

    `customer_id` is whose it is, None where it is nobody's.
    """

    customer_id: int | None = None
    what: str
    reason: str


@frozen(kw_only=True)
class UndoPreview:
    """What an undo would do: `will` in counted words ("put 40 fields back"), `left` what it cannot."""

    ref: str
    what: str
    will: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()


@frozen(kw_only=True)
class UndoReceipt:
    """What an undo did: `done` in counted words ("put 40 fields back"), `left` what it left, and why."""

    ref: str
    what: str
    done: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()


class Undoable(Protocol):
    """One kind of actions that can be undone.

    The core's are modules that offer `undoable(crm) -> Undoable`; a plugin's are services with `undoes`.
    """

    @property
    def kind(self) -> str:
        """The word before the colon of its references: `import`, `merge`, `edit`."""
        ...

    def last(self, actor_name: str) -> Action | None:
        """The newest action of this actor that is not undone yet, None when there is none."""
        ...

    def recent(self, limit: int) -> Sequence[Action]:
        """The newest actions of everybody, the newest first, also those that were undone."""
        ...

    def preview(self, number: int) -> UndoPreview:
        """What undoing number `number` would do now. Changes nothing.

        Raises `NotFound`, `Conflict` when it was undone before, `NotAllowed`.
        """
        ...

    def undo(self, number: int) -> UndoReceipt:
        """Undo number `number`, in one unit of work. Raises as `preview` does."""
        ...


def source_of(ref: str) -> str:
    """Where entries of the change log come from that an undo of `ref` writes: `undo:edit:4`."""
    return f"undo:{ref}"
