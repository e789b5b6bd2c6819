"""A predicate read back as a plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from crmkit.core.predicates import tree as t
from crmkit.core.predicates.predicate import Predicate

# Another language is another mapping of the same keys.
ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "whole": "Customers for whom {0}.", "and": "{0}, and {1}", "or": "{0}, or {1}",
        "either": "either {0}",
        "not": "it is not so that {0}", "nested": "({0})",
        "=": "{0} is {1}", "!=": "{0} is not {1}", "<": "{0} is less than {1}", "<=": "{0} is at most {1}",
        ">": "{0} is more than {1}", ">=": "{0} is at least {1}", "before": "{0} is before {1}",
        "not after": "{0} is not after {1}", "after": "{0} is after {1}",
        "not before": "{0} is not before {1}",
        "in": "{0} is one of {1}", "between": "{0} is between {1} and {2}", "null": "{0} is not known",
        "contains": "{0} contains {1}", "starts": "{0} starts with {1}", "holds": "{0} is true",
        "tag": "the tag {0} is set", "birthday": "{0} has its anniversary today",
        "birthday within": "{0} has its anniversary within {1} days",
        "consent": "there is consent to {0} by {1}", "segment": "they are in the segment {0}",
        "was": "they were in the segment {0} {1}", "related": "{0} leads to somebody for whom {1}",
        "count": "the number of {0}", "sum": "the sum of {0}", "avg": "the average of {0}",
        "min": "the least of {0}",
        "max": "the greatest of {0}", "first": "the first of {0}", "last": "the last of {0}",
        "exists": "there is any of {0}", "days_since": "the days since the last of {0}", "over": "{1} of {0}",
        "where": "{0} where {1}", "window last": "{0} in the last {1}", "window this": "{0} this {1}",
        "window since": "{0} since {1}", "window until": "{0} before {1}",
        "window from": "{0} from {1} until before {2}",
        "+": "{0} plus {1}", "-": "{0} minus {1}", "*": "{0} times {1}", "/": "{0} divided by {1}",
        "ago": "{0} ago", "today": "today", "true": "true", "false": "false", "given": "{0} of {1}",
    }
)  # fmt: skip
_TIMES: Final = {"<": "before", "<=": "not after", ">": "after", ">=": "not before"}


def sentence(predicate: Predicate, phrases: Mapping[str, str] = ENGLISH) -> str:
    """The predicate as one sentence, in the language of `phrases`."""
    return phrases["whole"].format(_Saying(phrases).condition(predicate.tree))


def clause(predicate: Predicate, phrases: Mapping[str, str] = ENGLISH) -> str:
    """The predicate as a part of a sentence: what holds for the customers that it means."""
    return _Saying(phrases).condition(predicate.tree)


class _Saying:
    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._phrases = phrases

    def _say(self, key: str, *parts: Any) -> str:
        return self._phrases[key].format(*parts)

    def condition(self, node: Any, *, nested: bool = False) -> str:  # noqa: PLR0911 - one for each kind of node
        match node:
            case t.AllOf(items) | t.AnyOf(items):
                return self._joined("and" if isinstance(node, t.AllOf) else "or", items, nested=nested)
            case t.Not(item):
                return self._say("not", self.condition(item, nested=True))
            case t.Compare(operator, left, right):
                is_time = left.type.kind in ("date", "instant") or right.type.kind in ("date", "instant")
                key = _TIMES.get(operator, operator) if is_time else operator
                return self._say(key, self.value(left), self.value(right))
            case t.OneOf(value, items):
                return self._say("in", self.value(value), ", ".join(map(self.value, items)))
            case t.Between(value, low, high):
                return self._say("between", *map(self.value, (value, low, high)))
            case t.IsNull(value):
                return self._say("null", self.value(value))
            case t.Matches(how, value, text):
                return self._say(how, self.value(value), f"“{text}”")
            case t.Holds(t.Aggregate() as value):
                return self.value(value)
            case t.Holds(value):
                return self._say("holds", self.value(value))
        return self._word(node)

    def _joined(self, key: str, items: tuple[Any, ...], *, nested: bool) -> str:
        said = self.condition(items[0], nested=True)
        for each in items[1:]:
            said = self._say(key, said, self.condition(each, nested=True))
        if key == "or":
            said = self._say("either", said)
        return self._say("nested", said) if nested else said

    def _word(self, node: Any) -> str:
        match node:
            case t.HasTag(tag):
                return self._say("tag", f"“{tag}”")
            case t.Birthday(value, within):
                return self._say("birthday within" if within else "birthday", self.value(value), within)
            case t.Consented(purpose, channel):
                return self._say("consent", purpose, channel)
            case t.InSegment(name):
                return self._say("segment", name)
            case t.WasIn(name, ago):
                return self._say("was", name, self._say("ago", ago))
        return self._say("related", _plain(node.kind), self.condition(node.condition, nested=True))

    def value(self, node: Any) -> str:  # noqa: PLR0911 - one for each kind of node
        match node:
            case t.Constant(_, value):
                return self._constant(value)
            case t.Ago(duration):
                return self._say("ago", duration)
            case t.Today():
                return self._say("today")
            case t.Arithmetic(operator, left, right):
                return self._say("nested", self._say(operator, self.value(left), self.value(right)))
            case t.Aggregate():
                return self._aggregate(node)
            case t.TraitValue(name, arguments) if arguments:
                return self._say("given", _plain(name), ", ".join(map(str, arguments)))
        return _plain(node.name)

    def _constant(self, value: Any) -> str:
        match value:
            case bool():
                return self._say("true" if value else "false")
            case Decimal():
                return f"{value:f}"
            case date():
                return str(value)
        return f"“{value}”" if isinstance(value, str) else str(value)

    def _aggregate(self, node: t.Aggregate) -> str:
        what = _plain(node.source.name)
        if node.where is not None:
            what = self._say("where", what, self.condition(node.where, nested=True))
        if node.key is not None:
            what = self._say("over", what, _plain(node.key.name))
        if node.window is not None:
            what = self._say(f"window {node.window.kind}", what, node.window.first, node.window.second)
        return self._say(node.function, what)


def _plain(name: str) -> str:
    return name.replace("_", " ")
