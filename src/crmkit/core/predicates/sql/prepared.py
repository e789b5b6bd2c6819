"""A predicate ready to run: the statement, and its parameters for any moment of asking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from crmkit.core.phrase import phrase
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.past import outside_log, without_past
from crmkit.core.predicates.predicate import Predicate
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.moments import Moments
from crmkit.core.predicates.sql.rates import Exchange
from crmkit.core.predicates.sql.selecting import select_customers
from crmkit.core.predicates.tree import Condition, TraitValue, walk
from crmkit.core.remembered import Remembered
from crmkit.core.store.tables import Tables
from crmkit.core.traits.selecting import needs_instant

ONE: Final = "t_customer"


@frozen(eq=False)
class Prepared:
    """One statement for many moments: run `select` with `values(as_of)`."""

    select: sa.Select[Any]
    moments: Moments
    fixed: bool = False

    def values(self, as_of: int, customer_id: int | None = None) -> dict[str, Any]:
        """The parameters for the moment of asking, and for one customer where the statement is about one."""
        values = self.moments.values(as_of)
        return values if customer_id is None else {**values, ONE: customer_id}

    def ids(self, connection: sa.Connection, as_of: int) -> Iterator[int]:
        """The ids of the customers that match, in no order."""
        # As an option of the connection it would hold for every statement that comes after.
        options = {"stream_results": True}
        rows = connection.execute(self.select, self.values(as_of), execution_options=options)
        return (row[0] for row in rows)

    def holds(self, connection: sa.Connection, as_of: int, customer_id: int) -> bool:
        """Whether one customer matches; the statement must have been made for one."""
        return connection.execute(self.select, self.values(as_of, customer_id)).first() is not None


@define
class Statements:
    """The statements of one business on one kind of database, each made once.

    `exchange` says what amounts in other currencies are worth; without it all amounts are in the business's
    own. Where that changes, make new `Statements`.
    """

    tables: Tables
    dialect: str
    exchange: Exchange | None = None
    _made: Remembered = field(factory=Remembered)

    def prepare(
        self, predicate: Predicate, *, past_as_of: int | None = None, one: bool = False, now: int = 0
    ) -> Prepared:
        """The statement that finds the predicate's customers, or tells of one (`one`).

        `past_as_of` is an instant in the past as of which to answer: by what was known then. `now` is needed
        only by plugins' traits. Raises `PredicateError` where a word has no past, or is not in the log.
        """
        as_of = now if past_as_of is None else past_as_of
        has_traits = any(
            isinstance(node, TraitValue) and needs_instant(node.trait) for node in walk(predicate.tree)
        )
        key = (
            predicate.tree,
            id(predicate.context),
            past_as_of is not None,
            one,
            as_of if has_traits else None,
        )
        return self._made.get(  # type: ignore[no-any-return]
            key, lambda: self._prepared(predicate, past_as_of is not None, one, as_of, has_traits)
        )

    def _prepared(self, predicate: Predicate, past: bool, one: bool, as_of: int, fixed: bool) -> Prepared:
        build = self.build(predicate, past=past, one=one, as_of=as_of)
        return Prepared(select_customers(build, predicate.tree), build.moments, fixed)

    def narrowed(self, predicate: Predicate, among: sa.Select[Any], *, now: int) -> Prepared:
        """The statement that finds those of `among` whom the predicate means: it costs as much as they are
        many. Made anew each time."""
        build = self.build(predicate, past=False, one=False, as_of=now)
        build.among = among
        return Prepared(select_customers(build, predicate.tree), build.moments)

    def build(self, predicate: Predicate, *, past: bool, one: bool, as_of: int) -> Build:
        """The start of a statement. Raises `PredicateError` where it cannot be answered here."""
        check(predicate.tree, self.dialect, past=past)
        bound = sa.bindparam(ONE, type_=sa.BigInteger()) if one else None
        return Build(
            context=predicate.context,
            tables=self.tables,
            dialect=self.dialect,
            past=past,
            one=bound,
            exchange=self.exchange,
            as_of=as_of,
        )


def check(tree: Condition, dialect: str, *, past: bool) -> None:
    """Raise `PredicateError` where the database has no answer."""
    word = without_past(tree) if past else None
    if word is not None:
        raise PredicateError(
            phrase(
                "What {word} was in the past is not on record, so this cannot be asked as of then", word=word
            ),
            hint="Interactions, fields, tags, consent and the lifecycle have a past.",
            word=word,
        )
    word = outside_log(tree) if dialect == "duckdb" else None
    if word is not None:
        raise PredicateError(
            phrase("{word} is not part of the copy of the log", word=word),
            hint="Ask the database itself.",
            word=word,
        )


def compile_where(
    predicate: Predicate,
    tables: Tables,
    dialect: str,
    as_of: int | None = None,
    *,
    now: int,
    exchange: Exchange | None = None,
) -> sa.Select[Any]:
    """SELECT of `customer_id`, every parameter bound, to run or to build into another statement.

    `dialect` is sqlite, postgresql or duckdb. `as_of` is an instant in the past (None: now, which is `now`).
    """
    prepared = Statements(tables, dialect, exchange).prepare(predicate, past_as_of=as_of, now=now)
    values = prepared.values(now if as_of is None else as_of)
    return prepared.select.params(values) if values else prepared.select


def condition(
    predicate: Predicate,
    tables: Tables,
    dialect: str,
    as_of: int | None = None,
    *,
    now: int,
    exchange: Exchange | None = None,
) -> sa.ColumnElement[bool]:
    """The condition over `tables.customer` that the predicate holds, to put into a list's WHERE."""
    chosen = compile_where(predicate, tables, dialect, as_of, now=now, exchange=exchange)
    return tables.customer.c.id.in_(chosen)
