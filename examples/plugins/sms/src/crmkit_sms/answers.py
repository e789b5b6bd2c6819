"""What people write back: STOP ends marketing, anything else goes onto the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import InteractionDraft
from crmkit.plugin import fold
from crmkit_sms.model import Stopped

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit_sms.settings import Settings


def take_answer(crm: Crm, said: Mapping[str, Any], settings: Settings) -> int:
    """Take in a text message; of how many customers it is. One that could be anybody's is nobody's, but STOP
    holds for everybody who has the number."""
    number, text = str(said.get("from", "")), str(said.get("text", "")).strip()
    reference = str(said.get("id", ""))[:200]
    if not number or not text or not reference:
        return 0
    with crm.transaction():
        customers = _whose(crm, number)
        if is_stop(text, settings):
            _stop(crm, number, customers, text, reference)
        elif len(customers) == 1:
            _record(crm, customers[0], "message", {"text": text}, reference)
        else:
            return 0
    return len(customers)


def is_stop(text: str, settings: Settings) -> bool:
    """Whether somebody asks for no more: one of the words and nothing beside it, however it is spelled."""
    return _bare(text) in {_bare(word) for word in settings.stop_words}


def _bare(text: str) -> str:
    return fold(text).strip(" .,!?\"'")


def _whose(crm: Crm, number: str) -> Sequence[int]:
    point = crm.tables.contact_point
    query = sa.select(point.c.customer_id).distinct()
    query = query.where(point.c.kind == "phone", point.c.normalised == number).order_by(point.c.customer_id)
    with crm.reading() as execute:
        return list(execute(query).scalars())


def _stop(crm: Crm, number: str, customers: Sequence[int], text: str, reference: str) -> None:
    """No more marketing: of each customer for every purpose they had agreed to, and for the number itself."""
    marketing = [each.name for each in crm.words.purposes if each.type == "marketing"]
    for customer in customers:
        _record(crm, customer, "sms.stopped", Stopped(text=text[:100]), f"{reference}:{customer}")
        for purpose in marketing:
            if crm.consent.state(customer, purpose, "sms") == "granted":
                crm.consent.withdraw(customer, purpose, "sms", source="sms", evidence=text[:100])
    crm.suppressions.add("phone", number, reason="objection", note=f"sms:{reference}")


def _record(crm: Crm, customer: int, type_: str, payload: Any, reference: str) -> None:
    draft = InteractionDraft(
        customer=customer, type=type_, channel="sms", direction="in", payload=payload, source="sms",
        source_ref=reference,
    )  # fmt: skip
    crm.interactions.record_all([draft])
