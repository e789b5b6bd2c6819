"""The channel's delivery: messages to the gateway, one after the other, each noted with what it costs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit import CrmError
from crmkit.plugin import Later, Performed, Refusal, Unconfirmed
from crmkit_sms.gateway import Gateway
from crmkit_sms.parts import length_of
from crmkit_sms.tables import MESSAGE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Message
    from crmkit_sms.gateway import Answer
    from crmkit_sms.settings import Settings

SENT = "sent"
IN_DOUBT = "unconfirmed"
log = logging.getLogger("crmkit_sms")


def deliver(messages: Iterable[Message], crm: Crm) -> Iterator[Answer]:
    """Hand messages over, and say of each what became of it."""
    settings: Settings = crm.plugins.settings("sms")
    try:
        gateway = Gateway.of(settings)
    except CrmError as error:
        yield from (Later(index, f"[plugins.sms] {error.message}") for index, _ in enumerate(messages))
        return
    with closing(gateway):
        for index, message in enumerate(messages):
            parts = length_of(message.text).parts
            if parts > settings.most_parts:
                yield Refusal(index, f"it has {parts} parts, and {settings.most_parts} are the most")
                continue
            answer = gateway.send(index, message)
            if isinstance(answer, Performed):
                _note(crm, message, parts, SENT, answer.result or "")
            elif isinstance(answer, Unconfirmed):
                _note(crm, message, parts, IN_DOUBT)
            yield answer


def _note(crm: Crm, message: Message, parts: int, state: str, reference: str = "") -> None:
    """Keep what it costs, also where it may have left. Failing to does not change that it is on its way."""
    table = crm.plugins.table(MESSAGE)
    try:
        with crm.transaction() as tx:
            tx.execute(sa.delete(table).where(table.c.effect == message.effect))
            tx.execute(
                sa.insert(table).values(
                    effect=message.effect, customer_id=message.customer_id, reference=reference, at=tx.at,
                    parts=parts, state=state,
                )
            )  # fmt: skip
    except Exception:
        log.exception("A message could not be noted: effect %s", message.effect)
