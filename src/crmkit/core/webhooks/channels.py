"""Channels whose messages another program delivers: a chat, a text-message service."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config
    from crmkit.core.crm import Crm
    from crmkit.core.model.acting import Message
    from crmkit.core.words.registry import Words


def with_webhooks(words: Words, config: Config) -> Words:
    """The words, their channels delivering by the webhooks that name them, where no plugin delivers.

    Raises `ConfigError` for a channel that there is not, or that is delivered already.
    """
    for name, declared in config.webhooks.items():
        if declared.channel is not None:
            words = _with(words, name, declared.channel)
    return words


def _with(words: Words, webhook: str, named: str) -> Words:
    from crmkit.core.errors import ConfigError
    from crmkit.core.words.vocabulary import Vocabulary

    channel = words.channels.get(named)
    if channel is None:
        raise ConfigError(
            phrase(
                '[webhooks.{webhook}] is to deliver the channel "{named}", which there is not',
                webhook=webhook,
                named=named,
            ),
            hint=phrase("There are: {names}", names=", ".join(words.channels.names)),
        )
    if channel.deliver is not None:
        raise ConfigError(
            phrase(
                '[webhooks.{webhook}] is to deliver the channel "{channel}", which is delivered already',
                webhook=webhook,
                channel=channel.name,
            ),
            hint="Take channel out.",
        )
    kind = channel.contact_kind or "handle"
    able = evolve(channel, deliver=partial(_deliver, webhook), repeatable=True, contact_kind=kind)
    others = [each for each in words.channels if each.name != channel.name]
    return evolve(words, channels=Vocabulary("channels", [*others, able], words.elsewhere))


def _deliver(webhook: str, messages: Iterable[Message], crm: Crm) -> Iterator[Any]:
    """Post each message, signed, under its own `webhook-id`: whoever receives it twice knows it again."""
    from crmkit.core.model.acting import Parcel
    from crmkit.core.webhooks.posting import post_all
    from crmkit.core.webhooks.request import WebhookRequest

    parcels = (
        Parcel(
            index=index, to=each.to, says="", content=WebhookRequest(webhook, each.key, _body(each))
        )
        for index, each in enumerate(messages)
    )  # fmt: skip
    yield from post_all(parcels, crm)


def _body(message: Message) -> bytes:
    said = {
        "id": message.key,
        "channel": message.channel,
        "to": message.to,
        "thread": message.thread or None,
        "name": message.name,
        "subject": message.subject or None,
        "text": message.text,
        "language": message.language or None,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
