"""Messages in the mail folder are personal data outside the database: handed out and erased with the rest."""

from __future__ import annotations

import mailbox
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit.plugin import N_, Elsewhere, PrivacyPart, nphrase
from crmkit.plugins.email.incoming.folders import maildir
from crmkit.plugins.email.incoming.mail import Mail, read_mail
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm, Customer

_TITLE = N_("E-mail messages")


def messages_of(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, PrivacyPart]]:
    """The messages in the Maildir from and to each customer; whoever else got them is not named."""
    for customer in customers:
        found = [mail for _, mail in _theirs(customer, crm)]
        if found:
            yield customer.id, PrivacyPart(_TITLE, tuple(_record(mail, crm) for mail in found))


def to_erase(customers: Sequence[Customer], crm: Crm) -> Iterable[Elsewhere]:
    """The messages that go with each customer; those that others got as well stay theirs."""
    for index, customer in enumerate(customers):
        settings: Settings = crm.plugins.settings("email")
        known = _addresses(customer, crm) | {address.lower() for address in settings.own_addresses}
        keys = [key for key, mail in _theirs(customer, crm) if {mail.sender, *mail.recipients} <= known]
        path = maildir(crm)
        if keys and path is not None:
            count = nphrase(
                "{count} message in the mail folder", "{count} messages in the mail folder", len(keys)
            )
            yield Elsewhere(index, count, _Discarding(path, keys))


class _Discarding:
    """Removes messages from a Maildir; those that are gone already do not matter."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._path = path
        self._keys = keys

    def __call__(self) -> None:
        box = mailbox.Maildir(str(self._path), create=False)
        for key in self._keys:
            box.discard(key)


def _theirs(customer: Customer, crm: Crm) -> Iterator[tuple[str, Mail]]:
    path, addresses = maildir(crm), _addresses(customer, crm)
    if path is None or not path.is_dir() or not addresses:
        return
    box = mailbox.Maildir(str(path), create=False)
    for key in sorted(box.keys()):
        mail = read_mail(box.get_bytes(key))
        if addresses & {mail.sender, *mail.recipients}:
            yield key, mail


def _addresses(customer: Customer, crm: Crm) -> set[str]:
    """Their addresses that are nobody else's: mail of a shared one is nobody's in particular."""
    points = (point.normalised.lower() for point in customer.contact_points if point.kind == "email")
    return {address for address in points if len(crm.customers.find_by_email(address)) <= 1}


def _record(mail: Mail, crm: Crm) -> dict[str, str]:
    settings: Settings = crm.plugins.settings("email")
    outgoing = mail.sender in {address.lower() for address in settings.own_addresses}
    at = datetime.fromtimestamp(mail.at / 1_000_000, UTC).isoformat() if mail.at is not None else ""
    direction = "out" if outgoing else "in"
    return {"at": at, "direction": direction, "subject": mail.subject, "text": mail.text}
