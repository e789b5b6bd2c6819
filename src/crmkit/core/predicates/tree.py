"""The typed tree of a predicate: values and conditions, frozen, equal when they mean the same.

Every value has a `type`. Exact numbers and money are whole numbers of `10 ** -scale`; the result of
arithmetic is a double in major units (`scale` None).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from crmkit.core.model.words import Trait
from crmkit.core.predicates.duration import Duration

FUNCTIONS: Final = ("count", "sum", "avg", "min", "max", "first", "last", "exists", "days_since")


@frozen
class Type:
    """What a value is: `kind` is number, money, text, date, instant, bool, duration or employee.

    `choices` are all the texts there can be, where they are known. `free` marks a payload key that nobody
    declared: it takes the type of what it is compared with.
    """

    kind: str
    scale: int | None = 0
    choices: tuple[str, ...] = ()
    free: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether arithmetic applies."""
        return self.kind in ("number", "money")


NUMBER: Final = Type("number")
REAL: Final = Type("number", None)
TEXT: Final = Type("text")
DATE: Final = Type("date")
INSTANT: Final = Type("instant")
BOOL: Final = Type("bool")
EMPLOYEE: Final = Type("employee")
DURATION: Final = Type("duration")
FREE: Final = Type("text", free=True)


@frozen
class Constant:
    """A value written down: Decimal, str, date, naive local datetime, bool or Duration."""

    type: Type
    value: Decimal | str | date | datetime | bool | Duration


@frozen
class Ago:
    """The instant (or local date) that lies `duration` before the moment of asking."""

    duration: Duration
    type: Type = INSTANT


@frozen
class Today:
    """The local date of the moment of asking."""

    type: Type = DATE


@frozen
class Attribute:
    """A word that the core knows of every customer: `name`, `lifecycle`, `created`."""

    name: str
    type: Type


@frozen
class FieldValue:
    """A field by its stored name."""

    name: str
    type: Type


@frozen
class Several:
    """A word that may have many values: `group` is contact, choice or lines; a test holds if one value does.

    Without any value the answer is unknown.
    """

    name: str
    group: str
    type: Type = TEXT


@frozen
class TraitValue:
    """A trait with its arguments."""

    name: str
    arguments: tuple[Any, ...]
    type: Type
    trait: Trait = field(eq=False, repr=False)


@frozen
class Formula:
    """A trait that `crm.toml` declares as an expression."""

    name: str
    value: Value

    @property
    def type(self) -> Type:
        """The type of the expression."""
        return self.value.type


@frozen
class Key:
    """A key of an interaction or record inside `where`, or what an aggregate is over.

    `place` is column (of the row), payload, or employee.
    """

    name: str
    place: str
    type: Type


@frozen
class Source:
    """The rows an aggregate reads: interactions of a type, or records of one."""

    kind: str
    name: str


@frozen
class Window:
    """`kind` is last (Duration), this (unit), since, until or from; dates are local, instants local too."""

    kind: str
    first: Duration | str | date | datetime
    second: date | datetime | None = None


@frozen
class Aggregate:
    """`function(source[.key] where …, window)` over one customer's rows."""

    function: str
    source: Source
    key: Key | None
    where: Condition | None
    window: Window | None
    type: Type


@frozen
class Arithmetic:
    """`operator` is + - * /; division by zero is unknown. The result is a double."""

    operator: str
    left: Value
    right: Value
    type: Type


@frozen
class Compare:
    """`operator` is = != < <= > >=."""

    operator: str
    left: Value
    right: Value


@frozen
class OneOf:
    """`value in (items)`."""

    value: Value
    items: tuple[Constant, ...]


@frozen
class Between:
    """`low <= value <= high`."""

    value: Value
    low: Value
    high: Value


@frozen
class IsNull:
    """The value is not known; never unknown itself."""

    value: Value


@frozen
class Matches:
    """`how` is contains or starts: without regard to case and accents, character by character."""

    how: str
    value: Value
    text: str


@frozen
class Holds:
    """A value that is true or false stands as a condition."""

    value: Value


@frozen
class AllOf:
    """Every one of the items; nested ones are one."""

    items: tuple[Condition, ...]


@frozen
class AnyOf:
    """At least one of the items."""

    items: tuple[Condition, ...]


@frozen
class Not:
    """The opposite; of unknown it is unknown."""

    item: Condition


@frozen
class HasTag:
    """The customer carries the tag."""

    tag: str


@frozen
class Birthday:
    """The date's anniversary is today, or at most `within` days from today."""

    value: Value
    within: int = 0


@frozen
class Consented:
    """The latest word on the purpose and channel is that it is granted."""

    purpose: str
    channel: str


@frozen
class InSegment:
    """The customer is in the segment; `condition` is what the segment says."""

    name: str
    condition: Condition


@frozen
class WasIn:
    """The customer was in the segment, by what was known then."""

    name: str
    ago: Duration
    condition: Condition


@frozen
class Related:
    """A customer that this one has a relationship of `kind` to meets the condition."""

    kind: str
    condition: Condition


Value: TypeAlias = (
    Constant
    | Ago
    | Today
    | Attribute
    | FieldValue
    | Several
    | TraitValue
    | Formula
    | Key
    | Aggregate
    | Arithmetic
)
Condition: TypeAlias = (
    Compare
    | OneOf
    | Between
    | IsNull
    | Matches
    | Holds
    | AllOf
    | AnyOf
    | Not
    | HasTag
    | Birthday
    | Consented
    | InSegment
    | WasIn
    | Related
)
Tree: TypeAlias = Value | Condition


_BELOW: Final[Mapping[type[Any], tuple[str, ...]]] = {
    Compare: ("left", "right"),
    Arithmetic: ("left", "right"),
    OneOf: ("value", "items"),
    Between: ("value", "low", "high"),
    Not: ("item",),
    IsNull: ("value",),
    Matches: ("value",),
    Holds: ("value",),
    Birthday: ("value",),
    Formula: ("value",),
    InSegment: ("condition",),
    WasIn: ("condition",),
    Related: ("condition",),
    Aggregate: ("key", "where"),
}


def parts(node: Any) -> tuple[Any, ...]:
    """The nodes directly below."""
    if isinstance(node, AllOf | AnyOf):
        return node.items
    return tuple(part for name in _BELOW.get(type(node), ()) for part in _several(getattr(node, name)))


def _several(part: Any) -> tuple[Any, ...]:
    if part is None:
        return ()
    return part if isinstance(part, tuple) else (part,)


def walk(node: Any) -> Any:
    """`node` and everything below it, top down."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(parts(each))
