"""Why a customer matches, or does not: each clause with its own answer and its values, in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import NotFound
from crmkit.core.model.money import Money
from crmkit.core.phrase import phrase
from crmkit.core.predicates.formatting import text_of
from crmkit.core.predicates.predicate import Predicate
from crmkit.core.predicates.sql.moments import NOW, Shift
from crmkit.core.predicates.sql.prepared import ONE, Statements
from crmkit.core.predicates.sql.selecting import Selecting, words
from crmkit.core.predicates.sql.truth import every, opposite, some
from crmkit.core.predicates.tree import AllOf, AnyOf, Condition, InSegment, Not, WasIn


@frozen
class Clause:
    """A condition for one customer: `truth` is True, False, or None for unknown.

    `values` are (text, value) of the words it asks about; `clauses` what it is made of.
    """

    text: str
    truth: bool | None
    values: tuple[tuple[str, Any], ...] = ()
    clauses: tuple[Clause, ...] = ()


def explain(
    statements: Statements,
    predicate: Predicate,
    connection: sa.Connection,
    customer_id: int,
    *,
    now: int,
    past_as_of: int | None = None,
) -> Clause:
    """The predicate's clauses for one customer. Raises `NotFound` where there is none of that id."""
    as_of = now if past_as_of is None else past_as_of
    build = statements.build(predicate, past=past_as_of is not None, one=True, as_of=as_of)
    leaves = list(_leaves(predicate.tree, NOW))
    statement = Selecting(build, leaves).table(list(_columns(leaves)))
    row = connection.execute(statement, {**build.moments.values(as_of), ONE: customer_id}).first()
    if row is None:
        raise NotFound(
            phrase("There is no customer {customer_id}", customer_id=customer_id),
            hint="Find them: crm find TEXT",
        )
    return _clause(predicate.tree, iter(row), predicate.context)


def _leaves(node: Condition, shift: Shift) -> Iterator[tuple[Condition, Shift]]:
    match node:
        case AllOf(items) | AnyOf(items):
            for each in items:
                yield from _leaves(each, shift)
        case Not(item):
            yield from _leaves(item, shift)
        case InSegment(_, condition):
            yield from _leaves(condition, shift)
        case WasIn(_, ago, condition):
            yield from _leaves(condition, (*shift, ago))
        case _:
            yield node, shift


def _columns(leaves: list[tuple[Condition, Shift]]) -> Iterator[tuple[Any, Shift]]:
    """Each leaf, followed by the words it asks about."""
    for leaf, shift in leaves:
        yield leaf, shift
        yield from words(leaf, shift)


def _clause(node: Condition, row: Iterator[Any], context: Any) -> Clause:
    match node:
        case AllOf(items) | AnyOf(items):
            below = tuple(_clause(each, row, context) for each in items)
            combine = every if isinstance(node, AllOf) else some
            return Clause(text_of(node), combine(tuple(each.truth for each in below)), (), below)
        case Not(item):
            inner = _clause(item, row, context)
            return Clause(text_of(node), opposite(inner.truth), (), (inner,))
        case InSegment(_, condition) | WasIn(_, _, condition):
            inner = _clause(condition, row, context)
            return Clause(text_of(node), inner.truth, (), (inner,))
    truth = next(row)
    values = tuple((text_of(word), _shown(word.type, next(row), context)) for word, _ in words(node, NOW))
    return Clause(text_of(node), None if truth is None else bool(truth), values)


def _shown(type_: Any, value: Any, context: Any) -> Any:  # noqa: PLR0911 - one for each type
    """The value as Python has it; money of the business's currency."""
    if value is None:
        return None
    match type_.kind:
        case "money":
            if type_.scale is None:
                return round(float(value), context.money_scale)
            return Money(round(value), context.currency)
        case "number":
            if type_.scale is None:
                return float(value)
            return Decimal(value).scaleb(-type_.scale) if type_.scale else int(value)
        case "date":
            return date.fromisoformat(value)
        case "bool":
            return bool(value)
    return value
