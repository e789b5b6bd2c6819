"""A message to one customer: composed, and addressed to where they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.core.errors import Invalid
from crmkit.core.language import _
from crmkit.core.messages.composing import as_written
from crmkit.core.messages.links import UNSUBSCRIBE
from crmkit.core.model.acting import Message
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.customers.record import Contact, Record
    from crmkit.core.kernel import Kernel
    from crmkit.core.messages.params import Letter, Sending
    from crmkit.core.messages.template import Template


def message_to(
    kernel: Kernel,
    params: Sending,
    template: Template | None,
    record: Record,
    *,
    key: str = "",
    effect: int = 0,
    language: str | None = None,
    asks: bool = False,
) -> Message:
    """What a customer gets; `asks` where it asks them to confirm a consent. Without a `template` it is the
    letter of `params`.

    Raises `Invalid` with the reason where they cannot get it.
    """
    channel = kernel.words.channels[params.channel]
    if record.restricted_at is not None:
        raise Invalid("restricted: what is kept of them must not be used")
    contact = address_of(record, channel.contact_kind)
    letter = params.letter
    to = contact.normalised if contact is not None else letter.thread if letter is not None else ""
    if not to:
        raise Invalid(phrase("no address for {channel}", channel=channel.name))
    if template is None:
        return _letter_to(kernel, params, record, to, key, effect)
    links = {
        **params.links,
        **kernel.links.of_pages(params.pages, effect),
        **kernel.links.of(effect, params.purpose, asks=asks),
    }
    said = kernel.composing.compose(template, record, links, language)
    return Message(
        key=key, effect=effect, customer_id=record.id, channel=channel.name, purpose=params.purpose,
        to=to, name=record.name, subject=said.subject, text=said.text, html=said.html,
        language=said.language or kernel.locale, links=links, unsubscribe=links.get(UNSUBSCRIBE),
        fixed_links=template.fixed_links,
    )  # fmt: skip


def _letter_to(kernel: Kernel, params: Sending, record: Record, to: str, key: str, effect: int) -> Message:
    letter = params.letter
    assert letter is not None
    said = as_written(letter.subject, letter.text)
    return Message(
        key=key, effect=effect, customer_id=record.id, channel=params.channel, purpose=params.purpose, to=to,
        name=record.name, subject=said.subject, text=said.text, language=record.locale or kernel.locale,
        is_written=True, references=letter.references, thread=letter.thread,
    )  # fmt: skip


def address_of(record: Record, kind: str | None) -> Contact | None:
    """Where to reach a customer: the primary contact point of a kind, else one that is verified, else the
    oldest."""
    there = [contact for contact in record.contacts.values() if contact.kind == kind]
    return min(there, key=lambda each: (not each.is_primary, each.verified_at is None, each.id), default=None)


def given_address(letter: Letter | None) -> str | None:
    """Where a letter goes to whose reader has no address: the name of the conversation that it answers."""
    return letter.thread or None if letter is not None else None


def as_read(message: Message) -> str:
    """A message as a person reads it, with its head."""
    to = f"{message.name} <{message.to}>" if message.name and message.name != message.to else message.to
    head = [_("To: {to}", to=to)]
    head += [_("Subject: {subject}", subject=message.subject)] if message.subject else []
    said = {"channel": message.channel, "purpose": message.purpose, "language": message.language}
    if message.purpose:
        head.append(_("Sent: by {channel}, for {purpose}, in {language}", **said))
    else:
        head.append(_("Sent: by {channel}, for no purpose, in {language}", **said))
    html = ["", _("-- and as HTML:"), "", message.html] if message.html else []
    return "\n".join([*head, "", message.text, *html]).rstrip("\n") + "\n"
