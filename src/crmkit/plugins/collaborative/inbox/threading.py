"""What names a message, and what it answers, by the public words of interactions alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from crmkit import Interaction

_EFFECT: Final = re.compile(r"effect-([0-9]{1,18})(?:@|$)")
_ANSWERED: Final = re.compile(
    r"\s*(?:(?:re|aw|sv|odp|antw|rif|res|fwd?|wg|pd)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE
)
_LONGEST: Final = 300
_LONGEST_SUBJECT: Final = 120
EFFECT: Final = "effect"


@frozen
class Named:
    """The `own` name of a message, None where it has none, and the names of those that it answers, the
    nearest first. A chat's messages all have the name of their thread."""

    own: str | None
    answers: tuple[str, ...]


def named(message: Interaction) -> Named:
    """How a message is threaded: by its thread, else by what it answers."""
    payload = message.payload
    thread = getattr(payload, "thread", None)
    if thread:
        own = f"{message.channel}:{thread}"[:_LONGEST]
        return Named(own, (own,))
    before = [getattr(payload, "in_reply_to", None), *getattr(payload, "references", ())]
    return Named(_own(message), tuple(each[:_LONGEST] for each in before if each))


def _own(message: Interaction) -> str | None:
    """Its `source_ref` up to the first blank, or `effect:12` of what the ledger sent."""
    reference = (message.source_ref or "").partition(" ")[0]
    if message.source == EFFECT and (found := _EFFECT.match(reference)):
        return f"effect:{found[1]}"
    return reference[:_LONGEST] or None


def subject_of(message: Interaction) -> str:
    """What a conversation that begins with it is about: its subject, else its first words."""
    said = str(getattr(message.payload, "subject", "") or "") or str(
        getattr(message.payload, "text", "") or ""
    )
    words = plain_subject(" ".join(said.split()))
    return words if len(words) <= _LONGEST_SUBJECT else f"{words[: _LONGEST_SUBJECT - 1].rstrip()}…"


def plain_subject(subject: str) -> str:
    """A subject without `Re:` and `Fwd:`."""
    return _ANSWERED.sub("", subject, count=1).strip() if _ANSWERED.match(subject) else subject.strip()


def has_subject(message: Interaction) -> bool:
    """Whether it says what it is about."""
    return bool(getattr(message.payload, "subject", ""))
