"""The record type `conversation`: what a customer and we say to each other in one channel about one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crmkit.plugin import N_, Field, RecordType

CONVERSATION: Final = "conversation"
OPEN: Final = "open"
WAITING: Final = N_("waiting")
CLOSED: Final = N_("closed")
STATES: Final = (OPEN, WAITING, CLOSED)
_INSTANTS: Final = {
    "opened_at": N_("When the customer's first message came"),
    "last_at": N_("When the last message came or went"),
    "heard_at": N_("When the customer last wrote"),
    "said_at": N_("When we last wrote"),
    "unanswered_since": N_("Since when the customer waits for an answer"),
    "responded_at": N_("When it was first answered"),
    "snoozed_until": N_("Until when it is out of the way"),
}
INSTANTS: Final = tuple(_INSTANTS)
_INDEXED: Final = ("last_at", "unanswered_since")


def conversation_type() -> RecordType:
    """Conversations: `open` is our turn, `waiting` the customer's, and `closed` is over until they write."""
    return RecordType(
        name=CONVERSATION,
        doc="Messages in one channel that belong together, and who answers them",
        fields=tuple(_fields()),
        states=STATES,
        moves={OPEN: (WAITING, CLOSED), WAITING: (OPEN, CLOSED), CLOSED: (OPEN, WAITING)},
        final=(CLOSED,),
        title="subject",
    )


def _fields() -> Iterator[Field]:
    yield Field(name="subject", type="text", doc="What it is about, in the words of its first message")
    yield Field(name="channel", type="text", doc="By which channel it goes", personal=False)
    yield Field(name="team", type="text", doc="The team whose it is", personal=False)
    for name, doc in _INSTANTS.items():
        yield Field(name=name, type="datetime", doc=doc, personal=False, indexed=name in _INDEXED)
    yield Field(
        name="response_minutes", type="number", doc="Working minutes until its first answer", personal=False
    )
