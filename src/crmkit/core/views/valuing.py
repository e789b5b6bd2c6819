"""Statements of values: what expressions and conditions amount to for customers, instead of who matches.

All that the values ask about one source of rows is worked out in one pass over it, whatever their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.predicates.context import Context
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.customers import Customers
from crmkit.core.predicates.sql.moments import NOW, Moments
from crmkit.core.predicates.sql.prepared import ONE, Statements, check
from crmkit.core.predicates.sql.selecting import select_customers, words
from crmkit.core.predicates.tree import Aggregate, Attribute, Condition, FieldValue, TraitValue, Tree, walk
from crmkit.core.remembered import Remembered
from crmkit.core.traits.selecting import needs_instant

_CONDITIONS: Final = get_args(Condition)


@frozen(eq=False)
class Valued:
    """A statement ready to run with `values(as_of)`: a row for each customer, or one row of counts."""

    select: sa.Select[Any]
    moments: Moments

    def values(self, as_of: int, customer_id: int | None = None) -> dict[str, Any]:
        """The parameters for a moment, and for one customer where the statement is about one."""
        values = self.moments.values(as_of)
        return values if customer_id is None else {**values, ONE: customer_id}


@define
class Valuing:
    """The statements of values of one business, each made once."""

    statements: Statements
    _made: Remembered = field(factory=Remembered)

    def prepare(
        self,
        nodes: Sequence[Tree],
        context: Context,
        *,
        now: int,
        past_as_of: int | None = None,
        one: bool = False,
        counted: bool = False,
    ) -> Valued:
        """SELECT of (customer_id, a column for each node); `counted`: for how many customers each holds.

        A condition's value is 1 or 0, NULL where it is unknown. Raises `PredicateError` where a word has no
        past.
        """
        as_of = now if past_as_of is None else past_as_of
        traits = [each.trait for node in nodes for each in walk(node) if isinstance(each, TraitValue)]
        exact = as_of if any(map(needs_instant, traits)) else None
        key = (tuple(nodes), id(context), past_as_of is not None, one, counted, exact)

        def make() -> Valued:
            build = self._build(nodes, context, past_as_of is not None, one, as_of)
            writing = _Writing(build, nodes)
            return Valued(writing.counts() if counted else writing.rows(), build.moments)

        found: Valued = self._made.get(key, make)
        return found

    def _build(self, nodes: Sequence[Tree], context: Context, past: bool, one: bool, as_of: int) -> Build:
        statements = self.statements
        for node in nodes:
            check(node, statements.dialect, past=past)  # type: ignore[arg-type]
        return Build(
            context=context,
            tables=statements.tables,
            dialect=statements.dialect,
            past=past,
            one=sa.bindparam(ONE, type_=sa.BigInteger()) if one else None,
            exchange=statements.exchange,
            as_of=as_of,
        )


class _Writing:
    def __init__(self, build: Build, nodes: Sequence[Tree]) -> None:
        self.build = build
        self.nodes = nodes
        self.customers = Customers(build, select_customers)
        self.customers.identity = build.tables.customer.c.id
        self._collect()

    def rows(self) -> sa.Select[Any]:
        columns: list[Any] = [self._column(node).label(f"v{at}") for at, node in enumerate(self.nodes)]
        identity = self.customers.identity
        chosen = sa.select(identity.label("customer_id"), *columns).select_from(self._source())
        return chosen.where(*self.build.only_one(identity))

    def counts(self) -> sa.Select[Any]:
        nodes: Sequence[Any] = self.nodes
        columns: list[Any] = [
            sa.func.count(sa.case((self.customers.holds(node, NOW), 1))).label(f"v{at}")
            for at, node in enumerate(nodes)
        ]
        return sa.select(*columns).select_from(self._source())

    def _collect(self) -> None:
        for node in self.nodes:
            for word, shift in words(node, NOW):
                if isinstance(word, Aggregate):
                    block = self.customers.block(word, shift)
                    block.want(word)
                    block.show(word)
                elif isinstance(word, FieldValue):
                    self.customers.uses_fields = True
                elif isinstance(word, Attribute):
                    self.customers.uses_customer = True
        for block in self.customers.blocks.values():
            block.select(_no_having)

    def _column(self, node: Any) -> Any:
        if isinstance(node, _CONDITIONS):
            holds, fails = self.customers.holds(node, NOW), self.customers.fails(node, NOW)
            return sa.case((holds, 1), (fails, 0))
        if node.type.kind == "bool" and not isinstance(node, FieldValue):
            true = self.customers.truth(node, NOW)
            return sa.case((true, 1), (sa.not_(true), 0))
        return self.customers.value(node, NOW)

    def _source(self) -> Any:
        """Every customer, with the sub-selects that the columns (written before) have asked for."""
        source: Any = self.build.tables.customer
        identity, fields = self.customers.identity, self.build.tables.customer_field
        if self.customers.uses_fields:
            source = source.outerjoin(fields, fields.c.customer_id == identity)
        for block in self.customers.blocks.values():
            table = block.select(_no_having)
            source = source.outerjoin(table, table.c.customer_id == identity)
        for joined in self.customers.joined.values():
            source = source.outerjoin(joined.table, joined.table.c.customer_id == identity)
        return source


def _no_having(_: Any) -> list[Any]:
    return []
