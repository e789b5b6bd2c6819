"""What one edit changed, out of the change log: for each customer what it was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from json import loads
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.customers.sets import rows_among
from crmkit.core.editing.staff_rows import PREFIX as ROW
from crmkit.core.people.visibility import seen_among

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_SELECT = (
    'SELECT customer_id, action, entity, entity_id, "field", "old", "new", origin FROM change '
    "WHERE source = ? AND seq > ? AND customer_id"
)
_RECORD = "record:"


@define
class Touched:
    """What an edit did to one customer: (before, after) of each value and record, and the tags.

    `tags` maps a tag to whether the edit put it on. `others` names what an undo has no way back for.
    `merged` tells that the edit changed somebody who is part of this customer since.
    """

    merged: bool = False
    values: dict[tuple[str, str], tuple[Any, Any]] = field(factory=dict)
    owners: dict[tuple[str, int], tuple[Any, Any]] = field(factory=dict)
    tags: dict[str, bool] = field(factory=dict)
    others: list[str] = field(factory=list)

    def add(self, action: str, entity: str, entity_id: int, name: str, old: Any, new: Any) -> None:
        """Note one entry; entries come in the order of the log."""
        if entity in ("customer", "field"):
            first = self.values.get((entity, name), (old, None))[0]
            self.values[entity, name] = (first, new)
        elif entity == "tag":
            self._tag(old if new is None else new, put_on=action == "created")
        elif entity.startswith(_RECORD) and name == "owner":
            key = (entity.removeprefix(_RECORD), entity_id)
            first = self.owners.get(key, (old, None))[0]
            self.owners[key] = (first, new)
        elif not entity.startswith(_RECORD):
            # An edit does no more to records, and what an action does to them, it takes back by itself.
            self.others.append(f"{entity.replace('_', ' ')} {name}".strip())

    def _tag(self, tag: str, *, put_on: bool) -> None:
        if self.tags.get(tag, put_on) != put_on:
            del self.tags[tag]
        else:
            self.tags[tag] = put_on


def customers_of(
    kernel: Kernel, connection: sa.Connection, actor: Actor, source: str, after: int
) -> tuple[list[int], int, int]:
    """(ids of those whom the edit `source` changed and the actor sees, how many they do not see, how many
    entries are of people who were erased)."""
    change = kernel.tables.change
    mine = sa.and_(change.c.seq > after, change.c.source == source)
    ids = [
        row[0] for row in connection.execute(sa.select(change.c.customer_id).where(mine).distinct()) if row[0]
    ]
    # A row of a plugin may be nobody's, and still says what it became.
    nobodys = sa.and_(change.c.entity.startswith(ROW, autoescape=True), change.c.new.is_not(None))
    erased = (
        sa.select(sa.func.count())
        .select_from(change)
        .where(mine, change.c.customer_id.is_(None), sa.not_(nobodys))
    )
    gone = int(connection.execute(erased).scalar_one())
    shown = seen_among(connection, kernel, actor, sorted(ids))
    return shown, len(ids) - len(shown), gone


def touched(
    connection: sa.Connection, source: str, after: int, uids: Mapping[int, str]
) -> dict[int, Touched]:
    """What the edit did to each of these customers, who are given by id with their uids."""
    found: dict[int, Touched] = {}
    entries = rows_among(connection, _SELECT, list(uids), source, after, after="ORDER BY seq")
    for customer_id, action, entity, entity_id, name, old, new, origin in entries:
        mine = found.setdefault(customer_id, Touched())
        if entity.startswith(ROW):
            continue  # put back all at once, see `StaffRows`
        if not entity.startswith(_RECORD) and origin != uids[customer_id]:
            mine.merged = True
            continue
        values = [None if text is None else loads(text) for text in (old, new)]
        mine.add(action, entity, entity_id, name, *values)
    return found
