"""Whether messages can be sent, as far as that can be told without asking the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, joined, phrase
from crmkit.plugins.email.delivery import head_of
from crmkit.plugins.email.dkim import signers_of
from crmkit.plugins.email.return_path import return_path
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm

_KEY = phrase("Make one: crm mail key")
_HOW = phrase('Set host and from under [plugins.email], such as from = "Rye Bakery <post@rye.example>".')


def check_delivery(crm: Crm) -> Iterable[Finding]:
    """What is missing before e-mail can be sent; nothing where nobody wants to send any."""
    settings: Settings = crm.plugins.settings("email")
    if not settings.delivers:
        missing = [name for name, value in (("from", settings.from_), ("host", settings.host)) if not value]
        if len(missing) == 1:
            yield Finding(
                "error",
                phrase("[plugins.email] has no {missing}: no e-mail is sent", missing=missing[0]),
                _HOW,
            )
        elif any(name == "email" for name, _ in crm.rehearsal.readiness().channels):
            level = "note" if crm.rehearsal.is_on else "warning"
            yield Finding(
                level, phrase("Rules write by e-mail, and there is no mail server to send it"), _HOW
            )
        return
    try:
        sender = head_of(settings).sender
    except CrmError as error:
        yield Finding("error", joined(" ", ("[plugins.email]", error.message)), _HOW)
        return
    try:
        return_path(crm)
    except CrmError as error:
        yield Finding("error", joined(" ", ("[plugins.email] return_path:", error.message)), error.hint or "")
    yield from _signatures(settings, sender.domain)
    try:
        if settings.password is not None:
            settings.password.reveal()
    except CrmError as error:
        yield Finding("error", joined(" ", ("[plugins.email] password:", error.message)), error.hint or "")


def _signatures(settings: Settings, domain: str) -> Iterable[Finding]:
    """Keys that cannot be used, or sign for somebody else than whom messages are from."""
    try:
        signers = signers_of(settings)
    except CrmError as error:
        yield Finding("error", joined(" ", ("[plugins.email]", error.message)), error.hint or _KEY)
        return
    if signers and not any(f".{domain}".endswith(f".{signer.domain}") for signer in signers):
        yield Finding(
            "warning",
            phrase("[plugins.email] messages are from {domain}, and no key signs for it", domain=domain),
            phrase(
                "Servers ask for a signature of the domain in `from` (DMARC): set domain under "
                "[plugins.email.dkim.…], or make another key: crm mail key"
            ),
        )
