"""What the rules engine asks of the past in place of the record: by what was known at the instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.metrics.past import attribute_at

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.store.tables import Tables


@frozen
class Then:
    """An instant in the past."""

    tables: Tables
    dialect: str
    at: int
    at_past: bool = True


@define
class Past:
    """The customers of one business as they were. What was worked out for the last instant is kept."""

    tables: Tables
    dialect: str
    _known: Mapping[int, int] = field(factory=dict)
    _kept: dict[str, tuple[int, Mapping[int, Any]]] = field(factory=dict)

    def members(
        self, kernel: Kernel, connection: sa.Connection, who: Predicate | None, now: int
    ) -> Iterator[int]:
        """The ids of those on record by then who met the condition; all of them, if None."""
        known = self.known(connection)
        if who is None:
            return (id_ for id_, since in known.items() if since <= now)
        found = kernel.statements.prepare(who, past_as_of=now, now=now).ids(connection, now)
        return (id_ for id_ in found if known[id_] <= now)

    def known(self, connection: sa.Connection) -> Mapping[int, int]:
        """For each customer the instant from which they were on record, or heard of."""
        if not self._known:
            self._known = _first_known(self.tables, connection)
        return self._known

    def aside(self, connection: sa.Connection, now: int) -> Mapping[int, bool]:
        """Of those who were archived or restricted, whether they were restricted."""
        return self._last("aside", now, lambda: self._aside(connection, now))

    def zones(self, connection: sa.Connection, now: int) -> Mapping[int, str]:
        """The time zones of those customers who had one of their own."""
        return self._last("zones", now, lambda: dict(self._values(connection, "timezone", now, "text")))

    def _aside(self, connection: sa.Connection, now: int) -> dict[int, bool]:
        archived = {id_: False for id_, _ in self._values(connection, "archived_at", now)}
        return {**archived, **{id_: True for id_, _ in self._values(connection, "restricted_at", now)}}

    def _values(
        self, connection: sa.Connection, column: str, now: int, kind: str = "number"
    ) -> Iterator[tuple[int, Any]]:
        values = attribute_at(Then(self.tables, self.dialect, now), column, kind)
        for row in connection.execute(sa.select(values).where(values.c.value.is_not(None))):
            yield row.customer_id, row.value

    def _last(self, name: str, now: int, make: Any) -> Mapping[int, Any]:
        kept = self._kept.get(name)
        if kept is None or kept[0] != now:
            kept = self._kept[name] = (now, make())
        return kept[1]


def _first_known(tables: Tables, connection: sa.Connection) -> dict[int, int]:
    customer, interaction = tables.customer, tables.interaction
    heard = (
        sa.select(interaction.c.customer_id, sa.func.min(interaction.c.known_at).label("at"))
        .where(interaction.c.customer_id.is_not(None))
        .group_by(interaction.c.customer_id)
        .subquery()
    )
    chosen = sa.select(customer.c.id, customer.c.created_at, heard.c.at).select_from(
        customer.outerjoin(heard, heard.c.customer_id == customer.c.id)
    )
    return {
        id_: created if at is None else min(created, at) for id_, created, at in connection.execute(chosen)
    }
