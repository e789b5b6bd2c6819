"""Deals as they were at an instant: what is on record, less what the change log says came later."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.plugins.operational.deals.reading import seen, table_of
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit import Crm

_FIELDS: Final = ("state", "pipeline", "commitment", "close_on", "opened_on", "value", "probability")
# What the change log calls what the table calls otherwise.
_LOGGED: Final = {**{name: name for name in _FIELDS}, "owner": "owner_id", "archived_at": "archived_at"}


@frozen(kw_only=True)
class DealAt:
    """What the forecast looks at of a deal. `value` is in minor units, days are ISO 8601."""

    id: int
    owner_id: int | None = None
    state: str | None = None
    pipeline: str | None = None
    commitment: str | None = None
    close_on: str | None = None
    opened_on: str | None = None
    value: int | None = None
    probability: int | None = None
    archived_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Neither closed nor in the archive."""
        return self.archived_at is None and self.state not in (WON, LOST)


def deals_now(crm: Crm, execute: Callable[..., Any]) -> dict[int, DealAt]:
    """Every deal by number, those in the archive too."""
    table = table_of(crm)
    names = ("id", *_FIELDS, "archived_at")
    query = seen(crm, sa.select(table.c.employee_id.label("owner_id"), *(table.c[name] for name in names)))
    return {row["id"]: DealAt(**row) for row in execute(query).mappings()}


def deals_at(
    crm: Crm, execute: Callable[..., Any], instant: int, now: dict[int, DealAt] | None = None
) -> dict[int, DealAt]:
    """Every deal that there was at an instant, as it was then; of those that are still on record."""
    deals = dict(deals_now(crm, execute) if now is None else now)
    undone: set[tuple[int, str]] = set()
    for id_, action, name, old in _later(crm, execute, instant):
        if id_ not in deals:
            continue
        if action == "created":
            del deals[id_]
        elif (attribute := _LOGGED.get(name)) and (id_, name) not in undone:
            # Of several later changes the first knows what there was before.
            undone.add((id_, name))
            was: Any = None if old is None else json.loads(old)
            deals[id_] = evolve(deals[id_], **{attribute: was})
    return deals


def _later(crm: Crm, execute: Callable[..., Any], instant: int) -> Iterator[Any]:
    change = crm.tables.change
    query = (
        sa.select(change.c.entity_id, change.c.action, change.c.field, change.c.old)
        .where(
            change.c.seq >= _first_after(change, execute, instant),
            change.c.at > instant,
            change.c.entity == f"record:{DEAL}",
        )
        .order_by(change.c.seq)
    )
    yield from execute(query)


def _first_after(change: sa.Table, execute: Callable[..., Any], instant: int) -> int:
    """A number in the log beyond which lies everything that came after an instant: found by halves."""
    low, high = 1, int(execute(sa.select(sa.func.max(change.c.seq))).scalar() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = sa.select(change.c.at).where(change.c.seq >= middle).order_by(change.c.seq).limit(1)
        at = execute(found).scalar()
        if at is None or at > instant:
            high = middle
        else:
            low = middle + 1
    return low
