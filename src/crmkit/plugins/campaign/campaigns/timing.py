"""When a campaign's message is due for each of its customers, and which keys say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import wall_instant

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.campaign.campaigns.file import CampaignFile

# What a rule says of when and for whom; of a campaign that was confirmed its recipients do.
_TIMING: Final = ("run", "on", "who", "in_their_time", "max_age")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def untimed(said: Mapping[str, Any]) -> dict[str, Any]:
    """What remains of a rule once somebody else says whose turn it is."""
    return {key: value for key, value in said.items() if key not in _TIMING}


def dues(crm: Crm, file: CampaignFile, members: Sequence[int]) -> list[tuple[int, int]]:
    """(customer, due at) of a campaign that is sent once: at once, at its hour by the business's clock, or by
    each customer's own, where clocks that skip the hour show the first moment after the gap."""
    now = crm.clock.now()
    if file.at is None:
        return [(id_, now) for id_ in members]
    if not file.in_their_time:
        at = at_of(crm, file)
        return [(id_, at) for id_ in members]
    zones = _zones(crm)
    by_zone: dict[str | None, int] = {}
    found = []
    for id_ in members:
        name = zones.get(id_)
        if name not in by_zone:
            by_zone[name] = wall_instant(crm, file.at, name)
        found.append((id_, by_zone[name]))
    return found


def at_of(crm: Crm, file: CampaignFile) -> int:
    """When it is due by the business's clock."""
    assert file.at is not None
    if file.at.tzinfo is not None:
        return int((file.at - _EPOCH) / dt.timedelta(microseconds=1))
    return wall_instant(crm, file.at, None)


def _zones(crm: Crm) -> dict[int, str]:
    """The time zone of each customer who has one of their own."""
    customer = crm.tables.customer
    chosen = sa.select(customer.c.id, customer.c.timezone).where(customer.c.timezone.is_not(None))
    with crm.reading() as execute:
        return {row[0]: row[1] for row in execute(chosen)}
