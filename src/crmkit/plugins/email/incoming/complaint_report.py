"""Reports that somebody called a message of ours spam (ARF, RFC 5965)."""

from __future__ import annotations

from attrs import frozen

from crmkit.plugins.email.incoming.bounce_report import copied
from crmkit.plugins.email.incoming.headers import addresses, header, message_ids
from crmkit.plugins.email.incoming.parsing import Parsed, leaves


@frozen
class ComplaintReport:
    """What it says. `sort` is such as `abuse`; `rcpt` whom the message was to, `mail_from` its return path,
    `original` its identifiers."""

    sort: str
    rcpt: tuple[str, ...]
    mail_from: tuple[str, ...]
    original: tuple[str, ...]

    @property
    def is_complaint(self) -> bool:
        """Whether somebody complains; they may also say that it was no spam, or tell of a failed check."""
        return self.sort in (
            "abuse",
            "fraud",
            "virus",
            "other",
            "opt-out",
            "opt-out-list",
            "miscategorized",
            "",
        )


def complaint_report(message: Parsed) -> ComplaintReport | None:
    """The report, if the message is one."""
    fields = copy = None
    for part in leaves(message):
        type_ = part.get_content_type()
        if type_ == "message/feedback-report":
            fields = copied(part)
        elif fields is not None and copy is None and type_ in ("message/rfc822", "text/rfc822-headers"):
            copy = copied(part)
    if fields is None:
        return None
    rcpt = addresses(fields, "original-rcpt-to", "removal-recipient")
    mail_from = addresses(fields, "original-mail-from")
    ids: list[str] = []
    if copy is not None:
        rcpt += addresses(copy, "to")
        mail_from += addresses(copy, "return-path")
        ids = message_ids(copy, "message-id")
    return ComplaintReport(header(fields, "feedback-type").lower(), tuple(rcpt), tuple(mail_from), tuple(ids))
