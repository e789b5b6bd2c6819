"""Refunds that give back more than their purchase brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.core.interactions.reading import Filter
from crmkit.core.model.money import Money
from crmkit.core.phrase import phrase
from crmkit.core.words.payloads import Refund

if TYPE_CHECKING:
    from crmkit.core.interactions.reading import Reader
    from crmkit.core.model.interaction import Interaction

_MOST: Final = 200


def more_than_paid(reader: Reader, refund: Interaction) -> str | None:
    """A sentence where this refund and those before it give back more than their purchase brought; None where
    they do not, where it names no purchase, or where currencies differ."""
    if not isinstance(refund.payload, Refund) or refund.payload.purchase is None:
        return None
    purchase, numbers = _standing(reader, refund.payload.purchase)
    page = reader.timeline([refund.customer_id], Filter(types=("refund",)), _MOST, None)
    amounts = [
        each.amount or 0
        for each in page.interactions
        if isinstance(each.payload, Refund) and each.payload.purchase in numbers
    ]
    if purchase.currency != refund.currency or sum(amounts) <= (purchase.amount or 0):
        return None
    return phrase(
        "More is given back than was paid: {given} of {paid}",
        given=Money(sum(amounts), str(refund.currency)),
        paid=Money(purchase.amount or 0, str(refund.currency)),
    )


def _standing(reader: Reader, seq: int) -> tuple[Interaction, set[int]]:
    """The purchase as it stands after its corrections, and the numbers that it has had."""
    purchase, numbers = reader.get(seq), {seq}
    while purchase.superseded_by is not None:
        purchase = reader.get(purchase.superseded_by)
        numbers.add(purchase.seq)
    return purchase, numbers
