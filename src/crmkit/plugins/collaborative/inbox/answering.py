"""Answering: by the same channel, through the ledger, beneath what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, frozen

from crmkit import ConfigError, Conflict, Invalid
from crmkit.plugin import _, phrase
from crmkit.plugins.collaborative.inbox.conversations import Conversations
from crmkit.plugins.collaborative.inbox.hearing import is_ours
from crmkit.plugins.collaborative.inbox.onlookers import Onlookers
from crmkit.plugins.collaborative.inbox.threading import has_subject, named, plain_subject

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugins.collaborative.inbox.model import Conversation

SAID: Final = "said"
_PHONE: Final = "phone"
_DROPPED: Final = "dropped"
_LOST: Final = ("dropped", "failed", "skipped")
_MOST: Final = 20
_MARKETING: Final = "marketing"


@frozen(kw_only=True)
class Answered:
    """What became of an answer: `state` and `reason` are as the ledger says; `effect` its number there.
    `said` without a channel that delivers: it is on record, and was not sent."""

    conversation: Conversation
    text: str
    subject: str
    state: str
    to: str = ""
    reason: str | None = None
    effect: int | None = None
    is_rehearsal: bool = False


@define
class Answering:
    """Answers to conversations, for whoever `crm` acts for."""

    crm: Crm
    conversations: Conversations

    def answer(
        self,
        conversation: int,
        text: str,
        *,
        seen: int | None = None,
        anyway: bool = False,
        said: bool = False,
        dry_run: bool = False,
    ) -> Answered:
        """Answer the customer, in the conversation's own channel; with `said` only note what was said.

        `seen` is the number of the newest message that was seen when it was written. Raises `Conflict` where
        more has been said since, unless `anyway`, and where nothing may be sent; `Invalid` for a channel that
        nothing is sent by.
        """
        found = self.conversations.get(conversation)
        if not text.strip():
            raise Invalid(
                "An answer says something",
                hint=phrase(
                    'Write it: crm inbox answer {conversation} --text "…"', conversation=conversation
                ),
            )
        thread = self.conversations.thread(found.id)
        subject = _subject(found, thread)
        if dry_run and not said:
            return self._told(found, text, subject, self._send(found, thread, text, subject, dry_run=True))
        if not said:
            self._require_sending(found)
        onlookers = Onlookers(self.crm)
        onlookers.claim(found, seen, anyway=anyway)
        done = False
        try:
            if said:
                self._note(found, thread, text, subject)
                answered = Answered(conversation=found, text=text, subject=subject, state=SAID)
            else:
                answered = self._told(found, text, subject, self._send(found, thread, text, subject))
            # A rehearsed answer is none: the customer waits, and a colleague may answer.
            done = answered.state not in _LOST and not answered.is_rehearsal
        finally:
            onlookers.release(found, answered=done)
        if answered.state == _DROPPED:
            raise Conflict(
                phrase("Nothing may be sent to the customer: {reason}", reason=answered.reason),
                hint="Call them: --said",
            )
        return self._taken(answered)

    def _taken(self, answered: Answered) -> Answered:
        """Whoever answers what is nobody's has it from then on."""
        from attrs import evolve

        now = self.conversations.get(answered.conversation.id)
        if now.employee_id is None and self.crm.actor.id is not None:
            now = self.conversations.take(now.id)
        return evolve(answered, conversation=now)

    def _send(
        self,
        found: Conversation,
        thread: Sequence[Interaction],
        text: str,
        subject: str,
        *,
        dry_run: bool = False,
    ) -> Any:
        heard = next((each for each in reversed(thread) if not is_ours(each)), thread[-1] if thread else None)
        names = named(heard) if heard is not None else None
        name = getattr(heard.payload, "thread", None) if heard is not None else None
        before = [names.own, *names.answers] if names is not None and not name else []
        return self.crm.messages.write(
            found.customer_id, text, purpose=self._purpose(), subject=subject, channel=found.channel,
            references=list(dict.fromkeys(each for each in before if each))[:_MOST], thread=name or "",
            dry_run=dry_run,
        )  # fmt: skip

    def _note(self, found: Conversation, thread: Sequence[Interaction], text: str, subject: str) -> None:
        is_call = found.channel == _PHONE
        name = next((n for each in reversed(thread) if (n := getattr(each.payload, "thread", None))), None)
        payload: dict[str, Any] = {"text": text.strip(), "thread": name}
        if not is_call:
            last = [own for each in reversed(thread) if (own := named(each).own)]
            payload |= {"subject": subject, "references": last[:1]}
        self.crm.interactions.record(
            found.customer_id, "call" if is_call else "message", direction="out", channel=found.channel,
            employee=self.crm.actor.id, payload=payload, source="inbox",
        )  # fmt: skip

    def _require_sending(self, found: Conversation) -> None:
        channel = self.crm.words.channels.get(found.channel or "")
        if (
            channel is None
            or channel.contact_kind is None
            or (channel.name == _PHONE and not channel.deliver)
        ):
            raise Invalid(
                phrase("Nothing is sent by {channel}", channel=found.channel),
                hint=phrase('Tell them, then note it: crm inbox answer {id} --said --text "…"', id=found.id),
            )

    def _purpose(self) -> str:
        named_ = self.conversations.settings.purpose
        if named_ is not None:
            return named_
        able = [each.name for each in self.crm.words.purposes if each.type != _MARKETING]
        if len(able) != 1:
            raise ConfigError(
                "Nobody says for which purpose customers are answered",
                hint='Declare one: [purposes.answers] with type = "service", and name it: '
                '[plugins.collaborative.inbox] with purpose = "answers"',
            )
        return able[0]

    def _told(self, found: Conversation, text: str, subject: str, sent: Any) -> Answered:
        return Answered(
            conversation=found, text=sent.text or text, subject=subject, state=sent.state, reason=sent.reason,
            to=sent.message.to if sent.message is not None else "", effect=sent.effect,
            is_rehearsal=sent.is_rehearsal,
        )  # fmt: skip


def _subject(found: Conversation, thread: Sequence[Interaction]) -> str:
    """`Re: …` where messages of the conversation have subjects."""
    last = next((each for each in reversed(thread) if has_subject(each)), None)
    if last is None:
        return ""
    return f"Re: {plain_subject(str(last.payload.subject)) or found.subject}"


def draft_of(thread: Sequence[Interaction], begun: str) -> str:
    """What an editor begins with: the answer as far as it goes, and beneath a line the thread."""
    lines = [begun, "", _line()]
    for each in reversed(thread):
        lines += [f"# {_('We wrote:') if is_ours(each) else _('They wrote:')}"]
        lines += [f"# {line}" for line in str(getattr(each.payload, "text", "")).splitlines()] + ["#"]
    return "\n".join(lines) + "\n"


def text_of(edited: str) -> str:
    """What was written above the line."""
    return edited.partition(_line())[0].strip()


def _line() -> str:
    """What parts the answer from the thread."""
    return f"# ---- {_('Write above this line. What is below is not sent.')} ----"
