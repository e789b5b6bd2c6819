"""Handing messages over to the business's mail server: a batch by one connection, each with its answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

from attrs import define

from crmkit import CrmError, Invalid
from crmkit.plugin import Later, Message, Performed, Refusal, Unconfirmed
from crmkit.plugins.email.mailbox import written_mailbox
from crmkit.plugins.email.mime import Head, Letter, write_letter
from crmkit.plugins.email.relay import Account, Broken, Relay, Unreachable
from crmkit.plugins.email.settings import Settings
from crmkit.plugins.email.tracking.tracker import tracker_of

if TYPE_CHECKING:
    from crmkit import Crm

Answer = Performed | Refusal | Later | Unconfirmed

# What has not begun by then is left for the next pass, and what hangs after that is cut off: whoever stops a
# worker does not wait for longer, and nothing is sent that another worker could have taken over meanwhile.
_LONGEST_BATCH: Final = 60.0
_CUT_AFTER: Final = 240.0
# So many messages in a row whose line breaks, and the others wait: each could be one in doubt.
_STRIKES: Final = 2


def deliver(messages: Sequence[Message], crm: Crm) -> Iterator[Answer]:
    """Hand messages over, and say of each what became of it, as soon as it is known.

    `Performed` with the message's identifier once the server has it; `Refusal` with the server's words where
    it never will; `Later` where it does not take it now, or cannot be reached; `Unconfirmed` where the line
    broke after the message was sent.
    """
    settings: Settings = crm.plugins.settings("email")
    try:
        head = head_of(settings)
        account = _account(settings, head)
    except CrmError as error:
        reason = f"[plugins.email] cannot be used: {error.message}"
        yield from (Later(index, reason) for index in range(len(messages)))
        return
    with closing(Relay(account)) as relay:
        batch = _Batch(relay, time.monotonic() + _LONGEST_BATCH)
        tracked = tracker_of(crm)
        for index, message in enumerate(map(tracked, messages)):
            purpose = crm.words.purposes.get(message.purpose)
            marketing = purpose is not None and purpose.type == "marketing"
            try:
                letter = write_letter(message, head, now=crm.clock.now(), marketing=marketing)
            except Invalid as error:
                yield Refusal(index, error.message)
            else:
                yield batch.answer(index, letter)


def head_of(settings: Settings) -> Head:
    """What all messages have in common. Raises `Invalid`."""
    return Head(
        sender=written_mailbox(settings.from_ or ""),
        reply_to=written_mailbox(settings.reply_to) if settings.reply_to else None,
        unsubscribe=settings.unsubscribe,
    )


def _account(settings: Settings, head: Head) -> Account:
    """The account, its password read. Raises `CrmError`."""
    return Account(
        host=settings.host or "",
        port=settings.smtp_port,
        security=settings.security,
        timeout=settings.timeout,
        helo=head.sender.domain,
        ends=time.monotonic() + _CUT_AFTER,
        user=settings.user,
        password=settings.password.reveal() if settings.password else None,
    )


@define
class _Batch:
    """The messages of one pass. Once `given_up` says why, the rest waits."""

    relay: Relay
    ends: float
    given_up: str = ""
    _strikes: int = 0

    def answer(self, index: int, letter: Letter) -> Answer:
        """Hand one over, unless the others have shown that it is no use."""
        if self.given_up:
            return Later(index, self.given_up)
        if time.monotonic() >= self.ends:
            return Later(index, "its turn did not come in this pass", 1.0)
        try:
            reply = self.relay.send(letter)
        except Unreachable as error:
            self.given_up = str(error)
            return Later(index, self.given_up)
        except Broken as error:
            self._strikes += 1
            if self._strikes >= _STRIKES:
                self.given_up = f"not tried, because before it, twice: {error}"
            return Unconfirmed(index, str(error)) if error.sent else Later(index, str(error))
        self._strikes = 0
        if reply.code < 400:
            return Performed(index, letter.message_id)
        return Refusal(index, reply.text) if reply.code >= 500 else Later(index, reply.text)
