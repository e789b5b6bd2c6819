"""From the parser's tree to syntax nodes."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from lark import Token

from crmkit.core.phrase import phrase
from crmkit.core.predicates import literals
from crmkit.core.predicates.errors import located
from crmkit.core.predicates.refusals import too_deep, too_large
from crmkit.core.predicates.syntax import (
    DEEPEST,
    LARGEST,
    Call,
    Filtered,
    Literal,
    Name,
    Operation,
    Syntax,
    Window,
)

_KINDS: Final = {
    "NUMBER": "number", "STRING": "text", "DATE": "date", "DATETIME": "datetime", "TRUE": "bool",
    "FALSE": "bool", "TODAY": "today", "NULL": "null",
}  # fmt: skip


class Reading:
    """Makes syntax nodes bottom-up; what is too deep or too large is refused on the way."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where

    def transform(self, tree: Any) -> Any:
        """The syntax of a parse; lark's own walk recurses, this one does not."""
        done: dict[int, Any] = {}
        for subtree in tree.iter_subtrees():
            children = [done[id(c)] if not isinstance(c, Token) else c for c in subtree.children]
            done[id(subtree)] = getattr(self, subtree.data)(subtree.meta, children)
        return done[id(tree)]

    def _node(self, cls: Any, meta: Any, below: Any, **values: Any) -> Any:
        parts = [part for part in below if not isinstance(part, Token | str | tuple)]
        depth = 1 + max((part.depth for part in parts), default=0)
        size = 1 + sum(part.size for part in parts)
        if depth > DEEPEST:
            raise too_deep(self._text, meta.start_pos, self._where)
        if size > LARGEST:
            raise too_large(self._where)
        return cls(start=meta.start_pos, end=meta.end_pos, depth=depth, size=size, **values)

    def _operation(self, meta: Any, operator: str, operands: list[Syntax]) -> Any:
        return self._node(Operation, meta, operands, operator=operator, operands=tuple(operands))

    def _refuse(self, meta: Any, message: str, hint: str = "") -> NoReturn:
        raise located(message, self._text, meta.start_pos, meta.end_pos, where=self._where, hint=hint)

    def either(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "or", parts)

    def both(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "and", parts)

    def negation(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "not", parts)

    def comparison(self, meta: Any, parts: list[Any]) -> Any:
        left, operator, right = parts
        return self._operation(meta, "!=" if operator == "<>" else str(operator), [left, right])

    def is_null(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "is null", parts)

    def one_of(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "in", parts)

    def between(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "between", parts)

    def contains(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "contains", parts)

    def starts(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "starts with", parts)

    def is_not_null(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "not", [self.is_null(meta, parts)])

    def none_of(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "not", [self.one_of(meta, parts)])

    def not_between(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "not", [self.between(meta, parts)])

    def not_contains(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "not", [self.contains(meta, parts)])

    def not_starts(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "not", [self.starts(meta, parts)])

    def arithmetic(self, meta: Any, parts: list[Any]) -> Any:
        left, operator, right = parts
        return self._operation(meta, str(operator), [left, right])

    def minus(self, meta: Any, parts: list[Any]) -> Any:
        return self._operation(meta, "minus", parts[1:])

    def bracket(self, meta: Any, parts: list[Any]) -> Any:
        if parts[0].depth > DEEPEST - 1:
            raise too_deep(self._text, meta.start_pos, self._where)
        return parts[0]

    def word(self, meta: Any, parts: list[Any]) -> Any:
        return self._node(Name, meta, (), name=str(parts[0]))

    def call(self, meta: Any, parts: list[Any]) -> Any:
        name, arguments = str(parts[0]), parts[1:]
        return self._node(Call, meta, arguments, name=name, arguments=tuple(arguments))

    def membership(self, meta: Any, parts: list[Any]) -> Any:
        return self._node(Call, meta, parts, name="in", arguments=tuple(parts))

    def past_membership(self, meta: Any, parts: list[Any]) -> Any:
        return self._node(Call, meta, parts, name="was_in", arguments=tuple(parts))

    def segment(self, meta: Any, parts: list[Any]) -> Any:
        name = "".join(parts)
        name = literals.text_value(name) if name.startswith("'") else name
        return self._node(Name, meta, (), name=name)

    def filtered(self, meta: Any, parts: list[Any]) -> Any:
        return self._node(Filtered, meta, parts, what=parts[0], condition=parts[1])

    def window(self, meta: Any, parts: list[Any]) -> Any:
        kind = str(parts[0]).lower()
        if kind == "this":
            first: Any = str(parts[1]).lower().removesuffix("s")
            if first == "hour":
                self._refuse(
                    meta,
                    phrase("There is no window of this hour"),
                    phrase("Write this day, week, month or year."),
                )
        else:
            first = parts[1]
        return self._node(
            Window, meta, (), kind=kind, first=first, second=parts[3] if kind == "from" else None
        )

    def moment(self, meta: Any, parts: list[Any]) -> Any:
        return self._moment(meta, parts[0])

    def duration(self, meta: Any, parts: list[Any]) -> Any:
        value = literals.duration_value(*map(str, parts))
        if value is None:
            self._refuse(meta, literals.duration_rule(), phrase("Write 90 days, or 2 years."))
        return value

    def length(self, meta: Any, parts: list[Any]) -> Any:
        return self._node(Literal, meta, (), kind="duration", value=parts[0])

    def ago(self, meta: Any, parts: list[Any]) -> Any:
        return self._node(Literal, meta, (), kind="ago", value=parts[0])

    def literal(self, meta: Any, parts: list[Any]) -> Any:
        kind, value = self._literal(meta, parts[0])
        return self._node(Literal, meta, (), kind=kind, value=value)

    def _literal(self, meta: Any, token: Token) -> tuple[str, Any]:
        kind = _KINDS[token.type]
        if kind in ("date", "datetime"):
            return kind, self._moment(meta, token)
        if kind == "number":
            value = literals.number(str(token))
            if value is None:
                hint = phrase("A number has at most 18 digits, 9 of them after the point.")
                self._refuse(meta, phrase("This number is too large or too fine"), hint)
            return kind, value
        if kind == "text":
            return kind, literals.text_value(str(token))
        return kind, token.type == "TRUE" if kind == "bool" else None

    def _moment(self, meta: Any, token: Token) -> Any:
        read = literals.date_value if token.type == "DATE" else literals.datetime_value
        value = read(str(token))
        if value is None:
            self._refuse(
                meta,
                phrase("There is no such day or time in the calendar"),
                phrase("Write a date such as 2026-02-28."),
            )
        return value
