"""Whose clock shows what: customers by their time zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crmkit.core.errors import Invalid
from crmkit.core.instants import instant_of, zone

if TYPE_CHECKING:
    from datetime import datetime

    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel


def zones_of(kernel: Kernel, connection: sa.Connection) -> list[ZoneInfo]:
    """The business's time zone, and every other that a customer is in."""
    named = sa.select(kernel.tables.customer.c.timezone).distinct()
    found = {_zone(kernel, name) for name in connection.execute(named).scalars() if name}
    return [kernel.tz, *sorted(found - {kernel.tz}, key=str)]


def customers_by_zone(
    kernel: Kernel, connection: sa.Connection, now: int
) -> Iterator[tuple[ZoneInfo, set[int]]]:
    """Each time zone with the ids of those in it; who has none of their own is where the business is."""
    found: dict[ZoneInfo, set[int]] = {}
    for id_, name in _named(kernel, connection, now):
        found.setdefault(_zone(kernel, name), set()).add(id_)
    yield from found.items()


def wall_instant(crm: Crm, wall: datetime, timezone: str | None) -> int:
    """When clocks in that time zone show `wall`, which has none of its own.

    They are the business's clocks, if None, or where this machine does not know the zone. Of two such moments
    the first; where clocks skip it, the first after the gap.
    """
    return instant_of(wall, _zone(crm.kernel, timezone))


def _named(kernel: Kernel, connection: sa.Connection, now: int) -> Iterator[tuple[int, str | None]]:
    if kernel.past is not None:
        there = kernel.past.zones(connection, now)
        yield from ((id_, there.get(id_)) for id_ in kernel.past.known(connection))
        return
    customer = kernel.tables.customer
    for row in connection.execute(sa.select(customer.c.id, customer.c.timezone)):
        yield row[0], row[1]


def _zone(kernel: Kernel, name: str | None) -> ZoneInfo:
    """The zone of that name; the business's, where there is none, or this machine does not know it."""
    try:
        return zone(name) if name else kernel.tz
    except Invalid:
        return kernel.tz
