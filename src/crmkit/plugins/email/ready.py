"""Whether messages can be sent, as far as that can be told without asking the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding
from crmkit.plugins.email.delivery import head_of
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm

_HOW = 'Set host and from under [plugins.email], such as from = "Rye Bakery <post@rye.example>".'


def check_delivery(crm: Crm) -> Iterable[Finding]:
    """What is missing before e-mail can be sent; nothing where nobody wants to send any."""
    settings: Settings = crm.plugins.settings("email")
    if not settings.delivers:
        missing = [name for name, value in (("from", settings.from_), ("host", settings.host)) if not value]
        if len(missing) == 1:
            yield Finding("error", f"[plugins.email] has no {missing[0]}: no e-mail is sent", _HOW)
        elif any(name == "email" for name, _ in crm.rehearsal.readiness().channels):
            level = "note" if crm.rehearsal.is_on else "warning"
            yield Finding(level, "Rules write by e-mail, and there is no mail server to send it", _HOW)
        return
    try:
        head_of(settings)
    except CrmError as error:
        yield Finding("error", f"[plugins.email] {error.message}", _HOW)
    try:
        if settings.password is not None:
            settings.password.reveal()
    except CrmError as error:
        yield Finding("error", f"[plugins.email] password: {error.message}", error.hint or "")
