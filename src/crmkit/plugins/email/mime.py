"""A message as it goes over the wire. The same message is the same bytes, whenever it is tried again."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from crmkit import Invalid
from crmkit.plugin import Message
from crmkit.plugins.email.mailbox import Mailbox, encoded, mailbox, unbroken

# Bodies are in seven bits, so that every server takes them as they are.
_POLICY: Final = SMTP.clone(cte_type="7bit")
_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,40}(?:@[A-Za-z0-9._-]{1,40})?")


@frozen(kw_only=True)
class Head:
    """What the messages of a business have in common. `unsubscribe` is a `mailto:` address."""

    sender: Mailbox
    reply_to: Mailbox | None = None
    unsubscribe: str | None = None


@frozen(kw_only=True)
class Letter:
    """A message, ready to be handed over."""

    sender: Mailbox
    to: Mailbox
    message_id: str
    raw: bytes = field(repr=False)

    @property
    def is_international(self) -> bool:
        """Whether the server has to know SMTPUTF8."""
        return self.sender.is_international or self.to.is_international


def write_letter(message: Message, head: Head, *, now: int, marketing: bool) -> Letter:
    """The message at the instant `now` (microseconds UTC).

    Raises `Invalid` where the address is none, or a line break would begin another header.
    """
    to = mailbox(message.to, "" if message.name == message.to else message.name)
    id_ = message_id(message.key, head.sender.domain)
    headers = {
        "From": head.sender.header,
        "To": to.header,
        "Reply-To": head.reply_to.header if head.reply_to else "",
        "Subject": encoded(unbroken(message.subject, "subject"), "Subject"),
        "Date": format_datetime(datetime.fromtimestamp(now // 1_000_000, UTC)),
        "Message-ID": id_,
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{head.unsubscribe}>" if marketing and head.unsubscribe else "",
        "MIME-Version": "1.0",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return Letter(sender=head.sender, to=to, message_id=id_, raw=lines.encode() + _body(message))


def message_id(key: str, domain: str) -> str:
    """The identifier of a message, the same for the same key."""
    known = _KEY.fullmatch(key)
    left = key.replace("@", ".").strip(".") if known else sha256(key.encode()).hexdigest()[:40]
    return f"<{left}@{domain}>"


def _body(message: Message) -> bytes:
    """The text, with the HTML beside it, and the headers that describe them."""
    part = MIMEPart(policy=_POLICY)
    try:
        part.set_content(message.text, charset="utf-8")
        if message.html is not None:
            part.add_alternative(message.html, subtype="html", charset="utf-8")
            said = f"{message.key}\0{message.text}\0{message.html}".encode()
            part.set_boundary(f"=_{sha256(said).hexdigest()[:40]}")
    except UnicodeEncodeError:
        raise Invalid("the text holds what is no character") from None
    return part.as_bytes()
