"""What a business can set under `[plugins.collaborative.notes]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from attrs import Attribute


def _schedule(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is None:
        return
    from crmkit.plugin import parse_schedule

    parse_schedule(value)


@frozen(kw_only=True)
class NotesSettings:
    """When employees are told by e-mail of what they have not seen, and what is left out of their feeds."""

    digest: str | None = field(
        default=None,
        validator=_schedule,
        metadata={"doc": 'When unread entries are mailed: "daily at 08:00", "weekdays at 07:30".'},
    )
    leave_out: tuple[str, ...] = field(
        default=(),
        metadata={"doc": 'Interaction types that nobody wants to hear of in a feed: ["email.opened"].'},
    )
