"""`crm.predicates`: conditions of one's own, read, written and asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.references import resolve
from crmkit.core.people.current import allowed
from crmkit.core.predicates import formatting, json_form
from crmkit.core.predicates.predicate import Predicate, parse
from crmkit.core.segments.embedding import members_select
from crmkit.core.segments.members import counted, is_member, member_ids

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.segments.explained import Explanation

READ: Final = "customers.read"
Ref = int | str
Asked = str | Predicate


class Predicates:
    """The predicate language for programs, for one actor: answers speak of customers whom the actor sees.

    A condition is its text, or what `parse` or `from_json` made of it. `as_of` is an instant in the past as
    of which to answer by what was known then; None is now. Methods raise `PredicateError`, which says where
    the condition is wrong and what was meant.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def parse(self, text: str) -> Predicate:
        """The condition that a text writes down, such as `count(purchase, last 90 days) >= 6`."""
        return parse(text, self._kernel.context)

    def format(self, condition: Asked) -> str:
        """Its text in the canonical form: one space, no needless brackets. Parsing it gives an equal one."""
        return formatting.format(self._understood(condition))

    def to_json(self, condition: Asked) -> dict[str, Any]:
        """Its tree in plain JSON values, for programs that put conditions together."""
        return json_form.to_json(self._understood(condition))

    def from_json(self, document: Mapping[str, Any]) -> Predicate:
        """The condition of such a document; it is judged as strictly as a text."""
        return json_form.from_json(document, self._kernel.context)

    def count(self, condition: Asked, as_of: int | None = None) -> int:
        """How many customers it holds for."""
        with self._reading() as (connection, actor):
            return counted(self._kernel, connection, actor, self._understood(condition), as_of)

    def members(
        self,
        condition: Asked,
        as_of: int | None = None,
        *,
        limit: int | None = None,
        after: int | None = None,
        among: Collection[int] | None = None,
    ) -> Sequence[int]:
        """The ids of those customers in ascending order: at most `limit`, those beyond the id `after`, those
        `among` these (up to 10,000)."""
        with self._reading() as (connection, actor):
            asked = self._understood(condition)
            return member_ids(self._kernel, connection, actor, asked, as_of, limit, after, among)

    def holds(self, condition: Asked, customer: Ref, as_of: int | None = None) -> bool:
        """Whether it holds for one customer. Raises `NotFound`."""
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            return is_member(self._kernel, connection, self._understood(condition), id_, as_of)

    def explain(self, condition: Asked, customer: Ref, as_of: int | None = None) -> Explanation:
        """Why it holds for one customer or does not: each clause with what it found. Raises `NotFound`."""
        from crmkit.core.segments.explained import explained

        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            return explained(self._kernel, connection, self._understood(condition), id_, as_of)

    def select(self, condition: Asked, *, since: int | None = None) -> sa.Select[Any]:
        """Those for whom it holds now, for statements of one's own: SELECT of `customer_id`.

        With `since`, those may be left out for whom it has held ever since that instant; simulations can.
        Of customers whom nobody need see; narrow it with `Crm.visible`.
        """
        kernel, predicate = self._kernel, self._understood(condition)
        now = kernel.clock.now()
        foresight = kernel.foresight
        foreseen = None if foresight is None else foresight.select(predicate, now, since)
        return members_select(kernel, predicate, now=now, past_as_of=None) if foreseen is None else foreseen

    def each(self, type: str, *, where: str = "", value: str = "", named: str = "") -> sa.Select[Any]:  # noqa: A002
        """The interactions of a type, for statements of one's own: SELECT of `seq`, `customer_id`,
        `occurred_at` and `value`, of those that stand and of which `where` holds.

        Both are written as inside an aggregate: `outlet = 'Main' and lines.product = 'rye'`, `amount / 10`.
        `value` is a number in major units, 1 if nothing is written. Of customers whom nobody need see; narrow
        it with `Crm.visible`. `named` says in errors whose text it is. Raises `NotFound` for the type.
        """
        from crmkit.core.predicates.sql.each import each_row

        kernel = self._kernel
        return each_row(
            kernel.words.interaction_types[type].name, where, value, context=kernel.context,
            tables=kernel.tables, dialect=kernel.statements.dialect, now=kernel.clock.now(),
            exchange=kernel.statements.exchange, named=named,
        )  # fmt: skip

    def deprecated(self, condition: str, *, on: str = "") -> Sequence[tuple[str, str]]:
        """(what is used and since when it will go, what to use) of each word in a condition that its plugin
        will take away.

        With `on` it is a condition on interactions of that type, which is one of its words, and may be empty.
        What cannot be understood names nothing.
        """
        from crmkit.core.deprecated_uses import going_in

        if on:
            condition = f"exists({on} where {condition})" if condition.strip() else f"exists({on})"
        return [(each.sentence, each.instead) for each in going_in(self._kernel, condition)]

    def _understood(self, condition: Asked) -> Predicate:
        return self.parse(condition) if isinstance(condition, str) else condition

    @contextmanager
    def _reading(self) -> Iterator[tuple[sa.Connection, Actor]]:
        with self._kernel.reading() as connection:
            yield connection, allowed(self._kernel, connection, self._actor, READ)
