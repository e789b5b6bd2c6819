"""Holding on: what a person has paused is not handed over until they let it go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import driver_rows
from crmkit.core.strategy.origins import origin_of

if TYPE_CHECKING:
    from crmkit.core.effects.line import Line

ALL: Final = "all"
CHANNEL: Final = "channel"
RULE: Final = "rule"
_SELECT: Final = 'SELECT id, kind, name, "at", until, actor FROM hold_on ORDER BY id'


@frozen
class Hold:
    """Something that is paused: `kind` is `all`, `channel` or `rule`, `name` which one; since `at`, by
    `actor`, until the instant `until` or for good (microseconds UTC)."""

    number: int
    kind: str
    name: str
    at: int
    until: int | None
    actor: str

    @property
    def what(self) -> str:
        """What it holds back: `everything`, `the channel email`, `the rule birthday`."""
        if self.kind == ALL:
            return phrase("everything")
        if self.kind == CHANNEL:
            return phrase("the channel {name}", name=self.name)
        return phrase("the rule {name}", name=self.name)

    def covers(self, line: Line) -> bool:
        """Whether it holds this line back."""
        if self.kind == CHANNEL:
            return line.channel == self.name
        return self.kind == ALL or line.origin == origin_of(self.name)

    def spares(self, table: sa.Table) -> sa.ColumnElement[bool]:
        """The condition over the ledger for what it does not hold back."""
        if self.kind == CHANNEL:
            return table.c.channel.is_distinct_from(self.name)
        return sa.false() if self.kind == ALL else table.c.origin != origin_of(self.name)


def holds(connection: sa.Connection, now: int) -> Sequence[Hold]:
    """What is paused at this instant."""
    found = (Hold(*row) for row in driver_rows(connection, _SELECT))
    return tuple(each for each in found if each.until is None or each.until > now)
