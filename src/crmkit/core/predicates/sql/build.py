"""What all parts of one statement share while it is built."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.predicates.context import Context
from crmkit.core.predicates.sql.moments import Moments, Shift
from crmkit.core.predicates.sql.rates import Exchange
from crmkit.core.store.tables import Tables


@define(kw_only=True)
class Build:
    """One statement under construction.

    `past` says that the moment of asking lies in the past: then only what was known by it counts. `one` is
    the bound id when the statement is about one customer; `among` a SELECT of ids when it is about some.
    `as_of` is there for traits that need the instant itself.
    """

    context: Context
    tables: Tables
    dialect: str
    past: bool = False
    one: sa.BindParameter[int] | None = None
    among: sa.Select[Any] | None = None
    exchange: Exchange | None = None
    as_of: int = 0
    moments: Moments = field()
    _aliases: int = 0

    @moments.default
    def _moments(self) -> Moments:
        return Moments(self.context.tz)

    def looks_back(self, shift: Shift) -> bool:
        """Whether what was known by an earlier instant is asked for."""
        return self.past or bool(shift)

    def alias(self, kind: str) -> str:
        """A name for a sub-select that no other in this statement has."""
        self._aliases += 1
        return f"{kind}_{self._aliases}"

    def only_one(self, column: Any) -> tuple[sa.ColumnElement[bool], ...]:
        """The condition that a customer column is the bound one, where the statement is about one; that it is
        one of those that it is about."""
        if self.among is not None:
            return (column.in_(self.among),)
        return () if self.one is None else (column == self.one,)
