"""A mail message as it goes onto a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from typing import Final

from attrs import frozen

# A timeline shows what was said; the message itself stays in the mailbox.
TEXT_LIMIT: Final = 20_000


@frozen(kw_only=True)
class Mail:
    """What a timeline keeps of a message. `at` is in microseconds UTC, None when the message has no date."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    at: int | None


def read_mail(raw: bytes) -> Mail:
    """The message in `raw`, however damaged: what cannot be read is empty."""
    message = message_from_bytes(raw, policy=policy.default)
    return Mail(
        message_id=_header(message, "Message-ID") or f"sha256:{sha256(raw).hexdigest()}",
        sender=next(iter(_addresses(message, "From")), ""),
        recipients=tuple(_addresses(message, "To", "Cc")),
        subject=_header(message, "Subject"),
        text=_text(message)[:TEXT_LIMIT],
        at=_instant(_header(message, "Date")),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message[name] or "").split())
    except (ValueError, TypeError, AttributeError, IndexError):  # the parser meets headers nobody foresaw
        return ""


def _addresses(message: EmailMessage, *names: str) -> Iterable[str]:
    headers = [_header(message, name) for name in names]
    return [address.lower() for _, address in getaddresses([h for h in headers if h]) if "@" in address]


def _text(message: EmailMessage) -> str:
    try:
        body = message.get_body(preferencelist=("plain",))
        return str(body.get_content()).replace("\x00", "").strip() if body is not None else ""
    except (LookupError, ValueError, TypeError, AttributeError):  # unknown charsets, broken structure
        return ""


def _instant(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp() * 1_000_000) if date else None
    except (ValueError, TypeError, OverflowError):
        return None
