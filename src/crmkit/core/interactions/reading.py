"""Reading interactions back: one, a customer's timeline, lists, counts and totals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.interactions.cursor import read_cursor, write_cursor
from crmkit.core.interactions.totals import TypeTotal, totals_of
from crmkit.core.logs import interaction_columns, interaction_of
from crmkit.core.model.interaction import VOIDED, Interaction, Page
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor


@frozen(kw_only=True)
class Filter:
    """Which interactions: of these types, from `since` until before `until`, by whom, from where.

    Without `superseded`, what was corrected is left out, and so are the records that something is void,
    unless their type is asked for.
    """

    types: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    employee_id: int | None = None
    source: str | None = None
    superseded: bool = False


class Window(TypedDict, total=False):
    """What narrows a list: `since` and `until` (instants; until is excluded), `employee` (an id, a name or an
    e-mail address), `source`, and with `superseded` what was corrected or voided as well.
    """

    since: int | None
    until: int | None
    employee: int | str | None
    source: str | None
    superseded: bool


class Reader:
    """Reads the log on behalf of an actor, who sees the interactions of the customers they see."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._table = kernel.tables.interaction
        self._visible = kernel.seen(actor, self._table.c.customer_id)

    def get(self, seq: int) -> Interaction:
        """Interaction `seq`. Raises `NotFound`."""
        found = self._read(self._select().where(self._table.c.seq == seq))
        if not found:
            raise NotFound(
                phrase("There is no interaction {seq}", seq=seq), hint="Run: crm interactions list"
            )
        return found[0]

    def among(self, seqs: Collection[int]) -> list[Interaction]:
        """Those of these interactions that there are, the last recorded first."""
        if not seqs:
            return []
        wanted = self._select().where(self._table.c.seq.in_(seqs))
        return self._read(wanted.order_by(self._table.c.seq.desc()))

    def timeline(self, customer_ids: Sequence[int], wanted: Filter, limit: int, cursor: str | None) -> Page:
        """A page of the interactions of these customers, by when they happened, newest first."""
        moment = self._table.c.occurred_at, self._table.c.seq
        whose = self._table.c.customer_id
        theirs = whose == customer_ids[0] if len(customer_ids) == 1 else whose.in_(customer_ids)
        statement = self._select(*self.conditions(wanted)).where(theirs)
        if cursor is not None:
            before = map(sa.literal, read_cursor(cursor, 2))
            statement = statement.where(sa.tuple_(*moment) < sa.tuple_(*before))
        found = self._read(
            statement.order_by(*(column.desc() for column in moment)).limit(_checked(limit) + 1)
        )
        shown = tuple(found[:limit])
        more = write_cursor(shown[-1].occurred_at, shown[-1].seq) if len(found) > limit else None
        return Page(interactions=shown, next_cursor=more, labels=self._labels(shown))

    def page(self, wanted: Filter, limit: int, cursor: str | None) -> Page:
        """A page of all interactions, the last recorded first."""
        statement = self._select(*self.conditions(wanted))
        if cursor is not None:
            statement = statement.where(self._table.c.seq < read_cursor(cursor, 1)[0])
        found = self._read(statement.order_by(self._table.c.seq.desc()).limit(_checked(limit) + 1))
        shown = tuple(found[:limit])
        more = write_cursor(shown[-1].seq) if len(found) > limit else None
        return Page(interactions=shown, next_cursor=more, labels=self._labels(shown))

    def count(self, wanted: Filter) -> int:
        """How many there are."""
        return int(self._rows(self._seen(sa.select(sa.func.count()), *self.conditions(wanted)))[0][0])

    def totals(self, wanted: Filter) -> list[TypeTotal]:
        """How many of each type there are, and the sums of their amounts."""
        table = self._table
        columns = table.c.type, table.c.currency
        statement = sa.select(*columns, sa.func.count(), sa.func.sum(table.c.amount)).group_by(*columns)
        return totals_of(self._rows(self._seen(statement, *self.conditions(wanted))))

    def _select(self, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        return self._seen(sa.select(*interaction_columns(self._table)), *conditions)

    def _seen(self, statement: sa.Select[Any], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        return statement.select_from(self._table).where(*conditions, *self._visible)

    def conditions(self, wanted: Filter) -> Iterable[sa.ColumnElement[bool]]:
        """The conditions over the log for what is wanted, whoever's it is."""
        column = self._table.c
        if not wanted.superseded:
            yield column.superseded_by.is_(None)
            if not wanted.types:
                yield column.type != VOIDED
        if wanted.types:
            yield column.type.in_([self._type_name(name) for name in wanted.types])
        if wanted.since is not None:
            yield column.occurred_at >= wanted.since
        if wanted.until is not None:
            yield column.occurred_at < wanted.until
        if wanted.employee_id is not None:
            yield column.employee_id == wanted.employee_id
        if wanted.source is not None:
            yield column.source == wanted.source

    def _type_name(self, name: str) -> str:
        """The stored name; also of a type whose plugin is gone, as long as something of it is on record."""
        types = self._kernel.words.interaction_types
        if name not in types and self._rows(
            sa.select(self._table.c.seq).where(self._table.c.type == name).limit(1)
        ):
            return name
        return types[name].name

    def _labels(self, shown: Iterable[Interaction]) -> dict[str, str]:
        words = self._kernel.words.interaction_types
        names = {interaction.type for interaction in shown}
        return {name: word.label or name for name in names if (word := words.get(name))}

    def _read(self, statement: sa.Select[Any]) -> list[Interaction]:
        words = self._kernel.words
        return [interaction_of(row, words) for row in self._rows(statement)]

    def _rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self._kernel.reading() as connection:
            return connection.execute(statement).all()


def _checked(limit: int) -> int:
    if limit < 1:
        raise Invalid(
            phrase("A page of {limit} interactions shows nothing", limit=limit),
            hint="Give a limit of 1 or more.",
        )
    return limit
