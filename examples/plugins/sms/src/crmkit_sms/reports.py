"""Delivery reports: whether a message arrived, and what it says of the number where it did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import InteractionDraft, NotFound
from crmkit_sms.model import Undelivered
from crmkit_sms.tables import MESSAGE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Effect

DELIVERED: Final = "delivered"
UNDELIVERED: Final = "undelivered"
# Nobody has that number: nothing goes there any more. All else may pass.
_NOBODY: Final = "unknown-number"


def take_report(crm: Crm, said: Mapping[str, Any]) -> bool:
    """Note what became of a message; whether it is one of ours."""
    number = crm.effects.number_of(str(said.get("id", "")))
    state = str(said.get("status", ""))
    if number is None or state not in (DELIVERED, UNDELIVERED):
        return False
    table = crm.plugins.table(MESSAGE)
    with crm.transaction() as tx:
        tx.execute(sa.update(table).where(table.c.effect == number).values(state=state))
        try:
            effect = crm.effects.get(number)
        except NotFound:
            return True
        if effect.state == "unconfirmed":  # now somebody knows
            crm.effects.resolve(number, "done" if state == DELIVERED else "failed")
        if state == UNDELIVERED:
            _undelivered(crm, effect, str(said.get("reason", ""))[:200])
    return True


def _undelivered(crm: Crm, effect: Effect, reason: str) -> None:
    number = effect.number
    if effect.customer_id is None or effect.recipient is None:
        return
    draft = InteractionDraft(
        customer=effect.customer_id, type="sms.undelivered", channel="sms", direction="in",
        payload=Undelivered(reason=reason, effect=number), source="sms", source_ref=f"undelivered:{number}",
    )  # fmt: skip
    if not crm.interactions.record_all([draft]).recorded:
        return
    if reason == _NOBODY:
        crm.suppressions.add("phone", effect.recipient, reason="bounce", note=f"effect:{number}")
    else:
        crm.suppressions.strike("phone", effect.recipient)
