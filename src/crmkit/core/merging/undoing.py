"""How `crm.undo` takes merges back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.merging.values import MergeRun, UnmergeReceipt
from crmkit.core.merging.wording import counts
from crmkit.core.phrase import Phrase, nphrase, phrase
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


def what_of(run: MergeRun) -> Phrase:
    """A merge in a few words, without anything about a person."""
    if run.loser_id is not None:
        return phrase("{loser} merged into {survivor}", loser=run.loser_id, survivor=run.survivor_id)
    if run.pairs == 1:
        return phrase("a merge")
    return nphrase("{count} customer merged", "{count} customers merged", run.pairs)


def _action(run: MergeRun) -> Action:
    return Action(ref=run.ref, at=run.at, what=what_of(run), actor=run.actor, undone_at=run.undone_at)


def _said(receipt: UnmergeReceipt) -> list[str]:
    said: list[str] = [_apart(receipt)]
    back = counts((table, rows) for table, rows in receipt.returned.items() if table != "change")
    if back:
        said.append(phrase("give back {rows}", rows=back))
    if receipt.followed:
        said.append(
            nphrase(
                "give {count} interaction since the merge to whom they belong",
                "give {count} interactions since the merge to whom they belong",
                receipt.followed,
            )
        )
    if receipt.redone:
        said.append(phrase("keep the later merges {refs}", refs=", ".join(receipt.redone)))
    return said


def _apart(receipt: UnmergeReceipt) -> Phrase:
    if len(receipt.pairs) == 1:
        return phrase("make customer {id} a customer of their own again", id=receipt.pairs[0][1])
    return nphrase(
        "make {count} customer a customer of their own again",
        "make {count} customers customers of their own again",
        len(receipt.pairs),
    )


def _left(receipt: UnmergeReceipt) -> list[Left]:
    return [Left(customer_id=each.customer_id, what=each.what, reason=each.reason) for each in receipt.left]
