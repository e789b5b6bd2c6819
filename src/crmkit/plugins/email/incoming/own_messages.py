"""Our own messages, as others speak of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit import NotFound

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Effect

# As `crmkit.plugins.email.mime.message_id` writes it.
_OWN: Final = re.compile(r"<(effect-[0-9]{1,18})\.([0-9a-f]{1,40})@[^<>@\s]+>")


def effect_called(crm: Crm, message_id: str) -> Effect | None:
    """The effect whose message has this identifier; None where it is none of ours."""
    found = _OWN.fullmatch(message_id.strip())
    number = crm.effects.number_of(f"{found[1]}@{found[2]}") if found else None
    return None if number is None else effect_numbered(crm, number)


def effect_numbered(crm: Crm, number: int) -> Effect | None:
    """The effect, unless there is none, or it was no e-mail."""
    try:
        effect = crm.effects.get(number)
    except NotFound:
        return None
    return effect if effect.channel == "email" else None


def effect_answered(crm: Crm, message_ids: Iterable[str]) -> Effect | None:
    """The first effect that any of these identifiers names."""
    return next(filter(None, (effect_called(crm, each) for each in message_ids)), None)


def effect_proven(
    crm: Crm, *, return_paths: Iterable[str], message_ids: Iterable[str], to: Iterable[str]
) -> Effect | None:
    """The effect that a report is about, where it proves that it knows our message; else None.

    A signed return path says it by itself. Without one, an identifier counts together with the address that
    the message went to; where return paths are signed, each report has one, and nothing else is believed.
    """
    from crmkit.plugins.email.return_path import effect_of

    for address in return_paths:
        number = effect_of(crm, address)
        if number is not None:
            return effect_numbered(crm, number)
    if crm.plugins.settings("email").return_path is not None:
        return None
    named = {each.lower() for each in to}
    for each in message_ids:
        effect = effect_called(crm, each)
        if effect is not None and effect.recipient is not None and effect.recipient.lower() in named:
            return effect
    return None
