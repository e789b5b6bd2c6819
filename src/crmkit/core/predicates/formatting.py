"""The canonical text of a predicate: reading it gives the same tree."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from crmkit.core.predicates import syntax as s
from crmkit.core.predicates.duration import Duration
from crmkit.core.predicates.predicate import Expression, Predicate
from crmkit.core.predicates.writing import written

_BINDING: Final = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "minus": 7}
_TEST: Final = 4
_VALUE: Final = 5
_SEGMENT: Final = re.compile(r"[^\W\d]\w*(\.\w+)*(-\w+)*")
_NEGATED: Final = {
    "in": "not in",
    "between": "not between",
    "contains": "not contains",
    "starts with": "not starts with",
    "is null": "is not null",
}


def format(predicate: Predicate | Expression) -> str:  # noqa: A001 - a public verb of this package
    """The predicate's text in its canonical form: one space, no needless brackets."""
    return text_of(predicate.tree)


def text_of(tree: Any) -> str:
    """The canonical text of a tree or of a part of one."""
    return rendered(written(tree))


def rendered(node: s.Syntax) -> str:
    """The text of a piece of syntax."""
    match node:
        case s.Literal():
            return _literal(node)
        case s.Name(name=name):
            return name
        case s.Window():
            return _window(node)
        case s.Filtered(what=what, condition=condition):
            return f"{rendered(what)} where {rendered(condition)}"
        case s.Call():
            return _call(node)
    return _operation(node)


def _call(node: s.Call) -> str:
    arguments = [rendered(each) for each in node.arguments]
    if node.name in ("in", "was_in"):
        name = node.arguments[0].name  # type: ignore[union-attr]
        arguments[0] = name if _SEGMENT.fullmatch(name) else _quoted(name)
    return f"{node.name}({', '.join(arguments)})"


def _operation(node: s.Operation) -> str:
    operator, operands = node.operator, node.operands
    match operator:
        case "or" | "and":
            return f" {operator} ".join(_within(each, _BINDING[operator] + 1) for each in operands)
        case "not":
            return _negation(operands[0])
        case "minus":
            return f"-{_within(operands[0], _BINDING['minus'])}"
        case "+" | "-" | "*" | "/":
            level = _BINDING[operator]
            return f"{_within(operands[0], level)} {operator} {_within(operands[1], level + 1)}"
    return _test(operator, operator, operands)


def _negation(item: s.Syntax) -> str:
    if isinstance(item, s.Operation) and item.operator in _NEGATED:
        return _test(item.operator, _NEGATED[item.operator], item.operands)
    return f"not {_within(item, _BINDING['not'])}"


def _test(operator: str, shown: str, operands: tuple[s.Syntax, ...]) -> str:
    first, *rest = (_within(each, _VALUE) for each in operands)
    match operator:
        case "is null":
            return f"{first} {shown}"
        case "in":
            return f"{first} {shown} ({', '.join(rest)})"
        case "between":
            return f"{first} {shown} {rest[0]} and {rest[1]}"
    return f"{first} {shown} {rest[0]}"


def _within(node: s.Syntax, level: int) -> str:
    """The text, in brackets where it binds less than its surroundings."""
    text = rendered(node)
    binding = _BINDING.get(node.operator, _TEST) if isinstance(node, s.Operation) else 9
    return f"({text})" if binding < level else text


def _literal(node: s.Literal) -> str:  # noqa: PLR0911 - one for each kind of literal
    match node.kind:
        case "text":
            return _quoted(node.value)
        case "number":
            return f"{Decimal(node.value):f}"
        case "bool":
            return "true" if node.value else "false"
        case "date" | "datetime":
            return str(node.value.isoformat())
        case "ago":
            return f"{node.value} ago"
        case "null" | "today":
            return node.kind
    return str(node.value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _window(node: s.Window) -> str:
    first = node.first if isinstance(node.first, str | Duration) else node.first.isoformat()
    second = f" to {node.second.isoformat()}" if node.second is not None else ""
    return f"{node.kind} {first}{second}"
