"""Which customers an export is about, in their order; and the values of expressions for each of them."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.listing import Listing, conditions
from crmkit.core.exporting.asked import Asked
from crmkit.core.predicates.predicate import Expression, parse
from crmkit.core.segments.embedding import filled, members_select
from crmkit.core.views.values import python_value

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.views.views import Views

# For results that are read as they come.
STREAM: Final = {"stream_results": True, "yield_per": 10_000}


@frozen
class Selection:
    """The customers whom `asked` means and `actor` sees, as of one instant."""

    kernel: Kernel
    actor: Actor
    views: Views
    asked: Asked
    now: int

    def ids(self, connection: sa.Connection) -> array[int]:
        """Their ids in the order of the export: eight bytes a customer."""
        found = connection.execute(self._statement(()), execution_options=STREAM).scalars()
        return array("q", found)

    def organisations_first(self, connection: sa.Connection, ids: Sequence[int]) -> array[int]:
        """The same ids, organisations before persons: an import finds an employer that it has seen."""
        customer = self.kernel.tables.customer
        query = sa.select(customer.c.id).where(customer.c.is_organization == 1)
        firms = set(connection.execute(query).scalars())
        return array("q", [*filter(firms.__contains__, ids), *(id_ for id_ in ids if id_ not in firms)])

    def values(
        self, connection: sa.Connection, expressions: Sequence[Expression]
    ) -> Generator[tuple[int, list[Any]], None, None]:
        """For each of them, in the same order, the id and the value of each expression."""
        types = [each.tree.type for each in expressions]
        currency = self.kernel.currency
        with connection.execute(self._statement(expressions), execution_options=STREAM) as rows:
            for row in rows:
                found = zip(types, row[1 : len(types) + 1], strict=True)
                yield row[0], [python_value(type_, raw, currency) for type_, raw in found]

    def statement(self) -> sa.Select[Any]:
        """SELECT of their ids, in no order, to be part of another statement."""
        return sa.select(self.kernel.tables.customer.c.id).where(*self._conditions())

    def everybody(self, connection: sa.Connection, count: int) -> bool:
        """Whether `count` customers are all there are."""
        total = sa.select(sa.func.count()).select_from(self.kernel.tables.customer)
        return bool(connection.execute(total).scalar_one() == count)

    def _statement(self, expressions: Sequence[Expression]) -> sa.Select[Any]:
        kernel, customer = self.kernel, self.kernel.tables.customer
        by, descending = self.views.order_of(self._order(), "--order")
        trees = [each.tree for each in (*expressions, *([by] if by else []))]
        statement: sa.Select[Any] = sa.select(customer.c.id)
        if trees:
            statement = filled(kernel.valuing.prepare(trees, kernel.context, now=self.now), self.now)
        if by is not None:
            key = statement.selected_columns[len(trees)]
            statement = statement.order_by(key.is_(None), key.desc() if descending else key)
        return statement.where(*self._conditions()).order_by(customer.c.id)

    def _order(self) -> str:
        asked = self.asked
        if asked.order is not None:
            return asked.order
        return self.views.get(asked.view).order if asked.view else ""

    def _conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        kernel, asked, customer = self.kernel, self.asked, self.kernel.tables.customer
        yield from conditions(kernel, Listing(archived=asked.archived))
        if not asked.restricted:
            yield customer.c.restricted_at.is_(None)
        yield from kernel.seen(self.actor)
        saved = self.views.get(asked.view) if asked.view else None
        parts = [(saved.where, f"view {saved.name}")] if saved else []
        for text, place in (*parts, (asked.where or "", "--where")):
            if text.strip():
                predicate = parse(text, kernel.context, where=place)
                yield customer.c.id.in_(members_select(kernel, predicate, now=self.now, past_as_of=None))
