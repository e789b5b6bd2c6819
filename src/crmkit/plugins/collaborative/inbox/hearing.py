"""Who said a message, and what becomes of a conversation by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugins.collaborative.inbox.course import Course

# What the inbox writes has this source.
SOURCE: Final = "inbox"
_CALL: Final = "call"
_ENQUIRY: Final = "enquiry"
# By these people talk to each other, and whoever asks hears the answer at once.
_SPOKEN: Final = frozenset({"phone", "in_person"})


def is_ours(message: Interaction) -> bool:
    """Whether we said it, or talked: a call that somebody took is as good as an answer."""
    if is_talk(message) and not _is_missed(message):
        return True
    return message.direction == "out" or (message.direction is None and message.employee_id is not None)


def hear(course: Course, message: Interaction, crm: Crm) -> None:
    """What becomes of a conversation by one of its messages."""
    if not is_ours(message):
        course.heard(message.occurred_at)
    elif not (is_talk(message) and _is_missed(message)):
        course.said(message.occurred_at, crm.hours.between)


def is_talk(message: Interaction) -> bool:
    """Whether two talked, or would have: a call, or a question on the telephone or at the counter."""
    return message.type == _CALL or (message.type == _ENQUIRY and message.channel in _SPOKEN)


def _is_missed(message: Interaction) -> bool:
    return bool(getattr(message.payload, "missed", False))
