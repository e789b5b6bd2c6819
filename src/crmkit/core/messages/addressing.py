"""A message to one customer: composed, and addressed to where they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.core.errors import Invalid
from crmkit.core.messages.links import UNSUBSCRIBE
from crmkit.core.model.acting import Message

if TYPE_CHECKING:
    from crmkit.core.customers.record import Contact, Record
    from crmkit.core.kernel import Kernel
    from crmkit.core.messages.action import Sending
    from crmkit.core.messages.template import Template


def message_to(
    kernel: Kernel,
    params: Sending,
    template: Template,
    record: Record,
    *,
    key: str = "",
    effect: int = 0,
    language: str | None = None,
    asks: bool = False,
) -> Message:
    """What a customer gets; `asks` where it asks them to confirm a consent.

    Raises `Invalid` with the reason where they cannot get it.
    """
    channel = kernel.words.channels[params.channel]
    if record.restricted_at is not None:
        raise Invalid("restricted: what is kept of them must not be used")
    contact = address_of(record, channel.contact_kind)
    if contact is None:
        raise Invalid(f"no address for {channel.name}")
    links = {
        **params.links,
        **kernel.links.of_pages(params.pages, effect),
        **kernel.links.of(effect, params.purpose, asks=asks),
    }
    said = kernel.composing.compose(template, record, links, language)
    return Message(
        key=key, effect=effect, customer_id=record.id, channel=channel.name, purpose=params.purpose,
        to=contact.normalised, name=record.name, subject=said.subject, text=said.text, html=said.html,
        language=said.language or kernel.locale, links=links, unsubscribe=links.get(UNSUBSCRIBE),
        fixed_links=template.fixed_links,
    )  # fmt: skip


def address_of(record: Record, kind: str | None) -> Contact | None:
    """Where to reach a customer: the primary contact point of a kind, else one that is verified, else the
    oldest."""
    there = [contact for contact in record.contacts.values() if contact.kind == kind]
    return min(there, key=lambda each: (not each.is_primary, each.verified_at is None, each.id), default=None)


def as_read(message: Message) -> str:
    """A message as a person reads it, with its head."""
    to = f"{message.name} <{message.to}>" if message.name and message.name != message.to else message.to
    head = [f"To: {to}"]
    head += [f"Subject: {message.subject}"] if message.subject else []
    head += [f"Sent: by {message.channel}, for {message.purpose or 'no purpose'}, in {message.language}"]
    html = ["", "-- and as HTML:", "", message.html] if message.html else []
    return "\n".join([*head, "", message.text, *html]).rstrip("\n") + "\n"
