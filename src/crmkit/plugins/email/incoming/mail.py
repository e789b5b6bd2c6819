"""A mail message as it is sorted, and goes onto a timeline."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from attrs import field, frozen

from crmkit.plugins.email.incoming.automatic import is_automatic
from crmkit.plugins.email.incoming.contents import Contents, contents
from crmkit.plugins.email.incoming.headers import addresses, header, instant, message_ids
from crmkit.plugins.email.incoming.parsing import Parsed, head_of, parsed

_MOST_IDS: Final = 10
_LONGEST_ID: Final = 250
_DELIVERED: Final = ("delivered-to", "x-original-to", "envelope-to", "x-delivered-to")


@frozen(kw_only=True)
class Mail:
    """A message. `at` is in microseconds UTC, None when it has no date; `answers` are the identifiers of
    those it answers, the nearest first; `delivered_to` are all addresses at which it may have arrived;
    `is_automatic` tells that a machine wrote it. `message` is it, as the standard library reads it."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    contents: Contents
    at: int | None
    answers: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    is_automatic: bool = False
    message: Parsed = field(repr=False, eq=False)

    @property
    def text(self) -> str:
        """What the sender wrote."""
        return self.contents.text

    @property
    def _references(self) -> list[str]:
        """The nearest of those it answers, and the one with which it all began."""
        known = [each for each in self.answers if len(each) <= _LONGEST_ID]
        return known if len(known) <= _MOST_IDS else [*known[: _MOST_IDS - 1], known[-1]]

    def said(self, **more: Any) -> dict[str, Any]:
        """The payload of a message on a timeline."""
        inside = self.contents
        return {
            "subject": self.subject, "text": inside.text, "trimmed": inside.trimmed,
            "references": self._references, "attachments": list(inside.attachments),
            "calendar": inside.calendar, **more,
        }  # fmt: skip


def read_mail(raw: bytes, *, headers_only: bool = False) -> Mail:
    """The message in `raw`, however damaged: what cannot be read is empty."""
    message = head_of(raw) if headers_only else parsed(raw)
    inside = contents(message)
    sender = next(iter(addresses(message, "from")), "")
    subject = header(message, "subject")
    recipients = addresses(message, "to", "cc")
    parents = message_ids(message, "in-reply-to")
    return Mail(
        message_id=next(iter(message_ids(message, "message-id")), "")
        or _made_up(message, sender, subject, inside),
        sender=sender,
        recipients=tuple(recipients),
        subject=subject,
        contents=inside,
        at=instant(message, "date"),
        answers=tuple(dict.fromkeys([*parents, *reversed(message_ids(message, "references"))])),
        delivered_to=(*recipients, *addresses(message, "bcc", *_DELIVERED)),
        is_automatic=is_automatic(message),
        message=message,
    )


def _made_up(message: Parsed, sender: str, subject: str, inside: Contents) -> str:
    """An identifier for a message without one: the same in whatever mailbox it is found."""
    own = header(message, "message-id")
    said = "\0".join((own, sender, header(message, "date"), subject, inside.text))
    return own if own and " " not in own else f"sha256:{sha256(said.encode('utf-8', 'replace')).hexdigest()}"
