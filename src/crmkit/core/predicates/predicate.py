"""A parsed predicate: its text, its tree, and the context that gave the words their meaning."""

from __future__ import annotations

from attrs import field, frozen

from crmkit.core.predicates import syntax
from crmkit.core.predicates.context import Context
from crmkit.core.predicates.grammar import read
from crmkit.core.predicates.resolve import Resolver
from crmkit.core.predicates.tree import Condition, Value


@frozen
class Predicate:
    """A condition over customers. Equal when it means the same; `text` is how it was written."""

    tree: Condition
    context: Context = field(eq=False, repr=False)
    text: str = field(default="", eq=False)


@frozen
class Expression:
    """A value of each customer, for columns, orders and formula traits."""

    tree: Value
    context: Context = field(eq=False, repr=False)
    text: str = field(default="", eq=False)


def parse(text: str, context: Context, *, where: str = "") -> Predicate:
    """The predicate that `text` writes down.

    Raises `PredicateError` (exit status 5), which points at the line and column, says what was expected and
    names the nearest word. `where` names what the text belongs to, such as `segment "regulars"`.
    """

    def make() -> Predicate:
        return resolved(read(text, where), context, text, where)

    found: Predicate = context.parsed.get(("predicate", text, where), make)
    return found


def parse_value(text: str, context: Context, *, where: str = "") -> Expression:
    """The value that `text` writes down: `sum(purchase) / count(purchase)`. Raises `PredicateError`."""

    def make() -> Expression:
        return Expression(Resolver(context, text, where).value(read(text, where)), context, text)

    found: Expression = context.parsed.get(("value", text, where), make)
    return found


def resolved(node: syntax.Syntax, context: Context, text: str, where: str = "") -> Predicate:
    """The predicate of a syntax that is already read."""
    stack = (where.replace('"', ""),) if where.startswith("segment ") else ()
    return Predicate(Resolver(context, text, where, stack).condition(node), context, text)
