"""What a business can set under `[plugins.collaborative.inbox]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_WRITTEN = re.compile(r"(\d{1,4}) (minute|hour|day|week)s?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}
_MINUTE = 60_000_000


def _a_time(_: object, __: Attribute[str], value: str) -> None:
    microseconds(value)


def microseconds(text: str) -> int:
    """How long `14 days` is. Raises `ValueError`."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not int(found[1]):
        raise ValueError(
            phrase('"{text}" is no time such as "30 minutes", "4 hours", "14 days", "2 weeks"', text=text)
        )
    return int(found[1]) * _MINUTES[found[2]] * _MINUTE


@frozen(kw_only=True)
class InboxSettings:
    """How conversations are kept."""

    types: tuple[str, ...] = field(
        default=("message", "call", "enquiry"),
        metadata={"doc": "The types of interactions that are parts of conversations."},
    )
    same_conversation: str = field(
        default="7 days",
        validator=_a_time,
        metadata={
            "doc": "How long after its last message a conversation goes on without being answered by name: "
            "in the same channel, and with the same subject where there is one."
        },
    )
    close_after: str = field(
        default="14 days",
        validator=_a_time,
        metadata={"doc": "The silence after which a conversation that we have answered is closed."},
    )
    overdue_after: str = field(
        default="4 hours",
        validator=_a_time,
        metadata={"doc": "The working time after which an unanswered one is told by `crm today` as late."},
    )
    teams: Mapping[str, str] = field(
        factory=dict, metadata={"doc": "The team that a new conversation goes to, by its channel."}
    )
    purpose: str | None = field(
        default=None,
        metadata={
            "doc": "The purpose of answers, of the type service or contract; the only one, if not set."
        },
    )

    @property
    def window(self) -> int:
        """`same_conversation` in microseconds."""
        return microseconds(self.same_conversation)

    @property
    def silence(self) -> int:
        """`close_after` in microseconds."""
        return microseconds(self.close_after)

    @property
    def late(self) -> int:
        """`overdue_after` in microseconds of working time."""
        return microseconds(self.overdue_after)
