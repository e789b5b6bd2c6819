"""Interactions one by one: those of a type of which a condition holds, each with what an expression gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.phrase import phrase
from crmkit.core.predicates import types
from crmkit.core.predicates.grammar import read
from crmkit.core.predicates.resolve import Resolver
from crmkit.core.predicates.sql import numbers
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.moments import NOW
from crmkit.core.predicates.sql.rows import rows_with_rates
from crmkit.core.predicates.tree import Condition, Key, Source, Value, walk

if TYPE_CHECKING:
    from crmkit.core.predicates.context import Context
    from crmkit.core.predicates.sql.rates import Exchange
    from crmkit.core.store.tables import Tables


def each_row(
    type_name: str,
    where: str,
    value: str,
    *,
    context: Context,
    tables: Tables,
    dialect: str,
    now: int,
    exchange: Exchange | None = None,
    named: str = "",
) -> sa.Select[Any]:
    """SELECT of `seq`, `customer_id`, `occurred_at` and `value` of the interactions that stand.

    `where` and `value` are written as inside `count(purchase where …)`; without `where` all of the type are
    meant, and without `value` it is 1. Numbers are in major units. `named` says in errors whose text it is.
    Raises `PredicateError`.
    """
    source = Source("interaction", type_name)
    condition = _resolver(context, source, where, named).condition(read(where, named)) if where else None
    given = _number(_resolver(context, source, value, named), value, named) if value else None
    build = Build(context=context, tables=tables, dialect=dialect, exchange=exchange, as_of=now)
    table = tables.interaction
    rows, chosen = rows_with_rates(build, source, table, needs_amounts=_needs_amounts(condition, given))
    worth = sa.literal(1.0, sa.Double()) if given is None else numbers.real(given, rows.value(given, NOW))
    statement = (
        sa.select(table.c.seq, table.c.customer_id, table.c.occurred_at, worth.label("value"))
        .select_from(chosen)
        .where(table.c.type == type_name, table.c.superseded_by.is_(None))
    )
    if condition is not None:
        statement = statement.where(rows.holds(condition, NOW))
    values = build.moments.values(now)
    return statement.params(values) if values else statement


def _resolver(context: Context, source: Source, text: str, named: str) -> Resolver:
    return Resolver(context, text, named, rows=source)


def _number(resolver: Resolver, text: str, named: str) -> Value:
    node = read(text, named)
    found = resolver.value(node)
    if not found.type.is_numeric:
        raise resolver.wrong(
            node, phrase("A number is needed here, this is {called}", called=types.called(found.type))
        )
    return found


def _needs_amounts(condition: Condition | None, value: Value | None) -> bool:
    nodes = [node for tree in (condition, value) if tree is not None for node in walk(tree)]
    return any(isinstance(node, Key) and node.name == "amount" for node in nodes)
