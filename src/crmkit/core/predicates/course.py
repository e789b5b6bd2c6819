"""How a condition's answers go on when nothing but the time does: only to true, only away from it, or both.

False, unknown and true are ordered so; then `and` is the least, `or` the greatest, and `not` turns it over.
All of it holds only as long as no row is dated later than the moment of asking.
"""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from crmkit.core.predicates.tree import (
    Aggregate,
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Between,
    Compare,
    Condition,
    Consented,
    Constant,
    FieldValue,
    Formula,
    HasTag,
    Holds,
    InSegment,
    IsNull,
    Matches,
    Not,
    OneOf,
    Several,
    Today,
    Value,
    walk,
)


@frozen
class Course:
    """`rises` says that a value or an answer never gets less as time goes on, `falls` that it never gets
    more; both, that it stays; neither, that it can do either."""

    rises: bool = False
    falls: bool = False

    def __and__(self, other: Course) -> Course:
        """What holds of both."""
        return Course(self.rises and other.rises, self.falls and other.falls)

    @property
    def turned(self) -> Course:
        """That of the opposite."""
        return Course(self.falls, self.rises)

    @property
    def stays(self) -> bool:
        """Whether it is the same at all times."""
        return self.rises and self.falls


STAYS: Final = Course(True, True)
_RISES: Final = Course(rises=True)
_FALLS: Final = Course(falls=True)
_EITHER: Final = Course()
# Windows that begin later as time goes on.
_MOVING: Final = ("last", "this")


def course(node: Condition) -> Course:  # noqa: PLR0911 - one for each kind of node
    """That of a condition."""
    match node:
        case AllOf(items) | AnyOf(items):
            return _of_all([course(each) for each in items])
        case Not(item):
            return course(item).turned
        case InSegment(_, condition):
            return course(condition)
        case HasTag() | Consented():
            return STAYS
        case Compare(operator, left, right):
            return _compared(operator, left, right)
        case Between(value, low, high):
            return _compared(">=", value, low) & _compared("<=", value, high)
        case Holds(Aggregate("exists") as value):
            return _of_value(value)
        case OneOf(value) | IsNull(value) | Matches(_, value) | Holds(value):
            return STAYS if _of_value(value).stays else _EITHER
    return _EITHER


def _of_all(found: list[Course]) -> Course:
    both = STAYS
    for each in found:
        both &= each
    return both


def _compared(operator: str, left: Value, right: Value) -> Course:
    match operator, left, right:
        case "=", Aggregate("count"), Constant(_, number) if number == 0:
            operator = "<="  # there are no fewer than none
    one, two = _of_value(left), _of_value(right)
    more = one & two.turned
    if operator in (">", ">="):
        return more
    if operator in ("<", "<="):
        return more.turned
    return STAYS if more.stays else _EITHER


def _of_value(node: Any) -> Course:
    match node:
        case Constant() | Attribute() | FieldValue() | Several():
            return STAYS
        case Ago() | Today():
            return _RISES
        case Formula(_, value):
            return _of_value(value)
        case Arithmetic(_, left, right):
            return STAYS if (_of_value(left) & _of_value(right)).stays else _EITHER
        case Aggregate():
            return _of_aggregate(node)
    return _EITHER


def _of_aggregate(node: Aggregate) -> Course:
    if node.source.kind != "interaction" or (node.where is not None and _asks_the_time(node.where)):
        return _EITHER
    is_moving = node.window is not None and node.window.kind in _MOVING
    match node.function, is_moving:
        case "days_since", _:
            return _EITHER if is_moving else _RISES
        case _, False:
            return STAYS
        case "count" | "exists", True:
            return _FALLS
    return _EITHER


def _asks_the_time(where: Condition) -> bool:
    return any(isinstance(each, Ago | Today) for each in walk(where))
