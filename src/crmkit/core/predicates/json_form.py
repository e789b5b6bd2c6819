"""The tree of a predicate as JSON, for programs that build predicates piece by piece."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates import syntax as s
from crmkit.core.predicates.context import Context
from crmkit.core.predicates.duration import UNITS, Duration
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.formatting import rendered
from crmkit.core.predicates.predicate import Predicate, parse
from crmkit.core.predicates.writing import written

VERSION: Final = 1
_OPERATORS: Final = frozenset(
    {
        "and", "or", "not", "=", "!=", "<", "<=", ">", ">=", "in", "between", "is null", "contains",
        "starts with", "+", "-", "*", "/", "minus",
    }
)  # fmt: skip
_COUNTS: Final = {"not": 1, "is null": 1, "minus": 1, "between": 3}


def to_json(predicate: Predicate) -> dict[str, Any]:
    """`{"version": 1, "predicate": node}` of plain JSON values.

    A node has one key: `op` (with `args`), `call` (with `args`), `name`, `where` (what, condition), `window`,
    or a literal: `number` (as text), `text`, `date`, `datetime`, `bool`, `duration`, `ago`, `today`.
    """
    return {"version": VERSION, "predicate": _out(written(predicate.tree))}


def from_json(data: Any, context: Context) -> Predicate:
    """The predicate of its JSON form. Raises `PredicateError`, also for what the text form would refuse."""
    if not isinstance(data, Mapping) or data.get("version") != VERSION or "predicate" not in data:
        raise PredicateError(
            "This is not the JSON form of a predicate",
            hint=phrase('It begins: {{"version": {version}, "predicate": …}}', version=VERSION),
        )
    return parse(rendered(_in(data["predicate"], 1)), context)


def _out(node: s.Syntax) -> dict[str, Any]:
    match node:
        case s.Operation():
            return {"op": node.operator, "args": [_out(each) for each in node.operands]}
        case s.Call():
            return {"call": node.name, "args": [_out(each) for each in node.arguments]}
        case s.Name():
            return {"name": node.name}
        case s.Filtered():
            return {"where": [_out(node.what), _out(node.condition)]}
        case s.Window():
            parts = [each for each in (node.first, node.second) if each is not None]
            return {"window": [node.kind, *map(_plain, parts)]}
    return {node.kind: True if node.kind == "today" else _plain(node.value)}


def _plain(value: Any) -> Any:
    match value:
        case Duration():
            return [value.amount, value.unit]
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return value


def _in(data: Any, depth: int) -> s.Syntax:
    if depth > s.DEEPEST:
        raise PredicateError(phrase("A predicate is nested at most {deepest} levels deep", deepest=s.DEEPEST))
    if not isinstance(data, Mapping):
        raise _wrong(data, phrase("an object"))
    keys = set(data) - {"args"}
    if len(keys) != 1:
        raise _wrong(data, phrase("one of op, call, name, where, window or a literal"))
    kind = keys.pop()
    if kind in ("op", "call"):
        return _with_arguments(kind, data, depth)
    if kind == "name":
        return s.Name(name=_name(data["name"]))
    if kind == "where":
        what, condition = _list(data["where"], 2)
        return s.Filtered(what=_in(what, depth + 1), condition=_in(condition, depth + 1))
    if kind == "window":
        return _window(data["window"])
    return _literal(kind, data[kind])


def _with_arguments(kind: str, data: Mapping[str, Any], depth: int) -> s.Syntax:
    name, given = data[kind], _list(data.get("args"))
    if kind == "op":
        if not isinstance(name, str) or name not in _OPERATORS:
            meant = nearest(str(name), _OPERATORS)
            raise _wrong(
                name,
                phrase("an operator; did you mean {meant}?", meant=meant) if meant else phrase("an operator"),
            )
        count = _COUNTS.get(name, 2)
        if len(given) < count or (len(given) > count and name not in ("and", "or", "in")):
            raise _wrong(data, phrase("{count} args", count=count))
        return s.Operation(operator=name, operands=tuple(_in(each, depth + 1) for each in given))
    arguments = [_in(each, depth + 1) for each in given]
    if name in ("in", "was_in") and not (arguments and isinstance(arguments[0], s.Name)):
        raise _wrong(data, phrase("a segment's name"))
    return s.Call(name=_name(name), arguments=tuple(arguments))


def _list(value: Any, count: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (count is not None and len(value) != count):
        raise _wrong(value, phrase("a list") if count is None else phrase("a list of {count}", count=count))
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^\W\d]\w*([.-]\w+)*", value):
        raise _wrong(value, phrase("a name"))
    return value


def _window(value: Any) -> s.Window:
    kind, *moments = _list(value)
    wanted = 2 if kind == "from" else 1
    if kind not in ("last", "this", "since", "until", "from") or len(moments) != wanted:
        raise _wrong(value, phrase("a window such as last, [90, day]"))
    if kind == "this":
        if moments[0] not in UNITS[1:]:
            raise _wrong(moments[0], phrase("day, week, month or year"))
        return s.Window(kind=kind, first=moments[0])
    read = [_duration(each) if kind == "last" else _moment(each) for each in moments]
    return s.Window(kind=kind, first=read[0], second=read[1] if kind == "from" else None)


def _duration(value: Any) -> Duration:
    amount, unit = _list(value, 2)
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0 or unit not in UNITS:
        raise _wrong(value, phrase("a duration such as [90, day]"))
    return Duration(amount, unit)


def _moment(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong(value, phrase("a date such as 2026-05-01")) from None


def _literal(kind: str, value: Any) -> s.Literal:
    match kind:
        case "number":
            return s.Literal(kind=kind, value=_number(value))
        case "date" | "datetime":
            return s.Literal(kind=kind, value=_moment(value))
        case "duration" | "ago":
            return s.Literal(kind=kind, value=_duration(value))
        case "text" if isinstance(value, str) and value.isprintable():
            return s.Literal(kind=kind, value=value)
        case "bool" if isinstance(value, bool):
            return s.Literal(kind=kind, value=value)
        case "today":
            return s.Literal(kind=kind, value=None)
    raise _wrong({kind: value}, phrase("a node"))


def _number(value: Any) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str) and len(value) < 60 else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found.adjusted()) > 30:
        raise _wrong(value, phrase("a number as text, such as 12.5"))
    return found


def _wrong(value: Any, wanted: str) -> PredicateError:
    return PredicateError(
        phrase("{value} is not {wanted}", value=quoted(value), wanted=wanted),
        hint="See the JSON form in the reference.",
    )
