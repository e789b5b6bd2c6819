"""Whether two values may be compared, and what arithmetic on them gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from attrs import evolve

from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates.tree import Ago, Constant, Formula, Key, Several, Today, Type

_CALLED: Final = {
    "number": phrase("a number"), "money": phrase("an amount of money"), "text": phrase("text"),
    "date": phrase("a date"), "instant": phrase("a date and time"), "bool": phrase("true or false"),
    "duration": phrase("a duration"), "employee": phrase("an employee"),
}  # fmt: skip
_BEGINNING: Final = {
    "number": phrase("A number"), "money": phrase("An amount of money"), "text": phrase("Text"),
    "date": phrase("A date"), "instant": phrase("A date and time"), "bool": phrase("True or false"),
    "duration": phrase("A duration"), "employee": phrase("An employee"),
}  # fmt: skip
_LARGEST: Final = 2**63
Refuse = Callable[..., Exception]


def called(type_: Type, *, first: bool = False) -> str:
    """`a number`; `A number` where it is the first word."""
    return (_BEGINNING if first else _CALLED)[type_.kind]


def is_moment(value: Any) -> bool:
    """Whether the value is a date or instant that does not depend on the customer."""
    return isinstance(value, Ago | Today) or (
        isinstance(value, Constant) and isinstance(value.value, date | datetime)
    )


def adapted(value: Any, other: Any) -> Any:
    """A payload key that nobody declared takes the type of what it is compared with."""
    if isinstance(value, Key | Several) and value.type.free:
        kind = "text" if other.type.free or other.type.kind == "employee" else other.type.kind
        return evolve(value, type=Type(kind, None if kind in ("number", "money") else 0))
    return value


def mismatch(left: Any, right: Any) -> tuple[str, str] | None:
    """Why the two cannot be compared, as (message, hint); None where they can."""
    one, two = left.type.kind, right.type.kind
    if left.type.is_numeric and right.type.is_numeric:
        return None
    if {one, two} <= {"date", "instant"}:
        return _times(left, right)
    if "employee" in (one, two) and {one, two} != {"employee"} and {one, two} != {"employee", "text"}:
        return _different(left, right)
    if one == two or {one, two} == {"employee", "text"}:
        return _employees(left, right)
    return _different(left, right)


def _times(left: Any, right: Any) -> tuple[str, str] | None:
    if left.type.kind == right.type.kind or is_moment(left) or is_moment(right):
        fixed, other = (left, right) if is_moment(left) else (right, left)
        if isinstance(getattr(fixed, "value", None), datetime) and other.type.kind == "date":
            return phrase("A date has no time of day"), phrase("Write the date alone, such as 2026-05-01.")
        return None
    return phrase("A date cannot be compared with a date and time"), phrase("Compare each with a fixed date.")


def _employees(left: Any, right: Any) -> tuple[str, str] | None:
    if left.type.kind == right.type.kind == "duration":
        return phrase("Durations cannot be compared"), ""
    if "employee" in (left.type.kind, right.type.kind) and not isinstance(right, Constant):
        return phrase("An employee is compared with a name"), phrase("Write owner = 'Anna'.")
    return None


def _different(left: Any, right: Any) -> tuple[str, str]:
    message = phrase(
        "{called} cannot be compared with {other}",
        called=called(left.type, first=True),
        other=called(right.type),
    )
    kinds = {left.type.kind, right.type.kind}
    hint: str = ""
    if "duration" in kinds:
        hint = phrase("days_since(…) is a number: write > 30. A moment is written 30 days ago.")
    elif "text" in kinds and kinds & {"date", "instant"}:
        hint = phrase("A date is written without quotes: 2026-05-01.")
    elif "text" in kinds and kinds & {"number", "money"}:
        hint = phrase("A number is written without quotes: 12.5.")
    elif "bool" in kinds:
        hint = phrase("Write true or false, without quotes.")
    return message, hint


def unfit(value: Any, constant: Any) -> tuple[str, str] | None:
    """Why no value could ever equal the constant, as (message, hint); None where one could."""
    if not isinstance(constant, Constant):
        return None
    given = constant.value
    choices = value.type.choices
    if choices and isinstance(given, str) and given not in choices:
        meant = nearest(given, choices)
        hint = (
            phrase("Did you mean '{meant}'?", meant=meant)
            if meant
            else phrase("Its values: {choices}", choices=", ".join(choices))
        )
        return phrase("{given} is not one of its values", given=quoted(given)), hint
    if isinstance(given, Decimal) and value.type.is_numeric and value.type.scale is not None:
        if abs(given) * 10**value.type.scale >= _LARGEST:
            return phrase("The number is larger than any that is kept"), ""
        if (
            value.type.kind == "money"
            and value.type.scale < -_exponent(given)
            and not isinstance(value, Formula)
        ):
            digits = value.type.scale or phrase("no")
            return phrase("The business's currency has {digits} decimals", digits=digits), ""
    return None


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def result_of(operator: str, left: Type, right: Type) -> Type:
    """The type of `left operator right`, both numeric: always a double in major units."""
    money = (left.kind == "money") + (right.kind == "money")
    if operator in "+-":
        kind = "money" if money else "number"
    elif operator == "*":
        kind = "money" if money == 1 else "number"
    else:
        kind = "money" if left.kind == "money" and right.kind != "money" else "number"
    return Type(kind, None)
