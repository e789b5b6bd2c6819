"""Handing messages over to the business's mail server, by several connections, each with its answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from crmkit import CrmError, Invalid
from crmkit.plugin import Later, Message, Notice, Performed, Refusal, Unconfirmed, phrase
from crmkit.plugins.email.dkim import Signer, sign, signers_of
from crmkit.plugins.email.mailbox import written_mailbox
from crmkit.plugins.email.mime import Head, Letter, Writer
from crmkit.plugins.email.pool import Answered, Job, Pool
from crmkit.plugins.email.refused import note_refused
from crmkit.plugins.email.relay import Account, Broken, Relay, told
from crmkit.plugins.email.return_path import return_path
from crmkit.plugins.email.settings import Settings
from crmkit.plugins.email.tracking.tracker import tracker_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.return_path import ReturnPath

Answer = Performed | Refusal | Later | Unconfirmed

# What has not begun by then is left for the next pass, and what hangs after that is cut off: whoever stops a
# worker does not wait for longer, and nothing is sent that another worker could have taken over meanwhile.
_LONGEST_BATCH: Final = 60.0
_CUT_AFTER: Final = 240.0
# So many messages in a row whose line breaks, and the others wait: each could be one in doubt.
_STRIKES: Final = 2
log = logging.getLogger("crmkit.email")


def deliver(messages: Iterable[Message], crm: Crm) -> Iterator[Answer]:
    """Hand messages over, and say of each what became of it, as soon as it is known.

    `Performed` with the message's identifier once the server has it; `Refusal` with the server's words where
    it never will; `Later` where it does not take it now, or cannot be reached; `Unconfirmed` where the line
    broke after the message was sent. As many messages are on their way as there are connections, and the
    next one is asked for when one of them is answered.
    """
    settings: Settings = crm.plugins.settings("email")
    try:
        batch = _batch(crm, settings)
    except CrmError as error:
        reason = phrase("[plugins.email] cannot be used: {message}", message=error.message)
        yield from (Later(index, reason) for index, _ in enumerate(messages))
        return
    with closing(batch.pool) as pool:
        for answered in _exchanged(_jobs(messages, crm, batch.path), pool, settings.connections):
            note_refused(answered, crm)
            yield answered.answer


def tell(notices: Iterable[Notice], crm: Crm) -> Iterator[Answer]:
    """Hand notices to employees over, with answers as those of `deliver`."""
    messages = [
        Message(
            key=notice.key, effect=0, customer_id=0, channel="email", purpose="", to=notice.to,
            name=notice.name, subject=notice.subject, text=notice.text,
        )
        for notice in notices
    ]  # fmt: skip
    settings: Settings = crm.plugins.settings("email")
    try:
        batch = _batch(crm, settings)
    except CrmError as error:
        reason = phrase("[plugins.email] cannot be used: {message}", message=error.message)
        yield from (Later(index, reason) for index, _ in enumerate(messages))
        return
    # They come back to the sender: no customer's address is known to be bad by them.
    jobs = (Job(index, message, crm.clock.now(), False, None) for index, message in enumerate(messages))
    with closing(batch.pool) as pool:
        yield from (answered.answer for answered in _exchanged(jobs, pool, settings.connections))


def head_of(settings: Settings) -> Head:
    """What all messages have in common. Raises `Invalid`."""
    return Head(
        sender=written_mailbox(settings.from_ or ""),
        reply_to=written_mailbox(settings.reply_to) if settings.reply_to else None,
        unsubscribe=settings.unsubscribe,
    )


def _exchanged(jobs: Iterator[Job], pool: Pool, at_once: int) -> Iterator[Answered]:
    """Jobs into the pool and answers out of it, with at most so many of them on their way.

    Asking for jobs writes to the ledger, for many at the price of one. So it is put off until all are
    answered, but for no longer than it took the last time: a slow server is kept busy.
    """
    under_way, is_more = 0, True
    while is_more or under_way:
        began = time.monotonic()
        while is_more and under_way < at_once:
            job = next(jobs, None)
            is_more = job is not None
            if job is not None:
                pool.put(job)
                under_way += 1
        if under_way:
            for answered in pool.answers(time.monotonic() - began):
                under_way -= 1
                yield answered


def _jobs(messages: Iterable[Message], crm: Crm, path: ReturnPath | None) -> Iterator[Job]:
    """The messages with what only this thread may ask for."""
    for index, message in enumerate(map(tracker_of(crm), messages)):
        purpose = crm.words.purposes.get(message.purpose)
        is_marketing = purpose is not None and purpose.type == "marketing"
        envelope = path.of(message.effect) if path is not None else None
        yield Job(index, message, crm.clock.now(), is_marketing, envelope)


def _batch(crm: Crm, settings: Settings) -> _Batch:
    """Everything that is read once for all messages. Raises `CrmError`."""
    head = head_of(settings)
    batch = _Batch(
        Writer(head), signers_of(settings), return_path(crm), ends=time.monotonic() + _LONGEST_BATCH
    )
    batch.pool = Pool(_account(settings, head), settings.connections, batch.hand_over)
    return batch


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
        per_connection=settings.per_connection,
    )


@define(eq=False)
class _Batch:
    """The messages of one pass, as the threads of the connections see them."""

    writer: Writer
    signers: tuple[Signer, ...]
    path: ReturnPath | None
    ends: float = field(kw_only=True)
    pool: Pool = field(init=False)
    _strikes: int = 0
    _lock: Lock = field(factory=Lock)

    def hand_over(self, relay: Relay, job: Job) -> Answered:
        """Write a message, sign it and send it. Raises `Unreachable`."""
        index = job.index
        if time.monotonic() >= self.ends:
            return Answered(job, Later(index, phrase("its turn did not come in this pass"), 1.0))
        try:
            letter = self._written(job)
        except Invalid as error:
            return Answered(job, Refusal(index, error.message))
        except Exception as error:
            # It has not left: whatever it is may be mended.
            log.exception("A message could not be written: effect %s", job.message.effect)
            return Answered(job, Later(index, phrase("writing it failed: {error}", error=told(error))))
        return self._sent(relay, job, letter)

    def _written(self, job: Job) -> Letter:
        """The message as it goes over the wire. Raises `Invalid`."""
        letter = self.writer.write(job.message, now=job.at, marketing=job.marketing, envelope=job.envelope)
        return evolve(letter, raw=sign(letter.raw, self.signers, job.at // 1_000_000))

    def _sent(self, relay: Relay, job: Job, letter: Letter) -> Answered:
        index = job.index
        try:
            reply = relay.send(letter)
        except Broken as error:
            self._note_break(str(error))
            answer = Unconfirmed(index, str(error)) if error.sent else Later(index, str(error))
            return Answered(job, answer)
        self._strikes = 0
        if reply.code < 400:
            return Answered(job, Performed(index, letter.message_id), reply)
        if reply.code < 500:
            return Answered(job, Later(index, reply.text), reply)
        return Answered(job, Refusal(index, reply.text), reply)

    def _note_break(self, reason: str) -> None:
        with self._lock:
            self._strikes += 1
            if self._strikes >= _STRIKES and not self.pool.given_up:
                self.pool.given_up = phrase("not tried, because before it, twice: {reason}", reason=reason)
