"""How `crm.undo` takes merges back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.merging.values import MergeRun, UnmergeReceipt
from crmkit.core.merging.wording import counted
from crmkit.core.undo.values import Action, Left, UndoPreview, UndoReceipt

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.merging.service import Merging


class UndoableMerges:
    """Merges as something that can be undone: see `crmkit.core.undo.Undoable`."""

    kind = "merge"

    def __init__(self, merging: Merging) -> None:
        self._merging = merging

    def last(self, actor_name: str) -> Action | None:
        """The newest merge of this actor that stands."""
        found = self._merging.list(limit=1, actor=actor_name, standing=True)
        return _action(found[0]) if found else None

    def recent(self, limit: int) -> Sequence[Action]:
        """The newest merges of everybody."""
        return [_action(run) for run in self._merging.list(limit=limit)]

    def preview(self, number: int) -> UndoPreview:
        """What taking merge `number` back would do now."""
        would = self._merging.preview_unmerge(number)
        what = what_of(self._merging.get(number))
        return UndoPreview(ref=would.ref, what=what, will=tuple(_said(would)), left=tuple(_left(would)))

    def undo(self, number: int) -> UndoReceipt:
        """Take merge `number` back."""
        done = self._merging.unmerge(number)
        what = what_of(self._merging.get(number))
        return UndoReceipt(ref=done.ref, what=what, done=tuple(_said(done)), left=tuple(_left(done)))


def undoable(crm: Crm) -> UndoableMerges:
    """The merges of `crm`, for its undo."""
    return UndoableMerges(crm.merging)


def what_of(run: MergeRun) -> str:
    """A merge in a few words, without anything about a person."""
    if run.loser_id is not None:
        return f"{run.loser_id} merged into {run.survivor_id}"
    return f"{run.pairs:,} customers merged" if run.pairs != 1 else "a merge"


def _action(run: MergeRun) -> Action:
    return Action(ref=run.ref, at=run.at, what=what_of(run), actor=run.actor, undone_at=run.undone_at)


def _said(receipt: UnmergeReceipt) -> list[str]:
    count = len(receipt.pairs)
    if count == 1:
        said = [f"make customer {receipt.pairs[0][1]} a customer of their own again"]
    else:
        said = [f"make {count:,} customers customers of their own again"]
    back = ", ".join(counted(table, rows) for table, rows in receipt.returned.items() if table != "change")
    if back:
        said.append(f"give back {back}")
    if receipt.followed:
        said.append(f"give {counted('interaction', receipt.followed)} since the merge to whom they belong")
    if receipt.redone:
        said.append(f"keep the later merges {', '.join(receipt.redone)}")
    return said


def _left(receipt: UnmergeReceipt) -> list[Left]:
    return [Left(customer_id=each.customer_id, what=each.what, reason=each.reason) for each in receipt.left]
