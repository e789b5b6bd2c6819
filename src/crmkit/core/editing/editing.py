"""`crm.editing`: one change to all customers for whom a condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.core.customers.drafts import Drafts, normalised_tags
from crmkit.core.editing.chosen import meeting
from crmkit.core.editing.handover import Handover, looked_after
from crmkit.core.editing.mass import BATCH, Mass, Progress
from crmkit.core.editing.values import Changes, EditReport
from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


class Editing:
    """Mass edits, for one actor: of customers whom the actor sees. Each can be undone: `crm.undo`.

    `where` is a predicate; with `archived` it may hold for customers in the archive too. Methods raise
    `PredicateError`, `Invalid` for values that nobody could have, and `NotAllowed`.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def preview(
        self, where: str, changes: Changes, *, archived: bool = False, progress: Progress | None = None
    ) -> EditReport:
        """What the edit would do now: how many it is about, samples, and who would be refused and why.

        Deciders of plugins are asked as at the edit itself; nothing of it stays.
        """
        return self._mass(where, changes, archived, progress, BATCH).preview()

    def apply(
        self,
        where: str,
        changes: Changes,
        *,
        archived: bool = False,
        progress: Progress | None = None,
        batch_size: int = BATCH,
    ) -> EditReport:
        """Edit everybody for whom `where` holds at that moment.

        Written in batches: when one fails, those before it stay, the error names the edit, and giving it
        again goes on. Raises `Conflict` when it was undone meanwhile.
        """
        return self._mass(where, changes, archived, progress, batch_size).apply()

    def handover(self, leaving: str | int, to: str | int, *, progress: Progress | None = None) -> EditReport:
        """Give everything that an employee looks after to another: customers, open records,
        and rows of plugins that say so (`employee_column`).

        Needs `people.manage` too. Raises `NotFound` and `Ambiguous` for employees.
        """
        return Handover(self._crm, leaving, to, progress).apply()

    def preview_handover(
        self, leaving: str | int, to: str | int, *, progress: Progress | None = None
    ) -> EditReport:
        """What `handover` would do now."""
        return Handover(self._crm, leaving, to, progress).preview()

    def looked_after(self, employee: str | int) -> dict[str, int]:
        """How many customers, and open records of each type, would change hands: `{"deal": 1}`.

        Needs `people.manage`. Raises `NotFound` and `Ambiguous`.
        """
        return looked_after(self._crm, self._crm.people.get(employee).id)

    def _mass(
        self, where: str, changes: Changes, archived: bool, progress: Progress | None, batch_size: int
    ) -> Mass:
        self._require_sensible(changes)
        everybody = archived or changes.archive is False
        return Mass(
            crm=self._crm,
            condition=meeting(self._crm.kernel, where, archived=everybody),
            changes=changes,
            what=changes.what,
            progress=progress,
            batch_size=batch_size,
        )

    def _require_sensible(self, changes: Changes) -> None:
        """Raise for what is wrong whomever it is about, before anybody is looked for."""
        if not changes.what:
            raise Invalid("It was not said what is to change", hint="Such as: --set FIELD=VALUE or --tag TAG")
        both = set(normalised_tags(changes.tags)) & set(normalised_tags(changes.untag))
        if both:
            raise Invalid(phrase("The tag {both} is both to be added and to be taken off", both=min(both)))
        Drafts(self._crm.kernel).prepare(changes.draft())
        if changes.owner_id is not None:
            self._crm.people.get(changes.owner_id)
        for name, value in changes.fields.items():
            if value is not None and self._crm.words.fields[name].unique:
                raise Invalid(
                    phrase("{name} is unique: no two customers can have the same", name=name),
                    hint="Set it for one customer: crm customers update REF --set …",
                )
