"""Telling: what became of a record, on its customer's timeline, as its type says for each state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from attrs import define, field

from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.records.rows import Row
from crmkit.core.words.payloads import RecordMoved, moved_summary

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import InteractionType, RecordType
    from crmkit.core.store.unit import Transaction

SOURCE = "record"


@define
class Telling:
    """What one batch of records has to tell, recorded together in its unit of work."""

    kernel: Kernel
    tx: Transaction
    type_: RecordType
    _drafts: list[InteractionDraft] = field(factory=list)

    def note(self, row: Row, before: str | None) -> None:
        """The record has come into the state that it has now, from `before`."""
        told = self.type_.told(before, row.state or "")
        if told is None:
            return
        ref = f"{self.type_.name}:{row.id}"
        moved = RecordMoved(record=ref, title=row.title, state=row.state or "", before=before)
        word = self.kernel.words.interaction_types.get(told)
        if word is None:  # its plugin is not in use; `crm check` says so
            return
        amount = row.values.get(self.type_.amount) if word.amount and self.type_.amount else None
        self._drafts.append(
            InteractionDraft(
                customer=row.customer_id, type=word.name, employee_id=self.tx.actor.id, amount=amount,
                payload=_payload(word, moved),
                source=SOURCE, source_ref=f"{ref}@{row.version}",
            )
        )  # fmt: skip

    def record(self) -> None:
        """Record it."""
        if not self._drafts:
            return
        drafts, self._drafts = self._drafts, []
        house = self.kernel.house
        with self.kernel.unit(house), self.kernel.acting_in(self.tx, house) as (crm, _):
            crm.interactions.record_all(drafts).raise_refused()


def _payload(word: InteractionType, moved: RecordMoved) -> Any:
    """As much of it as the type has room for: a complaint has a subject, and no state."""
    if word.payload is RecordMoved:
        return moved
    if word.payload is None:
        return attrs.asdict(moved)
    has = attrs.fields_dict(word.payload) if attrs.has(word.payload) else word.payload.__annotations__
    place = next((name for name in ("subject", "text") if name in has), None)
    return {place: moved_summary(moved)} if place else {}
