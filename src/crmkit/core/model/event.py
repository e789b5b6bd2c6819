"""What happened, as other programs hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class Event:
    """One entry of either log: an interaction, or a change.

    `id` is stable: `i:120` is interaction 120, `c:57` is change 57. `name` is the interaction's type, or what
    was changed and how: `customer.created`, `customer.changed`, `customer.merged`, `customer.erased`,
    `case.changed`. `at` is when it happened, in microseconds UTC. `customer` is the customer's uid, also of
    one who is erased or merged since; None where it concerns none. `data` are plain JSON values; of a
    customer it names what was changed, and not from what to what.
    """

    id: str
    name: str
    at: int
    customer_id: int | None = None
    customer: str | None = None
    data: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class EventPage:
    """Events in their order, and the cursor behind the last that was looked at.

    `is_end` says that there was no more to look at.
    """

    events: tuple[Event, ...]
    cursor: str
    is_end: bool = False
