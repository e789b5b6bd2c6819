"""`crm.undo`: take back imports, merges, mass edits and plans, by their references or one's own last."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.undo.kinds import KINDS
from crmkit.core.undo.values import Action, Undoable, UndoPreview, UndoReceipt

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.plugins.services import Service


class Undo:
    """What can be undone, and undoing it, on behalf of one actor. See `Crm.undo`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def last(self) -> Action | None:
        """The acting person's newest action that is not undone yet; None when there is none."""
        name = self._crm.actor.name
        found = [action for each in self._all() if (action := each.last(name)) is not None]
        return max(found, key=lambda action: action.at, default=None)

    def recent(self, limit: int = 20) -> list[Action]:
        """The newest actions of everybody, the newest first, also those that were undone."""
        found = [action for each in self._all() for action in each.recent(limit)]
        return sorted(found, key=lambda action: action.at, reverse=True)[:limit]

    def preview(self, ref: str) -> UndoPreview:
        """What undoing `ref` (such as `edit:4`) would do now; changes nothing.

        Raises `Invalid` for what is no reference, `NotFound`, `Conflict` when it was undone before, and
        `NotAllowed`.
        """
        undoable, number = self._found(ref)
        return undoable.preview(number)

    def undo(self, ref: str) -> UndoReceipt:
        """Undo `ref`: whatever still is as the action left it. What was changed since stays, and is listed.

        Raises as `preview` does.
        """
        undoable, number = self._found(ref)
        return undoable.undo(number)

    def _found(self, ref: str) -> tuple[Undoable, int]:
        kind, colon, digits = ref.strip().casefold().partition(":")
        if not colon or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
            raise Invalid(
                phrase("{ref} is not a reference to something that was done", ref=quoted(ref)),
                hint="Write one such as edit:4. What can be undone: crm undo --list",
            )
        if kind not in self._kinds():
            near = nearest(kind, self._kinds())
            meant = phrase('Did you mean "{near}:{digits}"? ', near=near, digits=digits) if near else ""
            raise NotFound(
                phrase("Nothing is called {kind} that could be undone", kind=quoted(kind)),
                hint=phrase("{meant}What can be undone: crm undo --list", meant=meant),
            )
        return self._undoable(kind), int(digits)

    def _all(self) -> Sequence[Undoable]:
        return [self._undoable(kind) for kind in self._kinds()]

    def _kinds(self) -> Sequence[str]:
        return (*KINDS, *self._offered())

    def _offered(self) -> dict[str, Service]:
        """The services of plugins that undo something, by its kind."""
        return {each.undoes: each for each in self._crm.kernel.loaded.services.values() if each.undoes}

    def _undoable(self, kind: str) -> Undoable:
        if kind in KINDS:
            made: Undoable = import_module(KINDS[kind]).undoable(self._crm)
        else:
            made = self._offered()[kind].of(self._crm)
        return made
