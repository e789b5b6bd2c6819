"""From syntax to the typed tree: what each word means, and whether it all fits together, in one pass."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from attrs import define, evolve, field

from crmkit.core.errors import CrmError
from crmkit.core.phrase import Phrase, phrase
from crmkit.core.predicates import functions, names, syntax, types
from crmkit.core.predicates.context import Context
from crmkit.core.predicates.errors import PredicateError, located
from crmkit.core.predicates.tree import (
    BOOL,
    DATE,
    DURATION,
    INSTANT,
    NUMBER,
    TEXT,
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Compare,
    Condition,
    Constant,
    Holds,
    IsNull,
    Matches,
    Not,
    OneOf,
    Several,
    Source,
    Today,
    Type,
    Value,
)

T = TypeVar("T")
_ARITHMETIC: Final = ("+", "-", "*", "/", "minus")
# Twelve products of the largest numbers stay far inside what a double holds, on every engine.
_PRODUCTS: Final = 12
_LONGEST_PATTERN: Final = 200
_KINDS: Final[Mapping[str, Type]] = {
    "number": NUMBER, "text": TEXT, "date": DATE, "datetime": INSTANT, "bool": BOOL, "duration": DURATION,
}  # fmt: skip


@define
class Resolver:
    """Resolves one text. `rows` is set while inside `where`: then only the keys of those rows have a meaning.

    `stack` holds the segments and formulas that are being expanded; `size` and `depth` count what they add.
    """

    context: Context
    text: str
    where: str = ""
    stack: tuple[str, ...] = ()
    rows: Source | None = None
    size: int = 0
    depth: int = 0
    _products: int = field(default=0, init=False)

    def wrong(self, node: syntax.Syntax, message: str, hint: str = "", **details: Any) -> PredicateError:
        """The error that points at `node`."""
        return located(message, self.text, node.start, node.end, hint=hint, where=self.where, **details)

    def condition(self, node: syntax.Syntax) -> Condition:
        """The condition that `node` is."""
        if isinstance(node, syntax.Operation) and node.operator not in _ARITHMETIC:
            return self._operation(node)
        if isinstance(node, syntax.Call):
            found = functions.function(self, node)
            if found is not None:
                return found
        value = self.value(node)
        if value.type.kind != "bool" or isinstance(value, Several):
            raise self.wrong(
                node,
                phrase("A condition is needed here, this is {called}", called=types.called(value.type)),
                _compare_it(value),
            )
        return Holds(value)

    def _operation(self, node: syntax.Operation) -> Condition:
        read: Mapping[str, Callable[[syntax.Operation], Condition]] = {
            "and": lambda each: AllOf(self._flat(AllOf, each.operands)),
            "or": lambda each: AnyOf(self._flat(AnyOf, each.operands)),
            "not": lambda each: Not(self.condition(each.operands[0])),
            "is null": self._is_null,
            "in": self._one_of,
            "between": self._between,
            "contains": self._matches,
            "starts with": self._matches,
        }
        return read.get(node.operator, self._compare)(node)

    def _flat(self, kind: Any, nodes: tuple[syntax.Syntax, ...]) -> tuple[Condition, ...]:
        found: list[Condition] = []
        for node in nodes:
            item = self.condition(node)
            found.extend(item.items if isinstance(item, kind) else (item,))
        return tuple(found)

    def _compare(self, node: syntax.Operation) -> Condition:
        left_node, right_node = node.operands
        for each in node.operands:
            if isinstance(each, syntax.Literal) and each.kind == "null":
                raise self.wrong(
                    node, phrase("Nothing compares with null"), phrase("Write is null, or is not null.")
                )
        left, right = self._pair(left_node, right_node)
        if isinstance(right, Several):
            raise self.wrong(
                right_node,
                phrase("A word with several values stands on the left"),
                phrase("Write {right} first.", right=right.name),
            )
        if isinstance(left, Several) and not isinstance(right, Constant):
            raise self.wrong(
                right_node,
                phrase("{left} can have several values: compare it with a fixed one", left=left.name),
            )
        if node.operator not in ("=", "!=") and {"bool", "employee"} & {left.type.kind, right.type.kind}:
            raise self.wrong(
                node,
                phrase("{called} has no order", called=types.called(left.type, first=True)),
                phrase("Use = or !=."),
            )
        return Compare(node.operator, left, right)

    def _pair(self, left_node: syntax.Syntax, right_node: syntax.Syntax) -> tuple[Any, Any]:
        """Both values, known to be comparable."""
        left, right = self.value(left_node), self.value(right_node)
        left, right = types.adapted(left, right), types.adapted(right, left)
        problem = types.mismatch(left, right)
        if problem is not None:
            raise self.wrong(right_node, problem[0], problem[1])
        return self._kept(left, right, left_node), self._kept(right, left, right_node)

    def _kept(self, value: Any, other: Any, node: syntax.Syntax) -> Any:
        """`value`; where it is fixed, in the form in which the other side is kept."""
        problem = types.unfit(other, value)
        if problem is not None:
            raise self.wrong(node, problem[0], problem[1])
        normalise = self.context.normalisers.get(getattr(other, "name", ""))
        is_contact = isinstance(other, Several) and other.group == "contact"
        if normalise is None or not is_contact or not isinstance(value, Constant) or value.type != TEXT:
            return value
        try:
            return Constant(TEXT, normalise(str(value.value)))
        except CrmError as error:
            raise self.wrong(node, error.message, error.hint) from None

    def _is_null(self, node: syntax.Operation) -> Condition:
        value = self.value(node.operands[0])
        if isinstance(value, Constant | Ago | Today):
            raise self.wrong(node, phrase("A fixed value is never null"))
        return IsNull(value)

    def _one_of(self, node: syntax.Operation) -> Condition:
        value_node, *item_nodes = node.operands
        items = []
        value: Any = None
        for item_node in item_nodes:
            if isinstance(item_node, syntax.Literal) and item_node.kind == "null":
                raise self.wrong(item_node, phrase("null cannot be in a list"), phrase("Add: or … is null"))
            value, item = self._pair(value_node, item_node)
            if not isinstance(item, Constant):
                raise self.wrong(
                    item_node,
                    phrase("A list holds fixed values"),
                    phrase("Compare with each: x = … or x = …"),
                )
            items.append(item)
        return OneOf(value, tuple(items))

    def _between(self, node: syntax.Operation) -> Condition:
        value_node, low_node, high_node = node.operands
        value, low = self._pair(value_node, low_node)
        _, high = self._pair(value_node, high_node)
        if value.type.kind in ("bool", "employee"):
            raise self.wrong(
                node,
                phrase("{called} has no order", called=types.called(value.type, first=True)),
                phrase("Use = or !=."),
            )
        if isinstance(value, Several) or any(isinstance(each, Several) for each in (low, high)):
            raise self.wrong(
                node,
                phrase("A word with several values is not between two"),
                phrase("Use =, in, contains or starts with."),
            )
        return Between(value, low, high)

    def _matches(self, node: syntax.Operation) -> Condition:
        value, pattern = self.value(node.operands[0]), self.value(node.operands[1])
        value = types.adapted(value, pattern)
        how = "contains" if node.operator == "contains" else "starts"
        if not isinstance(pattern, Constant) or not isinstance(pattern.value, str):
            raise self.wrong(
                node.operands[1], phrase("{operator} takes text in single quotes", operator=node.operator)
            )
        if value.type.kind != "text" or isinstance(value, Constant):
            raise self.wrong(
                node.operands[0],
                phrase(
                    "{operator} is about text, this is {called}",
                    operator=node.operator,
                    called=types.called(value.type),
                ),
            )
        if not pattern.value or len(pattern.value) > _LONGEST_PATTERN:
            raise self.wrong(
                node.operands[1],
                phrase(
                    "The text has from 1 to {longest_pattern} characters", longest_pattern=_LONGEST_PATTERN
                ),
            )
        if isinstance(value, Several) and value.group == "choice":
            problem = types.unfit(value, pattern)
            if problem is not None:
                raise self.wrong(node.operands[1], problem[0], problem[1])
            return OneOf(value, (pattern,))
        return Matches(how, value, pattern.value)

    def value(self, node: syntax.Syntax) -> Value:
        """The value that `node` is."""
        match node:
            case syntax.Literal():
                return self._literal(node)
            case syntax.Name():
                return names.key(self, node) if self.rows is not None else names.name(self, node)
            case syntax.Call():
                return functions.called(self, node)
            case syntax.Operation(operator=operator) if operator in _ARITHMETIC:
                return self._arithmetic(node)
            case syntax.Window():
                raise self.wrong(
                    node,
                    phrase("A window stands in an aggregate"),
                    phrase("Write count(purchase, last 90 days)."),
                )
            case syntax.Filtered():
                raise self.wrong(
                    node,
                    phrase("where stands in an aggregate"),
                    phrase("Write count(purchase where amount > 10)."),
                )
        raise self.wrong(node, phrase("A value is needed here, this is a condition"))

    def _literal(self, node: syntax.Literal) -> Value:
        if node.kind == "null":
            raise self.wrong(node, phrase("null is not a value"), phrase("Write is null, or is not null."))
        if node.kind == "ago":
            return Ago(node.value)
        if node.kind == "today":
            return Today()
        value = node.value
        if isinstance(value, str):
            value = unicodedata.normalize("NFC", value)
        return Constant(_KINDS[node.kind], value)

    def _arithmetic(self, node: syntax.Operation) -> Value:
        operands = [self._number(each) for each in node.operands]
        if node.operator == "minus":
            if isinstance(operands[0], Constant) and isinstance(operands[0].value, Decimal):
                return Constant(NUMBER, -operands[0].value if operands[0].value else Decimal(0))
            zero = Constant(NUMBER, Decimal(0))
            return Arithmetic("-", zero, operands[0], types.result_of("-", NUMBER, operands[0].type))
        left, right = operands
        if node.operator in "*/":
            self._products += 1
            if self._products > _PRODUCTS:
                raise self.wrong(
                    node,
                    phrase(
                        "A predicate has at most {products} multiplications and divisions", products=_PRODUCTS
                    ),
                )
        return Arithmetic(node.operator, left, right, types.result_of(node.operator, left.type, right.type))

    def _number(self, node: syntax.Syntax) -> Value:
        value: Value = types.adapted(self.value(node), Constant(NUMBER, Decimal(0)))
        if not value.type.is_numeric or isinstance(value, Several):
            hint = (
                phrase("A day before today is written 30 days ago.")
                if value.type.kind in ("date", "instant")
                else ""
            )
            raise self.wrong(
                node,
                phrase("Arithmetic needs numbers, this is {called}", called=types.called(value.type)),
                hint,
            )
        return value

    def nested(self, text: str, where: str, entry: str) -> Resolver:
        """A resolver for a segment or formula that this one refers to."""
        return evolve(self, text=text, where=where, stack=(*self.stack, entry), rows=None, size=0, depth=0)


def _compare_it(value: Value) -> Phrase:
    examples = {"text": "= '…'", "employee": "= 'Anna'", "date": "< 2000-01-01", "instant": "> 30 days ago"}
    return phrase("Compare it: {example}", example=examples.get(value.type.kind, "> 0"))
