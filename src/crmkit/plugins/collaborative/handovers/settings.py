"""What a business can set under `[plugins.collaborative.handovers]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit.plugins.collaborative.handovers.open_time import open_time

if TYPE_CHECKING:
    from attrs import Attribute


def _a_time(_: object, __: Attribute[str], value: str) -> None:
    open_time(value)


@frozen(kw_only=True)
class HandoverSettings:
    """Promises to customers that one hands to another."""

    accept_within: str = field(
        default="4 working hours",
        validator=_a_time,
        metadata={"doc": "Within what working time somebody accepts a promise; then it is dropped."},
    )
    grace: str = field(
        default="0 minutes",
        validator=_a_time,
        metadata={"doc": "How much working time after its time a promise still counts as kept."},
    )
    tell: bool = field(
        default=True,
        metadata={
            "doc": "Whether the worker writes to who is given a promise, and to who gave it when it comes "
            "back or is broken; needs a plugin that can write to employees, such as email."
        },
    )
