"""Reading records of one type: one, a page of a list, and those whose title says something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Ambiguous, Invalid, NotFound
from crmkit.core.model.record import Record, RecordPage
from crmkit.core.model.words import RecordType
from crmkit.core.nearest import nearest
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.records.cursor import read_cursor, write_cursor
from crmkit.core.records.rows import columns_of, records_of
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

READ: Final = "records.read"
_LARGEST: Final = 2**63 - 1
_CANDIDATES: Final = 20
_ORDERS: Final = {
    "id": "id", "created": "created_at", "updated": "updated_at", "title": "fold", "state": "state",
    "customer": "customer_id", "owner": "employee_id",
}  # fmt: skip


@frozen(kw_only=True)
class Filter:
    """Which records of a type; None means any. `open` leaves out those in a final state."""

    customer_id: int | None = None
    states: Collection[str] | None = None
    owner_id: int | None = None
    open: bool = False
    archived: bool = False

    @property
    def shape(self) -> tuple[bool, ...]:
        """What makes the statement another one: values do not."""
        given = (value is not None for value in (self.customer_id, self.states, self.owner_id))
        return (*given, self.open, self.archived)

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the conditions."""
        states = None if self.states is None else list(self.states)
        return {"customer": self.customer_id, "states": states, "owner": self.owner_id}


class Reader:
    """Reads records of one type on behalf of an actor, who sees those of the customers they see.

    On `connection` where it is given, else on one of its own for each statement.
    """

    def __init__(
        self, kernel: Kernel, actor: Actor, type_: RecordType, connection: sa.Connection | None = None
    ) -> None:
        self._kernel = kernel
        self._connection = connection
        self._type = type_
        self._table = kernel.tables.records[type_.name]
        self._visible = kernel.seen(actor, self._table.c.customer_id)

    def seen(self, ids: Iterable[int]) -> list[int]:
        """Those of `ids` that exist and that the actor sees."""
        wanted = [id_ for id_ in ids if 0 < id_ <= _LARGEST]
        if not self._visible:
            return self._present(wanted)
        found: list[int] = []
        for start in range(0, len(wanted), 500):
            here = self._table.c.id.in_(wanted[start : start + 500])
            found += [row[0] for row in self._rows(self._seen(sa.select(self._table.c.id)).where(here))]
        return found

    def _present(self, ids: Sequence[int]) -> list[int]:
        """Those that exist: one statement for 10,000 of them."""
        select = f"SELECT id FROM {self._type.table} WHERE id"
        with self._reading() as connection:
            return [row[0] for row in rows_among(connection, select, ids)]

    def resolve(self, reference: int | str) -> int:
        """The id of the record that `12`, `cake_order:12` or its title names.

        Raises `NotFound`, `Ambiguous`.
        """
        text = str(reference).strip()
        named, colon, rest = text.partition(":")
        if colon and rest.strip().isdecimal() and self._is_own(named):
            text = rest.strip()
        is_id = text.isascii() and text.isdecimal()
        ids = self.seen([int(text)]) if is_id else self._titled(text)
        if len(ids) == 1:
            return ids[0]
        if ids:
            raise self._ambiguous(text, ids)
        raise NotFound(
            phrase(
                "There is no {type} {reference}",
                type=self._type.name,
                reference=quoted(reference) if not text.isdecimal() else text,
            ),
            hint=phrase("See: crm records {type} list", type=self._type.name),
            reference=reference,
        )

    def get(self, ids: Collection[int]) -> list[Record]:
        """The records with these ids, in that order."""
        found: dict[int, Record] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), 500):
            query = self._select().where(self._table.c.id.in_(wanted[start : start + 500]))
            found |= {each.id: each for each in self._records(query)}
        return [found[id_] for id_ in wanted if id_ in found]

    def page(self, wanted: Filter, order: str, limit: int, cursor: str | None) -> RecordPage:
        """A page of the list; `order` is a word of `orders`, with `-` in front for the other way round."""
        if limit < 1:
            raise Invalid(
                phrase("A page of {limit} records shows nothing", limit=limit),
                hint="Give a limit of 1 or more.",
            )
        column, down = self._order(order)
        after = None if cursor is None else read_cursor(cursor, order)
        key = (self._type.name, order, wanted.shape, after is None or (after[0] is None,))
        query, place = self._kernel.selects.get(key, lambda: self._paged(wanted, column, down, after))
        value, id_ = after or (None, None)
        values = {**wanted.values, "value": value, "id": id_, "limit": limit + 1}
        rows = self._rows(self._seen(query), values)
        records = records_of(self._type, rows[:limit], self._kernel.currency)
        more = write_cursor(order, rows[limit - 1][place], records[-1].id) if len(rows) > limit else None
        return RecordPage(records=tuple(records), next_cursor=more)

    def _paged(
        self, wanted: Filter, column: sa.Column[Any], down: bool, after: tuple[Any, int] | None
    ) -> tuple[sa.Select[Any], int]:
        """The statement of a page, and the place in its rows of what they are ordered by."""
        names = list(dict.fromkeys((*columns_of(self._type), column.name)))
        query = sa.select(*(self._table.c[name] for name in names)).where(*self._conditions(wanted))
        if after is not None:
            query = query.where(self._after(column, down, is_empty=after[0] is None))
        by = self._table.c.id.desc() if down else self._table.c.id
        # An expression in front would keep the index from being used.
        direction = column.desc() if down else column.asc()
        query = query.order_by(direction.nulls_last() if column.nullable else direction, by)
        return query.limit(sa.bindparam("limit", type_=sa.Integer)), names.index(column.name)

    def every(self, wanted: Filter, at_once: int) -> Iterator[Sequence[Record]]:
        """All records of a list in the order in which they came, a batch at a time."""
        cursor: str | None = None
        while True:
            page = self.page(wanted, "id", at_once, cursor)
            if page.records:
                yield page.records
            cursor = page.next_cursor
            if cursor is None:
                return

    def count(self, wanted: Filter) -> int:
        """How many there are."""
        query = self._seen(sa.select(sa.func.count()).select_from(self._table))
        return int(self._rows(query.where(*self._conditions(wanted)), wanted.values)[0][0])

    def count_people(self, wanted: Filter) -> tuple[int, int]:
        """How many there are, and to how many customers they belong."""
        people = sa.func.count(self._table.c.customer_id.distinct())
        counts: Any = sa.select(sa.func.count(), people).select_from(self._table)
        query = self._seen(counts)
        found: Any = self._rows(query.where(*self._conditions(wanted)), wanted.values)[0]
        return int(found[0]), int(found[1])

    def find(self, text: str, limit: int) -> list[Record]:
        """Those in whose title every word of `text` begins a word, whatever the accents; newest first."""
        words = fold(text).split()
        if not words:
            return []
        query = self._select().where(*map(self._has_word, words), self._table.c.archived_at.is_(None))
        return self._records(query.order_by(self._table.c.id.desc()).limit(limit))

    def orders(self) -> tuple[str, ...]:
        """What a list can be ordered by."""
        return (*_ORDERS, *(each.name for each in self._type.fields))

    def _is_own(self, name: str) -> bool:
        types = self._kernel.words.record_types
        return types.get(name.strip()) == types[self._type.name]

    def _titled(self, text: str) -> list[int]:
        found = self.find(text, _CANDIDATES)
        exactly = [each.id for each in found if fold(each.title) == fold(text)]
        return exactly or [each.id for each in found]

    def _ambiguous(self, text: str, ids: Collection[int]) -> Ambiguous:
        candidates = self.get(ids)
        listed = "; ".join(f"{each.id} {each.title}" for each in candidates)
        return Ambiguous(
            phrase("{name} could be {candidates}", name=quoted(text), candidates=listed),
            hint=phrase("Say which one by its number, such as {value}.", value=candidates[0].id),
            candidates=candidates,
        )

    def _has_word(self, word: str) -> sa.ColumnElement[bool]:
        fold_ = self._table.c.fold
        return sa.or_(fold_.startswith(word, autoescape=True), fold_.contains(f" {word}", autoescape=True))

    def _conditions(self, wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
        column = self._table.c
        if not wanted.archived:
            yield column.archived_at.is_(None)
        if wanted.customer_id is not None:
            yield column.customer_id == sa.bindparam("customer")
        if wanted.states is not None:
            yield column.state.in_(sa.bindparam("states", expanding=True))
        if wanted.owner_id is not None:
            yield column.employee_id == sa.bindparam("owner")
        if wanted.open and self._type.closed_states:
            closed = column.state.in_(self._type.closed_states)
            yield sa.or_(column.state.is_(None), ~closed)

    def _order(self, order: str) -> tuple[sa.Column[Any], bool]:
        name = order.removeprefix("-")
        word = self._type.field_named(name)
        if name not in _ORDERS and word is None:
            near = nearest(name, self.orders())
            meant = phrase('Did you mean "{near}"? ', near=near) if near else ""
            raise Invalid(
                phrase(
                    "A list of {type} cannot be ordered by {name}", type=self._type.name, name=quoted(name)
                ),
                hint=phrase(
                    "{meant}It can by: {orders}; with - in front the other way round.",
                    meant=meant,
                    orders=", ".join(self.orders()),
                ),
            )
        column = self._table.c[_ORDERS[name] if name in _ORDERS else column_name(word)]  # type: ignore[arg-type]
        return column, order.startswith("-")

    def _after(self, column: sa.Column[Any], down: bool, *, is_empty: bool) -> sa.ColumnElement[bool]:
        """What comes after (value, id); records without a value come last."""
        own: sa.Column[Any] = self._table.c.id
        value: Any = sa.bindparam("value")
        id_: Any = sa.bindparam("id")
        later = own < id_ if down else own > id_
        if is_empty:
            return sa.and_(column.is_(None), later)
        beyond: sa.ColumnElement[bool] = column < value if down else column > value
        if column is own:
            return beyond
        return sa.or_(beyond, sa.and_(column == value, later), column.is_(None))

    def _select(self) -> sa.Select[Any]:
        return self._seen(sa.select(*(self._table.c[name] for name in columns_of(self._type))))

    def _seen(self, query: sa.Select[Any]) -> sa.Select[Any]:
        # The same statement where nothing is hidden: SQLAlchemy recognises it.
        return query.where(*self._visible) if self._visible else query

    def _records(self, query: sa.Select[Any]) -> list[Record]:
        return records_of(self._type, self._rows(query), self._kernel.currency)

    def _rows(self, query: sa.Select[Any], values: Mapping[str, Any] | None = None) -> Sequence[sa.Row[Any]]:
        with self._reading() as connection:
            return connection.execute(query, values).all()

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        return self._kernel.reading() if self._connection is None else nullcontext(self._connection)
