"""Where bounces go: an address that says which message came back, and that nobody else can make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.plugins.email.mailbox import Mailbox, mailbox

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.settings import Settings

_KIND: Final = "bounce"


@frozen
class ReturnPath:
    """Makes the addresses of one batch."""

    _address: Mailbox
    _crm: Crm

    def of(self, effect: int) -> Mailbox:
        """Where a bounce of this effect's message goes."""
        token = self._crm.tokens.for_effect(_KIND, effect, caseless=True)
        return Mailbox(f"{self._address.local}+{token}", self._address.domain)


def return_path(crm: Crm) -> ReturnPath | None:
    """The addresses of the setting `return_path`; None without it. Raises `CrmError`."""
    settings: Settings = crm.plugins.settings("email")
    if not settings.return_path:
        return None
    crm.tokens.for_effect(_KIND, 0)  # what is missing for it is told here, and not at the first message
    return ReturnPath(mailbox(settings.return_path), crm)


def effect_of(crm: Crm, address: str) -> int | None:
    """The number of the effect whose message came back to an address; None for any other address."""
    settings: Settings = crm.plugins.settings("email")
    if not settings.return_path:
        return None
    local, _, domain = address.strip().strip("<>").rpartition("@")
    own = mailbox(settings.return_path)
    before, _, token = local.rpartition("+")
    is_ours = (before.lower(), domain.lower()) == (own.local.lower(), own.domain.lower())
    found = crm.tokens.effect_of(_KIND, token, caseless=True) if is_ours else None
    return found[0] if found is not None else None
