"""Reading messages onto timelines: from files, and from a Maildir again and again."""

from __future__ import annotations

import mailbox
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit import InteractionDraft, RecordReport
from crmkit.plugin import Finding
from crmkit.plugins.email.message import Mail, read_mail
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm

_SOURCE = "email"
_BATCH = 500


@frozen
class ReadReport:
    """What became of messages: on a timeline now, there before, and from or to nobody we know."""

    recorded: int
    repeated: int
    strangers: int


def read_messages(crm: Crm, raw: Iterable[bytes]) -> ReadReport:
    """Put messages onto the timelines of those who sent or received them; repeating it is harmless."""
    settings: Settings = crm.plugins.settings("email")
    recorded = repeated = strangers = 0
    batch: list[InteractionDraft] = []

    def flush() -> None:
        nonlocal recorded, repeated
        report: RecordReport = crm.interactions.record_all(batch)
        recorded, repeated = recorded + report.recorded, repeated + report.repeated
        batch.clear()

    for content in raw:
        drafts = list(_drafts(crm, read_mail(content), settings))
        strangers += not drafts
        batch += drafts
        if len(batch) >= _BATCH:
            flush()
    flush()
    return ReadReport(recorded, repeated, strangers)


def _drafts(crm: Crm, mail: Mail, settings: Settings) -> Iterator[InteractionDraft]:
    own = {address.lower() for address in settings.own_addresses}
    outgoing = mail.sender in own
    for address in mail.recipients if outgoing else (mail.sender,):
        if not address or address in own:
            continue
        found = crm.customers.find_by_email(address)
        if len(found) != 1:  # a shared address belongs to nobody in particular
            continue
        yield InteractionDraft(
            customer=found[0].id,
            type="message",
            at=mail.at,
            channel="email",
            direction="out" if outgoing else "in",
            payload={"subject": mail.subject, "text": mail.text},
            source=_SOURCE,
            source_ref=f"{mail.message_id} {found[0].uid}" if outgoing else mail.message_id,
        )


def messages_in(path: Path) -> Iterator[bytes]:
    """The messages in a file (one message, or an mbox) or in a Maildir."""
    box: mailbox.Maildir | mailbox.mbox
    if path.is_dir():
        box = mailbox.Maildir(str(path), create=False)
    elif _is_mbox(path):
        box = mailbox.mbox(str(path), create=False)
    else:
        yield path.read_bytes()
        return
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox is not a mapping; iterating it parses every message
            yield box.get_bytes(key)
    finally:
        box.close()


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "


def read_maildir(crm: Crm) -> None:
    """The job: what is new in the Maildir of the settings."""
    path = maildir(crm)
    if path is not None and path.is_dir():
        read_messages(crm, messages_in(path))


def maildir(crm: Crm) -> Path | None:
    """The Maildir of the settings as an absolute path."""
    settings: Settings = crm.plugins.settings("email")
    return crm.config.directory / settings.maildir if settings.maildir else None


def check_maildir(crm: Crm) -> Iterable[Finding]:
    """Whether the Maildir of the settings is there."""
    path = maildir(crm)
    if path is not None and not all((path / part).is_dir() for part in ("cur", "new", "tmp")):
        yield Finding(
            "error",
            f'[plugins.email] maildir: "{path}" is no Maildir',
            "Correct the path in crm.toml, or make the folders cur, new and tmp there.",
        )
