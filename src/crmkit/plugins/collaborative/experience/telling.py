"""What an interaction was to the customer: they asked, they were answered, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crmkit import Interaction

IN: Final = "in"
OUT: Final = "out"
CALL: Final = "call"
MESSAGE: Final = "message"
RESOLVED: Final = "case.resolved"
# They are askings whichever way they came, unless they went out.
QUESTIONS: Final = ("enquiry", "complaint")
# They talk with somebody, whoever came to whom.
TALKS: Final = ("meeting", "visit")
TYPES: Final = (*QUESTIONS, MESSAGE, CALL, *TALKS, RESOLVED)
# What the ledger sent has this as its source; a person sent it where its origin begins so.
LEDGER: Final = "effect"
BY_HAND: Final = "send:"

# By the number of what was sent by hand: which employee did.
Sent = Mapping[int, int | None]


def asks(entry: Interaction) -> bool:
    """Whether the customer came with something that wants an answer."""
    if entry.type in QUESTIONS:
        return entry.direction != OUT
    return entry.type in (MESSAGE, CALL) and entry.direction == IN


def answers(entry: Interaction, sent: Sent) -> bool:
    """Whether one of us wrote to the customer or talked with them. What rules and campaigns send is none."""
    if entry.type == MESSAGE:
        return entry.direction == OUT and (entry.source != LEDGER or number_of(entry) in sent)
    if entry.type == CALL:
        return not getattr(entry.payload, "missed", False)
    return entry.type in TALKS or entry.type == RESOLVED


def employee_of(entry: Interaction, sent: Sent) -> int | None:
    """Who of us it was, where that is known."""
    number = number_of(entry) if entry.source == LEDGER else None
    return entry.employee_id if number is None or entry.employee_id is not None else sent.get(number)


def number_of(entry: Interaction) -> int | None:
    """The number in the ledger of what was sent: 12 of `effect-12@…`."""
    left, at, _ = (entry.source_ref or "").partition("@")
    digits = left.removeprefix("effect-")
    return int(digits) if at and left != digits and digits.isascii() and digits.isdigit() else None
