"""A batch of drafts on its way into the log: checked, told from repeats, decided on, matched to customers."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING

from attrs import define, field

from crmkit.core.errors import CrmError, Rejected
from crmkit.core.interactions.entry import Checker, Entry, entry_or_error
from crmkit.core.interactions.finder import Finder
from crmkit.core.interactions.found import Found
from crmkit.core.interactions.reading import Reader
from crmkit.core.interactions.refunds import misdirected
from crmkit.core.interactions.repeats import Key, on_record
from crmkit.core.logs import READ_COLUMNS, interaction_of
from crmkit.core.model.interaction import Interaction
from crmkit.core.store.unit import INTERACTION_COLUMNS, Slot, Transaction

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.interaction import InteractionDraft
    from crmkit.core.store.bulk import Row

# From a row as it was written, and None for what supersedes it, to a row as it is read.
_as_read = itemgetter(*map((*INTERACTION_COLUMNS, "superseded_by").index, READ_COLUMNS))


@define(eq=False)
class Batch:
    """What becomes of each draft of a batch, by its index there.

    After `append`: `errors` says why a draft was refused, `repeated` under which number it is on record,
    `follows` after which other draft of the batch it is a repetition; all others are in the log, numbered by
    `slot` in the order of `recorded`.
    """

    kernel: Kernel
    tx: Transaction
    drafts: list[InteractionDraft]
    source: str | None = None
    corrects: Interaction | None = None
    entries: dict[int, Entry] = field(factory=dict)
    errors: dict[int, CrmError] = field(factory=dict)
    repeated: dict[int, int] = field(factory=dict)
    follows: dict[int, int] = field(factory=dict)
    recorded: list[int] = field(factory=list)
    rows: list[Row] = field(factory=list)
    slot: Slot | None = None

    def append(self) -> None:
        """Do everything there is to do, and buffer what is accepted in the unit of work."""
        checker = Checker(self.kernel, self.tx, self.source)
        self._check(checker, range(len(self.drafts)))
        waiting = self._round(checker, list(self.entries))
        while waiting:
            # What repeats a draft that is then refused is no repetition, and gets its own turn.
            waiting = self._round(checker, waiting)
            self._in_order()
        self.slot = self.tx.append_interactions(self.rows)

    @property
    def flushed(self) -> bool:
        """Whether the numbers are known."""
        return not self.recorded or (self.slot is not None and self.slot.seqs is not None)

    def settled(self) -> Batch:
        """The batch without what only its making needed; the numbers are still to come."""
        self.entries, self.rows = {}, []
        return self

    def seqs(self) -> list[int | None]:
        """The number of each draft's interaction, None where it was refused; after the flush."""
        numbers: list[int | None] = [None] * len(self.drafts)
        for index, seq in zip(self.recorded, (self.slot and self.slot.seqs) or (), strict=False):
            numbers[index] = seq
        for index, seq in self.repeated.items():
            numbers[index] = seq
        for index, first in self.follows.items():
            numbers[index] = numbers[first]
        return numbers

    def interaction(self, index: int) -> Interaction:
        """Draft `index` as it is on record; after the flush."""
        numbers = self.slot and self.slot.seqs
        if index not in self.recorded or not numbers:
            return Reader(self.kernel, self.tx.actor).get(self.seqs()[index] or 0)
        place = self.recorded.index(index)
        return interaction_of(_as_read((numbers[place], *self.rows[place], None)), self.kernel.words)

    def _check(self, checker: Checker, indices: Iterable[int]) -> None:
        check, drafts, entries, errors = checker.entry, self.drafts, self.entries, self.errors
        for index in indices:
            entry = entry_or_error(check, drafts[index])
            if type(entry) is Entry:
                entries[index] = entry
            elif isinstance(entry, CrmError):
                errors[index] = entry

    def _round(self, checker: Checker, waiting: list[int]) -> list[int]:
        """Settle the first draft of each key; the indices of those that have to wait for another round."""
        first, waiting = self._without_repeats(waiting)
        recorded = self._owned(self._decided(checker, first))
        self.recorded.extend(recorded)
        if not waiting:
            return waiting
        settled = {self.entries[index].key: index for index in recorded}
        for index in waiting:
            if (leader := settled.get(self.entries[index].key)) is not None:
                self.follows[index] = leader
        return [index for index in waiting if index not in self.follows]

    def _in_order(self) -> None:
        pairs = sorted(zip(self.recorded, self.rows, strict=True), key=itemgetter(0))
        self.recorded = [index for index, _ in pairs]
        self.rows = [row for _, row in pairs]

    def _without_repeats(self, indices: list[int]) -> tuple[list[int], list[int]]:
        """Those that are not on record, and those that share their key with one before them."""
        entries, leaders = self.entries, dict[Key, int]()
        fresh, waiting = list[int](), list[int]()
        for index in indices:
            key = entries[index].key
            is_first = key is None or leaders.setdefault(key, index) == index
            (fresh if is_first else waiting).append(index)
        known = on_record(self.tx.connection, leaders) if leaders else {}
        if not known:
            return fresh, waiting
        for index in indices:
            key = entries[index].key
            if key in known:
                self.repeated[index] = known[key]
        return [i for i in fresh if i not in self.repeated], [i for i in waiting if i not in self.repeated]

    def _decided(self, checker: Checker, indices: list[int]) -> list[int]:
        """Ask the deciders; those that remain, with what was put in their places checked anew."""
        if not indices or not self.kernel.hooks.decides("before_interactions_recorded"):
            return indices
        before = [self.drafts[index] for index in indices]
        with self.kernel.acting_in(self.tx, self.tx.actor) as (crm, tx):
            after, refusals = self.kernel.hooks.before_interactions_recorded(before, crm, tx)
        for refusal in refusals:
            self.errors[indices[refusal.index]] = Rejected(refusal.reason)
        left = [index for index in indices if index not in self.errors] if refusals else indices
        replaced = [
            index for index, draft in zip(left, after, strict=True) if draft is not self.drafts[index]
        ]
        if replaced:
            self.drafts = self.drafts[:]
            for index, draft in zip(left, after, strict=True):
                self.drafts[index] = draft
            self._check_replaced(checker, replaced)
        return [index for index in left if index not in self.errors] if replaced else left

    def _check_replaced(self, checker: Checker, indices: list[int]) -> None:
        keys = {index: self.entries[index].key for index in indices}
        self._check(checker, indices)
        for index, key in keys.items():
            if index not in self.errors and self.entries[index].key != key:
                self.errors[index] = Rejected(
                    "A plugin changed its source_ref, which tells it from repetitions"
                )

    def _owned(self, indices: list[int]) -> list[int]:
        """Find whose they are, and make rows of those that have an owner."""
        if not indices:
            return indices
        answers = Finder(self.kernel, self.tx).find([self.drafts[index].customer for index in indices])
        owners: dict[int, Found] = {}
        for index, answer in zip(indices, answers, strict=True):
            if type(answer) is Found:
                owners[index] = answer
            elif isinstance(answer, CrmError):
                self.errors[index] = answer
        self._check_refunds(owners)
        if self.corrects is not None:
            owners = {index: _as_before(self.corrects, owner) for index, owner in owners.items()}
        actor, entries, corrects = self.tx.actor.name, self.entries, self.corrects and self.corrects.seq
        self.rows.extend(
            [
                (owner[0], *entries[index][0], corrects, owner[1], owner[2], actor)
                for index, owner in owners.items()
            ]
        )
        return list(owners)

    def _check_refunds(self, owners: dict[int, Found]) -> None:
        entries = self.entries
        refunds = {
            index: (refers, owner.customer_id)
            for index, owner in owners.items()
            if (refers := entries[index].refers) is not None
        }
        for index, error in misdirected(self.tx.connection, refunds).items() if refunds else ():
            self.errors[index] = error
            del owners[index]


def _as_before(original: Interaction, owner: Found) -> Found:
    """The owner of a correction: found as the original's was, unless it is somebody else."""
    if owner.customer_id != original.customer_id:
        return owner
    return Found(owner.customer_id, original.identity_id, original.contact_point_id)
