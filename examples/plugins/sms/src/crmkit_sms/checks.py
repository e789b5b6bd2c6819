"""What `crm doctor` says of the gateway, without asking the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, webhook_key

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit_sms.settings import Settings


def check_gateway(crm: Crm) -> Iterable[Finding]:
    """What is missing before messages can be sent, and their reports be heard."""
    settings: Settings = crm.plugins.settings("sms")
    if not settings.delivers:
        missing = "gateway" if settings.gateway is None else "token"
        example = "https://gateway.example" if missing == "gateway" else "env:SMS_TOKEN"
        hint = f'Set {missing} = "{example}" under [plugins.sms].'
        yield Finding("warning", f"[plugins.sms] has no {missing}: no text message is sent", hint)
        return
    try:
        if settings.token is not None:
            settings.token.reveal()
        if settings.secret is not None:
            webhook_key(settings.secret.reveal())
    except CrmError as error:
        yield Finding("error", f"[plugins.sms] {error.message}", error.hint or "")
    if settings.secret is None:
        hint = 'Agree on one with the gateway, and set secret = "env:SMS_SECRET".'
        yield Finding("warning", "[plugins.sms] has no secret: nobody hears of STOP", hint)
