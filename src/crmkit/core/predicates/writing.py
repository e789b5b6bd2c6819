"""From the typed tree back to syntax: what somebody could have written to mean it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from crmkit.core.predicates import syntax as s
from crmkit.core.predicates import tree as t
from crmkit.core.predicates.duration import Duration

# Payload keys of these names are hidden by what every interaction has.
_HIDING: Final = frozenset(
    {"outlet", "channel", "direction", "currency", "source", "at", "employee", "amount"}
)


def written(node: Any) -> s.Syntax:  # noqa: PLR0911 - one for each kind of node
    """The syntax of a typed tree; reading it again gives the same tree."""
    match node:
        case t.AllOf(items):
            return _operation("and", *items)
        case t.AnyOf(items):
            return _operation("or", *items)
        case t.Not(item):
            return _operation("not", item)
        case t.Compare(operator, left, right) | t.Arithmetic(operator, left, right):
            return _operation(operator, left, right)
        case t.Between(value, low, high):
            return _operation("between", value, low, high)
        case t.OneOf(value, items):
            return _one_of(value, items)
        case t.IsNull(value):
            return _operation("is null", value)
        case t.Matches(how, value, text):
            return _operation("contains" if how == "contains" else "starts with", value, _text(text))
        case t.Holds(value):
            return written(value)
    return _call_or_word(node)


def _call_or_word(node: Any) -> s.Syntax:  # noqa: PLR0911 - one for each kind of node
    match node:
        case t.HasTag(tag):
            return _call("has_tag", _text(tag))
        case t.Birthday(value, within):
            days = (s.Literal(kind="duration", value=Duration(within, "day")),) if within else ()
            return _call("is_birthday", written(value), *days)
        case t.Consented(purpose, channel):
            return _call("consent", _text(purpose), _text(channel))
        case t.InSegment(name):
            return _call("in", s.Name(name=name))
        case t.WasIn(name, ago):
            return _call("was_in", s.Name(name=name), s.Literal(kind="ago", value=ago))
        case t.Related(kind, condition):
            return _call("any", _text(kind), written(condition))
        case t.Aggregate():
            return _aggregate(node)
        case t.TraitValue(name, arguments):
            return _call(name, *map(_constant, arguments)) if arguments else s.Name(name=name)
        case t.Key() | t.Several():
            return s.Name(name=_key(node))
    return _value(node)


def _value(node: Any) -> s.Syntax:
    match node:
        case t.Constant(_, value):
            return _constant(value)
        case t.Ago(duration):
            return s.Literal(kind="ago", value=duration)
        case t.Today():
            return s.Literal(kind="today", value=None)
    return s.Name(name=node.name)


def _aggregate(node: t.Aggregate) -> s.Syntax:
    is_plain = node.key is None or node.key == t.Key("amount", "column", node.key.type)
    name = node.source.name if is_plain else f"{node.source.name}.{node.key.name}"  # type: ignore[union-attr]
    what: s.Syntax = s.Name(name=name)
    if node.where is not None:
        what = s.Filtered(what=what, condition=written(node.where))
    if node.window is None:
        return _call(node.function, what)
    window = s.Window(kind=node.window.kind, first=node.window.first, second=node.window.second)
    return _call(node.function, what, window)


def _key(node: t.Key | t.Several) -> str:
    is_hidden = isinstance(node, t.Key) and node.place == "payload" and node.name in _HIDING
    return f"payload.{node.name}" if is_hidden else node.name


def _one_of(value: Any, items: tuple[Any, ...]) -> s.Syntax:
    return _operation("in", value, *items)


def _operation(operator: str, *operands: Any) -> s.Operation:
    made = tuple(each if isinstance(each, s.Node) else written(each) for each in operands)
    return s.Operation(operator=operator, operands=made)  # type: ignore[arg-type]


def _call(name: str, *arguments: s.Syntax) -> s.Call:
    return s.Call(name=name, arguments=arguments)


def _text(text: str) -> s.Literal:
    return s.Literal(kind="text", value=text)


def _constant(value: Any) -> s.Literal:
    match value:
        case bool():
            return s.Literal(kind="bool", value=value)
        case Decimal():
            return s.Literal(kind="number", value=value)
        case datetime():
            return s.Literal(kind="datetime", value=value)
        case date():
            return s.Literal(kind="date", value=value)
        case Duration():
            return s.Literal(kind="duration", value=value)
    return s.Literal(kind="text", value=value)
