"""Corrections: the original stays on record, and what corrects it refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa

from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.interactions.batch import Batch
from crmkit.core.interactions.recording import record_one
from crmkit.core.logs import interaction_columns, interaction_of
from crmkit.core.model.interaction import VOIDED, Interaction, InteractionDraft
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

CHANGEABLE: Final = (
    "customer", "type", "at", "channel", "direction", "employee_id", "outlet", "amount", "currency",
    "payload", "source",
)  # fmt: skip


def correct(kernel: Kernel, actor: Actor, seq: int, changes: dict[str, Any]) -> Batch:
    """Record interaction `seq` again as it should have been."""
    _check_names(changes)
    with kernel.unit(actor) as tx:
        original = standing(kernel, tx, seq)
        return record_one(kernel, actor, corrected(original, changes), corrects=original)


def void(kernel: Kernel, actor: Actor, seq: int, reason: str) -> Batch:
    """Record that interaction `seq` never happened."""
    with kernel.unit(actor) as tx:
        original = standing(kernel, tx, seq)
        draft = InteractionDraft(
            customer=original.customer_id, type=VOIDED, at=original.occurred_at, payload={"reason": reason}
        )
        return record_one(kernel, actor, draft, corrects=original)


def corrected(original: Interaction, changes: dict[str, Any]) -> InteractionDraft:
    """The draft that puts `original` right. Its `source_ref` stays with the original, which came under it."""
    type_ = changes.get("type", original.type)
    same = {name: getattr(original, name) for name in CHANGEABLE if name not in ("customer", "at", "payload")}
    same |= {"customer": original.customer_id, "at": original.occurred_at, "payload": original.payload}
    if type_ != original.type:
        same["payload"] = _said(original.payload)
    return InteractionDraft(**same | changes)


def standing(kernel: Kernel, tx: Transaction, seq: int) -> Interaction:
    """Interaction `seq`, locked against others who would correct it. Raises `NotFound`, `Conflict`."""
    interaction = kernel.tables.interaction
    statement = sa.select(*interaction_columns(interaction)).where(interaction.c.seq == seq)
    statement = statement.where(*kernel.seen(tx.actor, interaction.c.customer_id))
    row = tx.connection.execute(statement.with_for_update(of=interaction)).first()
    if row is None:
        raise NotFound(phrase("There is no interaction {seq}", seq=seq), hint="Run: crm interactions list")
    original = interaction_of(row, kernel.words)
    _refuse_settled(kernel, tx, original)
    return original


def _refuse_settled(kernel: Kernel, tx: Transaction, original: Interaction) -> None:
    seq, successor = original.seq, original.superseded_by
    if original.customer_id is None:
        raise Conflict(
            phrase("Interaction {seq} was with somebody who has been erased, and cannot be changed", seq=seq),
            hint="What is left of it is an amount on a day, so that the sums of the past stay as they were.",
        )
    if original.type == VOIDED:
        raise Conflict(
            phrase(
                "Interaction {seq} says that {corrects} is void, and cannot be changed",
                seq=seq,
                corrects=original.corrects,
            ),
            hint="Record what happened anew: crm interactions record",
        )
    if successor is None:
        return
    interaction = kernel.tables.interaction
    type_ = tx.connection.execute(
        sa.select(interaction.c.type).where(interaction.c.seq == successor)
    ).scalar()
    if type_ == VOIDED:
        raise Conflict(
            phrase("Interaction {seq} was voided by {successor}", seq=seq, successor=successor),
            hint="Record what happened anew: crm interactions record",
            successor=successor,
        )
    raise Conflict(
        phrase("Interaction {seq} was corrected before, by {successor}", seq=seq, successor=successor),
        hint=phrase("Correct that one: crm interactions correct {successor}", successor=successor),
        successor=successor,
    )


def _check_names(changes: dict[str, Any]) -> None:
    for name in changes:
        if name not in CHANGEABLE:
            meant = did_you_mean(
                name,
                CHANGEABLE,
                phrase("What can be corrected: {changeable}", changeable=", ".join(CHANGEABLE)),
            )
            raise Invalid(phrase("An interaction has no {name} to correct", name=quoted(name)), hint=meant)


def _said(payload: Any) -> dict[str, Any]:
    """What a payload says, by key, for another type that has the same keys."""
    if not attrs.has(type(payload)):
        return dict(payload)
    return {key: value for key, value in attrs.asdict(payload).items() if value not in (None, "", (), [])}
