"""A predicate read back as a plain sentence, in the language spoken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from crmkit.core.language import N_, _, ngettext
from crmkit.core.predicates import tree as t
from crmkit.core.predicates.duration import Duration
from crmkit.core.predicates.lengths import lately, length
from crmkit.core.predicates.predicate import Predicate

# What is said of two values, by the operator; of two times there are other words.
_COMPARED: Final = MappingProxyType(
    {
        "=": N_("{left} is {right}"),
        "!=": N_("{left} is not {right}"),
        "<": N_("{left} is less than {right}"),
        "<=": N_("{left} is at most {right}"),
        ">": N_("{left} is more than {right}"),
        ">=": N_("{left} is at least {right}"),
    }
)
_OF_TIMES: Final = _COMPARED | {
    "<": N_("{left} is before {right}"),
    "<=": N_("{left} is not after {right}"),
    ">": N_("{left} is after {right}"),
    ">=": N_("{left} is not before {right}"),
}
_CALCULATED: Final = MappingProxyType(
    {
        "+": N_("{left} plus {right}"),
        "-": N_("{left} minus {right}"),
        "*": N_("{left} times {right}"),
        "/": N_("{left} divided by {right}"),
    }
)
_MATCHED: Final = MappingProxyType(
    {"contains": N_("{value} contains {text}"), "starts": N_("{value} starts with {text}")}
)
_AGGREGATED: Final = MappingProxyType(
    {
        "count": N_("the number of {what}"),
        "sum": N_("the sum of {what}"),
        "avg": N_("the average of {what}"),
        "min": N_("the least of {what}"),
        "max": N_("the greatest of {what}"),
        "first": N_("the first of {what}"),
        "last": N_("the last of {what}"),
        "exists": N_("there is any of {what}"),
        "days_since": N_("the days since the last of {what}"),
    }
)
_THIS: Final = MappingProxyType(
    {
        "day": N_("{what} this day"),
        "week": N_("{what} this week"),
        "month": N_("{what} this month"),
        "year": N_("{what} this year"),
    }
)


def sentence(predicate: Predicate) -> str:
    """The predicate as one sentence."""
    return _("Customers for whom {condition}.", condition=clause(predicate))


def clause(predicate: Predicate) -> str:
    """The predicate as a part of a sentence: what holds for the customers that it means."""
    return _condition(predicate.tree)


def _condition(node: Any, *, nested: bool = False) -> str:  # noqa: PLR0911 - one for each kind of node
    match node:
        case t.AllOf(items) | t.AnyOf(items):
            said = _all_of(items) if isinstance(node, t.AllOf) else _any_of(items)
            return f"({said})" if nested else said
        case t.Not(item):
            return _("it is not so that {condition}", condition=_condition(item, nested=True))
        case t.Compare(operator, left, right):
            is_time = left.type.kind in ("date", "instant") or right.type.kind in ("date", "instant")
            words: Mapping[str, str] = _OF_TIMES if is_time else _COMPARED
            return _(words[operator], left=_value(left), right=_value(right))
        case t.OneOf(value, items):
            return _("{value} is one of {items}", value=_value(value), items=", ".join(map(_value, items)))
        case t.Between(value, low, high):
            parts = {"value": _value(value), "low": _value(low), "high": _value(high)}
            return _("{value} is between {low} and {high}", **parts)
        case t.IsNull(value):
            return _("{value} is not known", value=_value(value))
        case t.Matches(how, value, text):
            return _(_MATCHED[how], value=_value(value), text=_quoted(text))
        case t.Holds(t.Aggregate() as value):
            return _value(value)
        case t.Holds(t.TraitValue(name, ())):
            return _("“{trait}” holds", trait=_plain(name.rpartition(".")[2]))
        case t.Holds(value):
            return _("{value} is true", value=_value(value))
    return _word(node)


def _all_of(items: tuple[Any, ...]) -> str:
    return _joined(items, lambda first, second: _("{first}, and {second}", first=first, second=second))


def _any_of(items: tuple[Any, ...]) -> str:
    said = _joined(items, lambda first, second: _("{first}, or {second}", first=first, second=second))
    return _("either {choice}", choice=said)


def _joined(items: tuple[Any, ...], together: Callable[[str, str], str]) -> str:
    said = _condition(items[0], nested=True)
    for each in items[1:]:
        said = together(said, _condition(each, nested=True))
    return said


def _word(node: Any) -> str:  # noqa: PLR0911 - one for each kind of node
    match node:
        case t.HasTag(tag):
            return _("the tag {tag} is set", tag=_quoted(tag))
        case t.Birthday(value, 0):
            return _("{value} has its anniversary today", value=_value(value))
        case t.Birthday(value, within):
            return ngettext(
                "{value} has its anniversary within {count} day",
                "{value} has its anniversary within {count} days",
                within, value=_value(value),
            )  # fmt: skip
        case t.Consented(purpose, channel):
            return _("there is consent to {purpose} by {channel}", purpose=purpose, channel=channel)
        case t.InSegment(name):
            return _("they are in the segment {segment}", segment=name)
        case t.WasIn(name, ago):
            return _("they were in the segment {segment} {length} ago", segment=name, length=length(ago))
    whom = _condition(node.condition, nested=True)
    return _("{kind} leads to somebody for whom {condition}", kind=_plain(node.kind), condition=whom)


def _value(node: Any) -> str:  # noqa: PLR0911 - one for each kind of node
    match node:
        case t.Constant(_type, value):
            return _constant(value)
        case t.Ago(duration):
            return _("{length} ago", length=length(duration))
        case t.Today():
            return _("today")
        case t.Arithmetic(operator, left, right):
            return f"({_(_CALCULATED[operator], left=_value(left), right=_value(right))})"
        case t.Aggregate():
            return _aggregate(node)
        case t.TraitValue(name, arguments) if arguments:
            return _("{trait} of {arguments}", trait=_plain(name), arguments=", ".join(map(str, arguments)))
    return _plain(node.name)


def _constant(value: Any) -> str:
    match value:
        case bool():
            return _("true") if value else _("false")
        case Decimal():
            return f"{value:f}"
        case date():
            return str(value)
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """A text in the quotation marks of the language spoken."""
    return _("“{text}”", text=text)


def _aggregate(node: t.Aggregate) -> str:
    what = _quoted(_plain(node.source.name))
    if node.where is not None:
        what = _("{what} where {condition}", what=what, condition=_condition(node.where, nested=True))
    if node.key is not None:
        what = _("{key} of {what}", key=_plain(node.key.name), what=what)
    if node.window is not None:
        what = _within(what, node.window)
    return _(_AGGREGATED[node.function], what=what)


def _within(what: str, window: t.Window) -> str:
    match window:
        case t.Window("last", Duration() as duration):
            return lately(what, duration)
        case t.Window("this", unit):
            return _(_THIS[str(unit)], what=what)
        case t.Window("since", day):
            return _("{what} since {day}", what=what, day=day)
        case t.Window("until", day):
            return _("{what} before {day}", what=what, day=day)
    return _("{what} from {first} until before {second}", what=what, first=window.first, second=window.second)


def _plain(name: str) -> str:
    """A word as it is said: without the plugin that owns it."""
    return name.rpartition(".")[2].replace("_", " ")
