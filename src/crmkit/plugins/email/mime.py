"""A message as it goes over the wire. The same message is the same bytes, whenever it is tried again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.email.bodies import Bodies
from crmkit.plugins.email.mailbox import Mailbox, encoded, mailbox, one_line, unbroken

if TYPE_CHECKING:
    from crmkit.plugin import Message

_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,40}(?:@[A-Za-z0-9._-]{1,40})?")
_ID: Final = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
_MOST_IDS: Final = 20
_OF_A_MACHINE: Final = {
    "Auto-Submitted": "auto-generated",
    # What Exchange and Outlook ask for, which do not know the former.
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}
# What could end the angle brackets around it, or its line, is in no address of a page.
_PAGE: Final = re.compile(r"https?://[!#-;=?-~]{1,900}")


@frozen(kw_only=True)
class Head:
    """What the messages of a business have in common. `unsubscribe` is a `mailto:` address."""

    sender: Mailbox
    reply_to: Mailbox | None = None
    unsubscribe: str | None = None


@frozen(kw_only=True)
class Letter:
    """A message, ready to be handed over. `envelope` is whom the server tells that it did not arrive."""

    sender: Mailbox
    reply_to: Mailbox | None = None
    envelope: Mailbox
    to: Mailbox
    message_id: str
    raw: bytes = field(repr=False)

    @property
    def is_international(self) -> bool:
        """Whether the server has to know SMTPUTF8."""
        named = (self.sender, self.reply_to, self.envelope, self.to)
        return any(each.is_international for each in named if each is not None)


@define
class Writer:
    """Writes the messages of a business. What many of them share is made once; threads may share it."""

    head: Head
    _bodies: Bodies = field(factory=Bodies)
    _subject: Callable[[str], str] = field(init=False, factory=lambda: lru_cache(500)(_subject))
    _date: Callable[[int], str] = field(init=False, factory=lambda: lru_cache(8)(_date))

    def write(
        self, message: Message, *, now: int, marketing: bool, envelope: Mailbox | None = None
    ) -> Letter:
        """The message at the instant `now` (microseconds UTC).

        Raises `Invalid` where the address is none, or a line break would begin another header.
        """
        head = self.head
        to = mailbox(message.to, "" if message.name == message.to else message.name)
        id_ = message_id(message.key, head.sender.domain)
        headers = {
            "From": head.sender.header,
            "To": to.header,
            "Reply-To": head.reply_to.header if head.reply_to else "",
            "Subject": self._subject(message.subject),
            "Date": self._date(now // 1_000_000),
            "Message-ID": id_,
            **(_of_an_answer(message) if message.is_written else _OF_A_MACHINE),
        }
        if marketing:
            headers.update(self._of_a_list(message))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        said = f"{message.key}\0{message.text}\0{message.html}".encode("utf-8", "replace")
        boundary = f"=_{sha256(said).hexdigest()[:40]}" if message.html is not None else ""
        body = self._bodies.body(message.text, message.html, boundary)
        raw = b"".join((lines.encode(), b"MIME-Version: 1.0\r\n", body))
        return Letter(
            sender=head.sender, reply_to=head.reply_to, envelope=envelope or head.sender, to=to,
            message_id=id_, raw=raw,
        )  # fmt: skip

    def _of_a_list(self, message: Message) -> Iterator[tuple[str, str]]:
        """The headers by which mail programs know messages to many, and how to end them (RFC 2369, 8058)."""
        label = re.sub("[^a-z0-9]+", "-", message.purpose.lower()).strip("-")[:60]
        yield "List-Id", f"<{label}.{self.head.sender.domain}>" if label else ""
        page = message.unsubscribe or ""
        if page and not _PAGE.fullmatch(page):
            raise Invalid(
                phrase("the link to unsubscribe is no address of a page: {page}", page=one_line(page, 80))
            )
        yield "List-Unsubscribe", ",\r\n ".join(f"<{way}>" for way in (page, self.head.unsubscribe) if way)
        is_one_click = page.startswith("https://")
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" if is_one_click else ""
        yield "Precedence", "bulk"


def _of_an_answer(message: Message) -> dict[str, str]:
    """By which mail programs put it beneath what it answers (RFC 5322, 3.6.4)."""
    known = [each for each in message.references if _ID.fullmatch(each)][:_MOST_IDS]
    return {
        "In-Reply-To": known[0] if known else "",
        "References": "\r\n ".join(reversed(known)),
    }


def message_id(key: str, domain: str) -> str:
    """The identifier of a message, the same for the same key."""
    known = _KEY.fullmatch(key)
    left = key.replace("@", ".").strip(".") if known else sha256(key.encode()).hexdigest()[:40]
    return f"<{left}@{domain}>"


def _subject(text: str) -> str:
    return encoded(unbroken(text, "subject"), "Subject")


def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))
