"""`crm.events`: what happened, for programs that keep up with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.errors import Invalid
from crmkit.core.events.names import check_pattern, matching
from crmkit.core.interactions.cursor import read_cursor, write_cursor
from crmkit.core.logs import log_end
from crmkit.core.model.event import Event, EventPage
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_MOST: Final = 10_000
_BEGINNING: Final = (0, 0)


class Events:
    """Both logs as one stream, for one actor: what concerns customers whom the actor sees.

    Each log is read in the order in which it was written, and the two are laid into each other by time. A
    cursor is opaque text; it stays good, also in a copy of the database on another engine.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def end(self) -> str:
        """The cursor behind all that has happened so far."""
        with self._kernel.reading() as connection:
            return write_cursor(log_end(connection, "interaction"), log_end(connection, "change"))

    def check(self, name: str) -> None:
        """Raises `Invalid` for what names no event: `purchase`, `case.*`, `customer.changed` do."""
        check_pattern(self._kernel, name)

    def after(
        self, cursor: str | None = None, *, on: Sequence[str] = (), limit: int = 1000, full: bool = False
    ) -> EventPage:
        """What happened after `cursor`, from the beginning without one: the events out of the next `limit`
        entries of the logs that are named by `on`, such as `purchase`, `case.*`; all if nothing is named.

        With `full`, the data also say what is in interactions, and from what to what something changed.

        A page may be empty and not the last: go on from its cursor until `is_end`. Raises `NotAllowed`
        without `customers.read`; `Invalid` for a cursor or a name that is none, and for a limit beyond
        10,000.
        """
        self._kernel.require(self._actor, "customers.read")
        if not 1 <= limit <= _MOST:
            raise Invalid(
                phrase("A page of {limit} events cannot be made", limit=limit),
                hint=phrase("Give a limit from 1 to {most:,}.", most=_MOST),
            )
        for pattern in on:
            check_pattern(self._kernel, pattern)
        position = _BEGINNING if cursor is None else read_cursor(cursor, 2)
        with self._kernel.reading() as connection:
            contacts = list(self._contacts(connection, position[0], limit + 1, full))
            changes = list(self._changes(connection, position[1], limit + 1, full))
        looked_at = _laid(contacts, changes)[:limit]
        is_end = len(contacts) + len(changes) <= limit
        is_meant = matching(on)
        return EventPage(
            events=tuple(event for _, event, is_seen in looked_at if is_seen and is_meant(event.name)),
            cursor=write_cursor(*_behind(position, looked_at)),
            is_end=is_end,
        )

    def _contacts(self, connection: sa.Connection, after: int, limit: int, full: bool) -> Iterator[_Entry]:
        entry, customer = self._kernel.tables.interaction, self._kernel.tables.customer
        c = entry.c
        query = (
            sa.select(
                c.seq, c.recorded_at, c.occurred_at, c.type, c.customer_id, customer.c.uid, c.channel,
                c.direction, c.amount, c.currency, c.corrects, c.payload,
                self._is_seen(c.customer_id),
            )
            .select_from(entry.outerjoin(customer, customer.c.id == c.customer_id))
            .where(c.seq > after)
            .order_by(c.seq)
            .limit(limit)
        )  # fmt: skip
        for row in connection.execute(query):
            said = {
                "channel": row.channel, "direction": row.direction, "amount": row.amount,
                "currency": row.currency, "corrects": f"i:{row.corrects}" if row.corrects else None,
                "payload": json.loads(row.payload) if full else None,
            }  # fmt: skip
            data = {key: value for key, value in said.items() if value is not None}
            event = Event(
                id=f"i:{row.seq}", name=row.type, at=row.occurred_at, customer_id=row.customer_id,
                customer=row.uid, data=data,
            )  # fmt: skip
            yield (row.recorded_at, 0, row.seq), event, bool(row.seen)

    def _changes(self, connection: sa.Connection, after: int, limit: int, full: bool) -> Iterator[_Entry]:
        entry, customer = self._kernel.tables.change, self._kernel.tables.customer
        c = entry.c
        query = (
            sa.select(
                c.seq, c.at, c.action, c.entity, c.entity_id, c.customer_id, customer.c.uid, c.field,
                c.origin, c.old, c.new, self._is_seen(c.customer_id),
            )
            .select_from(entry.outerjoin(customer, customer.c.id == c.customer_id))
            .where(c.seq > after)
            .order_by(c.seq)
            .limit(limit)
        )  # fmt: skip
        for row in connection.execute(query):
            event = Event(
                id=f"c:{row.seq}", name=f"{row.entity}.{row.action}", at=row.at, customer_id=row.customer_id,
                customer=_uid(row), data=_data(row, full),
            )  # fmt: skip
            yield (row.at, 1, row.seq), event, bool(row.seen)

    def _is_seen(self, customer_id: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        visible = self._kernel.visible(self._actor)
        if visible is None:
            return sa.literal(1).label("seen")
        customer = self._kernel.tables.customer
        return sa.case((customer_id.in_(sa.select(customer.c.id).where(visible)), 1), else_=0).label("seen")


_Entry = tuple[tuple[int, int, int], Event, bool]


def _uid(row: Any) -> str | None:
    """Of somebody erased only the entry itself still says which uid was theirs."""
    is_gone = row.entity == "customer" and row.customer_id is None
    found: str | None = row.origin if is_gone else row.uid
    return found


def _data(row: Any, full: bool) -> dict[str, Any]:
    old, new = (None if text is None else json.loads(text) for text in (row.old, row.new))
    data: dict[str, Any] = {"field": row.field} if row.field else {}
    if row.entity != "customer":
        data["id"] = row.entity_id
    if row.action == "merged":
        data["merged"] = (new or {}).get("uid")
    elif full:
        data |= {"old": old, "new": new}
    return data


def _laid(contacts: list[_Entry], changes: list[_Entry]) -> list[_Entry]:
    """Both in one order by time, changes first (whoever buys at once was entered first), and each log in its
    own order, also where a clock was put back."""
    found: list[_Entry] = []
    left, right = iter(contacts), iter(changes)
    one, other = next(left, None), next(right, None)
    while one is not None and other is not None:
        if one[0][0] < other[0][0]:
            found.append(one)
            one = next(left, None)
        else:
            found.append(other)
            other = next(right, None)
    found += [each for each in (one, *left, other, *right) if each is not None]
    return found


def _behind(position: Sequence[int], entries: Sequence[_Entry]) -> tuple[int, int]:
    last = [*position]
    for (_, log, seq), _, _ in entries:
        last[log] = seq
    return last[0], last[1]
