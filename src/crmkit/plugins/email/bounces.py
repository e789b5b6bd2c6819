"""What follows when a message does not arrive, or is called spam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit import InteractionDraft, NotFound
from crmkit.plugins.email.interaction_types import Bounced, Complained

if TYPE_CHECKING:
    from crmkit import Crm

SOURCE: Final = "email"
_TEXT: Final = 300


def note_bounce(crm: Crm, *, effect: int, address: str, kind: str, code: str, text: str) -> bool:
    """Put onto the customer's timeline that the message of this effect did not reach `address`.

    `kind` is `hard`: nobody is there, and nothing goes there any more; `soft`: it counts against the address,
    which rests for a while after several; `blocked`: the message was not wanted, which says nothing of the
    address. Noting the same again does nothing. Whether it was new; False as well where the customer was
    erased meanwhile.
    """
    said = Bounced(kind=kind, code=code, text=text[:_TEXT], effect=effect)
    with crm.transaction():
        is_new = _noted(crm, effect, "email.bounced", said, f"bounced:{effect}:{kind}")
        if is_new and kind == "hard":
            crm.suppressions.add("email", address, reason="bounce", note=f"effect:{effect} {code}".strip())
        elif is_new and kind == "soft":
            crm.suppressions.strike("email", address)
    return is_new


def note_complaint(crm: Crm, *, effect: int, address: str, sort: str) -> bool:
    """Put onto the customer's timeline that they called the message of this effect spam; no marketing goes to
    `address` from now on. Noting it again does nothing; whether it was new."""
    with crm.transaction():
        is_new = _noted(
            crm, effect, "email.complained", Complained(sort=sort, effect=effect), f"complained:{effect}"
        )
        if is_new:
            crm.suppressions.add("email", address, reason="complaint", note=f"effect:{effect}")
    return is_new


def _noted(crm: Crm, effect: int, type_: str, said: object, reference: str) -> bool:
    try:
        customer = crm.effects.get(effect).customer_id
    except NotFound:
        return False
    if customer is None:
        return False
    draft = InteractionDraft(
        customer=customer, type=type_, channel="email", direction="in", payload=said,
        source=SOURCE, source_ref=reference,
    )  # fmt: skip
    return crm.interactions.record_all([draft]).recorded == 1
