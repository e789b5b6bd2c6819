"""Aggregates over a customer's interactions and records."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from crmkit.core.nearest import did_you_mean, nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates import syntax, types
from crmkit.core.predicates.candidates import candidates
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.tree import (
    BOOL,
    INSTANT,
    NUMBER,
    Aggregate,
    Condition,
    Key,
    Several,
    Source,
    Type,
    Window,
)

if TYPE_CHECKING:
    from crmkit.core.predicates.resolve import Resolver

_SHAPE: Final = "count(purchase where amount > 10, last 90 days)"
_OVER_KEYS: Final = ("sum", "avg", "min", "max")


def aggregate(resolver: Resolver, node: syntax.Call) -> Aggregate:
    """`count(purchase where …, last 90 days)` and its kin."""
    if not 1 <= len(node.arguments) <= 2:
        raise resolver.wrong(
            node,
            phrase("{node} has another number of arguments", node=node.name),
            phrase("Write {shape}.", shape=_SHAPE),
        )
    first = node.arguments[0]
    what = first.what if isinstance(first, syntax.Filtered) else first
    if not isinstance(what, syntax.Name):
        raise resolver.wrong(
            first,
            phrase("An interaction type or record type is needed here"),
            phrase("Write {shape}.", shape=_SHAPE),
        )
    source, key = _source(resolver, node, what)
    where = _where(resolver, first.condition, source) if isinstance(first, syntax.Filtered) else None
    window = _window(resolver, node.arguments[1]) if len(node.arguments) == 2 else None
    return Aggregate(node.name, source, key, where, window, _result(node.name, key))


def _where(resolver: Resolver, node: syntax.Syntax, source: Source) -> Condition:
    resolver.rows = source
    try:
        return resolver.condition(node)
    finally:
        resolver.rows = None


def _source(resolver: Resolver, node: syntax.Call, what: syntax.Name) -> tuple[Source, Key | None]:
    source = _named(resolver, what, what.name)
    if source is not None:
        return source, _default_key(resolver, node, what, source)
    name, _, key = what.name.rpartition(".")
    owner = _named(resolver, what, name) if name else None
    if owner is None:
        raise _no_source(resolver, what)
    return owner, _key_of(resolver, node, what, owner, key)


def _named(resolver: Resolver, node: syntax.Name, name: str) -> Source | None:
    word = resolver.context.words.interaction_types.get(name)
    record = resolver.context.records.get(name)
    if word is not None and record is not None:
        raise resolver.wrong(
            node,
            phrase("{name} is an interaction type and a record type", name=quoted(name)),
            phrase("Write {owner}.{name} for the interactions.", owner=word.owner, name=name),
        )
    if word is not None:
        return Source("interaction", word.name)
    return Source("record", record.name) if record is not None else None


def _no_source(resolver: Resolver, node: syntax.Name) -> PredicateError:
    vocabulary = resolver.context.words.interaction_types
    several = candidates(vocabulary, node.name)
    if len(several) > 1:
        return resolver.wrong(
            node,
            phrase("{node} could be several interaction types", node=quoted(node.name)),
            phrase("Say which one: {several}", several=", ".join(several)),
            candidates=several,
        )
    known = [*vocabulary.names, *resolver.context.records]
    hint = vocabulary.elsewhere(node.name) or (
        did_you_mean(node.name, known, phrase("See them all: crm words interaction_types"))
    )
    return resolver.wrong(
        node, phrase("There is no interaction type or record type {node}", node=quoted(node.name)), hint
    )


def _default_key(resolver: Resolver, node: syntax.Call, what: syntax.Name, source: Source) -> Key | None:
    if node.name not in _OVER_KEYS:
        return None
    if source.kind == "record":
        raise resolver.wrong(
            what,
            phrase("{node} of what?", node=node.name),
            phrase("Name the field: {node}({source}.value).", node=node.name, source=source.name),
        )
    found = resolver.context.keys(source)["amount"]
    assert isinstance(found, Key)
    return found


def _key_of(resolver: Resolver, node: syntax.Call, what: syntax.Name, source: Source, name: str) -> Key:
    if node.name not in _OVER_KEYS:
        raise resolver.wrong(
            what,
            phrase("{node} is about whole {source} rows", node=node.name, source=source.name),
            phrase("Write {node}({source}).", node=node.name, source=source.name),
        )
    keys = resolver.context.keys(source)
    found = keys.get(name)
    if found is None and resolver.context.takes_any_key(source):
        return Key(name, "payload", Type("number", None))
    if found is None:
        meant = nearest(name, keys)
        hint = phrase('Did you mean "{source}.{meant}"?', source=source.name, meant=meant) if meant else ""
        raise resolver.wrong(
            what, phrase("{source} has no {name}", source=quoted(source.name), name=quoted(name)), hint
        )
    ordered = ("date", "instant") if node.name in ("min", "max") else ()
    if isinstance(found, Several) or not (found.type.is_numeric or found.type.kind in ordered):
        raise resolver.wrong(
            what,
            phrase(
                "{node} needs one number per row, {name} is {called}",
                node=node.name,
                name=name,
                called=types.called(found.type),
            ),
        )
    return found


def _window(resolver: Resolver, node: syntax.Syntax) -> Window:
    if not isinstance(node, syntax.Window):
        raise resolver.wrong(
            node, phrase("A window is needed here"), phrase("Write last 90 days, or since 2026-01-01.")
        )
    first, second = node.first, node.second
    if node.kind == "from" and _start(first) >= _start(second):
        raise resolver.wrong(
            node, phrase("The window ends before it begins"), phrase("Put the earlier date first.")
        )
    return Window(node.kind, first, second)


def _start(moment: date | datetime) -> str:
    return moment.isoformat()


def _result(function: str, key: Key | None) -> Type:
    match function:
        case "count" | "days_since":
            return NUMBER
        case "exists":
            return BOOL
        case "first" | "last":
            return INSTANT
    assert key is not None
    if function == "avg":
        return Type(key.type.kind, None)
    return key.type
