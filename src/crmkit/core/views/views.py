"""`crm.views`: lists of customers by any condition, with any columns, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.listing import Listing, conditions
from crmkit.core.errors import Invalid
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.predicates.predicate import Expression, parse, parse_value
from crmkit.core.predicates.tree import Several
from crmkit.core.segments.embedding import filled, members_select
from crmkit.core.segments.meaning import as_of_past
from crmkit.core.views import keyset
from crmkit.core.views.page import Page, Row
from crmkit.core.views.values import values_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.words import View

READ: Final = "customers.read"
_DESCENDING: Final = ":desc"
_ASCENDING: Final = ":asc"


class Views:
    """Saved views and lists of one's own, for one actor: only customers whom the actor sees."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def list(self) -> Sequence[View]:
        """Every saved view, by name."""
        return tuple(self._kernel.words.views)

    def get(self, name: str) -> View:
        """The view of this name. Raises `NotFound`."""
        return self._kernel.words.views[name]

    def page(
        self,
        view: str | None = None,
        *,
        where: str | None = None,
        columns: Sequence[str] | None = None,
        order: str | None = None,
        limit: int = 50,
        after: str | None = None,
        as_of: int | None = None,
        archived: bool = False,
        tag: str | None = None,
        lifecycle: str | None = None,
        owner_id: int | None = None,
    ) -> Page:
        """One page of customers: those of the view who also meet `where`, with the view's columns and order.

        `columns` and `order` take the place of the view's; each is a word or an expression, and `:desc` after
        `order` puts the largest first. Raises `PredicateError`, and `Invalid` for a cursor of another list.
        """
        saved = self.get(view) if view is not None else None
        named = tuple(columns if columns is not None else saved.columns if saved else ())
        context = self._kernel.context
        place = phrase("column of view {name}", name=saved.name) if saved and columns is None else "column"
        shown = [parse_value(each, context, where=place) for each in named]
        chosen = order if order is not None else (saved.order if saved else "")
        parts = (
            (saved.where, phrase("view {name}", name=saved.name)) if saved else ("", ""),
            (where or "", "--where"),
        )
        wanted = Listing(archived=archived, tag=tag, lifecycle=lifecycle, owner_id=owner_id)
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, READ)
            ids, cursor = self._ids(connection, actor, parts, chosen, wanted, limit, after, as_of)
            values = values_of(self._kernel, connection, shown, ids, as_of) if shown else {}
            people = self._people(connection, shown, values)
        return Page(
            columns=named,
            kinds=tuple(each.tree.type.kind for each in shown),
            rows=[Row(id_, tuple(self._named(shown, values.get(id_, ()), people))) for id_ in ids],
            next_cursor=cursor,
        )

    def order_of(self, text: str, where: str = "--order") -> tuple[Expression | None, bool]:
        """(the expression, whether the largest comes first) of `days_since(purchase):desc`."""
        descending = text.endswith(_DESCENDING)
        bare = text.removesuffix(_DESCENDING).removesuffix(_ASCENDING).strip()
        if not bare:
            return None, descending
        expression = parse_value(bare, self._kernel.context, where=where)
        if isinstance(expression.tree, Several):
            raise Invalid(
                phrase("{bare} can have several values, so there is no order by it", bare=bare),
                hint="Order by a word with one value, such as name.",
            )
        return expression, descending

    def _ids(
        self,
        connection: sa.Connection,
        actor: Actor,
        parts: Sequence[tuple[str, str]],
        order: str,
        wanted: Listing,
        limit: int,
        after: str | None,
        as_of: int | None,
    ) -> tuple[Sequence[int], str | None]:
        kernel, customer = self._kernel, self._kernel.tables.customer
        now, past = as_of_past(kernel, as_of)
        expression, descending = self.order_of(order)
        statement: sa.Select[Any] = sa.select(customer.c.id)
        keys = []
        if expression is not None:
            valued = kernel.valuing.prepare([expression.tree], kernel.context, now=now, past_as_of=past)
            statement = filled(valued, now if past is None else past)
            keys = [keyset.Key(statement.selected_columns[1], descending)]
        statement = statement.where(*conditions(kernel, wanted))
        for text, place in parts:
            if text.strip():
                predicate = parse(text, kernel.context, where=place)
                members = members_select(kernel, predicate, now=now, past_as_of=past)
                statement = statement.where(customer.c.id.in_(members))
        statement = statement.where(*kernel.seen(actor))
        page = keyset.in_order(statement, keys, customer.c.id, limit + 1, after)
        rows = connection.execute(page).all()
        more = keyset.cursor(rows[limit - 1][1:], rows[limit - 1][0]) if len(rows) > limit else None
        return [row[0] for row in rows[:limit]], more

    def _people(
        self, connection: sa.Connection, shown: Sequence[Expression], values: Mapping[int, Sequence[Any]]
    ) -> Mapping[int, str]:
        """The names of the employees among the values."""
        at = [position for position, each in enumerate(shown) if each.tree.type.kind == "employee"]
        ids = {row[position] for row in values.values() for position in at} - {None}
        if not ids:
            return {}
        employee = self._kernel.tables.employee
        chosen = sa.select(employee.c.id, employee.c.name).where(employee.c.id.in_(ids))
        return {row[0]: row[1] for row in connection.execute(chosen)}

    def _named(
        self, shown: Sequence[Expression], values: Sequence[Any], people: Mapping[int, str]
    ) -> Sequence[Any]:
        return [
            people.get(value) if each.tree.type.kind == "employee" else value
            for each, value in zip(shown, values, strict=True)
        ]
