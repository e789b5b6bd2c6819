"""Whether the mailbox can be read, as far as that is on record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, joined, nphrase, phrase, shown_instant
from crmkit.plugins.email.incoming.parking import parked
from crmkit.plugins.email.incoming.progress import progress_of
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm


def check_mailbox(crm: Crm) -> Iterable[Finding]:
    """What keeps mail from being read, and what has been left aside."""
    settings: Settings = crm.plugins.settings("email")
    waiting = len(parked(crm))
    if waiting:
        yield Finding(
            "warning",
            nphrase(
                "{count} message could not be read and waits",
                "{count} messages could not be read and wait",
                waiting,
            ),
            phrase("See why: crm mail parked. Try again: crm mail retry"),
        )
    imap = settings.imap
    if imap is None:
        return
    try:
        imap.password.reveal()
    except CrmError as error:
        yield Finding(
            "error", joined(" ", ("[plugins.email.imap] password:", error.message)), error.hint or ""
        )
    for each in progress_of(crm, imap.account):
        if each.failed_at is not None and each.folder in (imap.folder, imap.sent):
            since = shown_instant(crm, each.failed_at)
            yield Finding(
                "error",
                phrase(
                    "The folder {folder} cannot be read since {since}: {error}",
                    folder=each.folder,
                    since=since,
                    error=each.error,
                ),
                phrase("Correct [plugins.email.imap], then try: crm mail poll"),
            )
