"""What a condition may come out as when a customer has no rows of some sort.

Decided on the set of possible truths, not on one value: the opposite of "unknown or false" may be true.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from crmkit.core.predicates.sql.moments import Shift
from crmkit.core.predicates.tree import (
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Compare,
    Condition,
    Constant,
    Formula,
    Holds,
    InSegment,
    IsNull,
    Matches,
    Not,
    OneOf,
    WasIn,
)

Truths = frozenset[bool | None]
EVERY: Final[Truths] = frozenset({True, False, None})
ANY: Final = object()
# What an absent value is: None, 0 or False; ANY where it is not absent.
Absent = Callable[[Any, Shift], Any]
_TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip


def possible(node: Condition, shift: Shift, absent: Absent) -> Truths:
    """Every truth that `node` can have when what `absent` names is not there."""
    match node:
        case AllOf(items):
            return _combined([possible(each, shift, absent) for each in items], every)
        case AnyOf(items):
            return _combined([possible(each, shift, absent) for each in items], some)
        case Not(item):
            return frozenset(opposite(each) for each in possible(item, shift, absent))
        case InSegment(_, condition):
            return possible(condition, shift, absent)
        case WasIn(_, ago, condition):
            return possible(condition, (*shift, ago), absent)
    return _leaf(node, shift, absent)


def _leaf(node: Any, shift: Shift, absent: Absent) -> Truths:
    match node:
        case Compare(operator, left, right):
            return _compared(operator, known(left, shift, absent), known(right, shift, absent))
        case Holds(value):
            found = known(value, shift, absent)
            return EVERY if found is ANY else frozenset({found})
        case IsNull(value):
            found = known(value, shift, absent)
            return frozenset({True, False}) if found is ANY else frozenset({found is None})
        case OneOf() | Between() | Matches():
            return frozenset({None}) if known(node.value, shift, absent) is None else EVERY
    return EVERY


def known(value: Any, shift: Shift, absent: Absent) -> Any:
    """The value where it follows from what is absent, else ANY."""
    match value:
        case Constant():
            return float(value.value) if value.type.is_numeric else ANY  # type: ignore[arg-type]
        case Formula():
            return known(value.value, shift, absent)
        case Arithmetic(_, left, right):
            if known(left, shift, absent) is None or known(right, shift, absent) is None:
                return None
            return ANY
    return absent(value, shift)


def _compared(operator: str, left: Any, right: Any) -> Truths:
    if left is None or right is None:
        return frozenset({None})
    if left is ANY or right is ANY:
        return EVERY
    return frozenset({_TESTS[operator](left, right)})


def _combined(sets: list[Truths], combine: Callable[[tuple[bool | None, ...]], bool | None]) -> Truths:
    found = sets[0]
    for each in sets[1:]:
        found = frozenset(combine(pair) for pair in product(found, each))
    return found


def every(truths: tuple[bool | None, ...]) -> bool | None:
    """And, in three values."""
    if False in truths:
        return False
    return None if None in truths else True


def some(truths: tuple[bool | None, ...]) -> bool | None:
    """Or, in three values."""
    if True in truths:
        return True
    return None if None in truths else False


def opposite(truth: bool | None) -> bool | None:
    """Not, in three values."""
    return None if truth is None else not truth
