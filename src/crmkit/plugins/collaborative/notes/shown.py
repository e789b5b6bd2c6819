"""What a customer's page shows of notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Section, _, shown_instant
from crmkit.plugins.collaborative.notes.pins import Pins

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.collaborative.settings import Settings

_MOST: Final = 5
_WIDE: Final = 200


def pinned(customers: Sequence[Customer], crm: Crm, _settings: Settings) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with what is pinned there."""
    lines: dict[int, list[tuple[str, str]]] = {}
    for pin in Pins(crm).of([each.id for each in customers]):
        each = pin.interaction
        said = crm.interactions.summary(each)
        said = said if len(said) <= _WIDE else said[: _WIDE - 1] + "…"
        day = shown_instant(crm, each.occurred_at)[:10]
        text = f"{day} {each.type}: {said}" if said else f"{day} {each.type}"
        lines.setdefault(each.customer_id, []).append((_("No. {seq}", seq=each.seq), text))
    for customer_id, found in lines.items():
        more = (
            [
                (
                    "",
                    _(
                        "and {count} more: crm pins {customer_id}",
                        count=len(found) - _MOST,
                        customer_id=customer_id,
                    ),
                )
            ]
            if len(found) > _MOST
            else []
        )
        yield customer_id, Section(N_("Pinned"), (*found[:_MOST], *more))
