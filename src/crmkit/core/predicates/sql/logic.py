"""Conditions as SQL.

Each condition has two forms: one that holds where it is true, one that holds where it is false. Where neither
holds it is unknown. The opposite is pushed down to the leaves, so that what has no three values of its own,
such as `IN (SELECT …)`, never has to stand under NOT.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.normalise.fold import fold
from crmkit.core.predicates.sql import numbers
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.matching import text_matches
from crmkit.core.predicates.sql.moments import Shift
from crmkit.core.predicates.tree import (
    Ago,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Birthday,
    Compare,
    Condition,
    Constant,
    Holds,
    InSegment,
    IsNull,
    Matches,
    Not,
    OneOf,
    Several,
    Today,
    Value,
    WasIn,
)
from crmkit.core.predicates.types import is_moment

Sql = sa.ColumnElement[Any]
Test = sa.ColumnElement[bool]
_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_FLIPPED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Logic(ABC):
    """Turns conditions into SQL; what a word is in SQL, the subclass says."""

    def __init__(self, build: Build) -> None:
        self.build = build

    @abstractmethod
    def word(self, node: Any, shift: Shift) -> Sql:
        """The SQL of a value that is a word: an attribute, a field, a key, a trait, an aggregate."""

    @abstractmethod
    def has(self, node: Several, test: Callable[[Sql], Test] | None) -> Test:
        """The condition that one of several values meets `test` (None: that there is any)."""

    @abstractmethod
    def special(self, node: Any, shift: Shift, *, wanted: bool) -> Test:
        """The condition that a word which is itself a condition holds, or does not."""

    @abstractmethod
    def truth(self, node: Any, shift: Shift) -> Test:
        """The condition that a boolean word is true; unknown where the word is."""

    def holds(self, node: Condition, shift: Shift) -> Test:
        """The condition that `node` is true."""
        return self._form(node, shift, wanted=True)

    def fails(self, node: Condition, shift: Shift) -> Test:
        """The condition that `node` is false."""
        return self._form(node, shift, wanted=False)

    def _form(self, node: Condition, shift: Shift, *, wanted: bool) -> Test:  # noqa: PLR0911 - one for each kind of node
        match node:
            case AllOf(items) | AnyOf(items):
                parts = [self._form(each, shift, wanted=wanted) for each in items]
                return sa.and_(*parts) if isinstance(node, AllOf) == wanted else sa.or_(*parts)
            case Not(item):
                return self._form(item, shift, wanted=not wanted)
            case InSegment(_, condition):
                return self._form(condition, shift, wanted=wanted)
            case WasIn(_, ago, condition):
                return self._form(condition, (*shift, ago), wanted=wanted)
            case Compare() | OneOf() | Matches() | IsNull():
                return self._about(node, shift, wanted=wanted)
            case Between() | Birthday() | Holds():
                plain = self._plain(node, shift)
                return plain if wanted else sa.not_(plain)
        return self.special(node, shift, wanted=wanted)

    def _about(self, node: Compare | OneOf | Matches | IsNull, shift: Shift, *, wanted: bool) -> Test:
        """A test of one value, or of several of which one has to meet it."""
        value = node.left if isinstance(node, Compare) else node.value
        if isinstance(value, Several):
            return self._about_several(node, value, shift, wanted=wanted)
        if isinstance(node, IsNull):
            sql = self.value(node.value, shift)
            return sql.is_(None) if wanted else sql.is_not(None)
        plain = self._plain(node, shift)
        return plain if wanted else sa.not_(plain)

    def _about_several(
        self, node: Compare | OneOf | Matches | IsNull, value: Several, shift: Shift, *, wanted: bool
    ) -> Test:
        if isinstance(node, IsNull):
            filled = self.has(value, None)
            return sa.not_(filled) if wanted else filled
        if isinstance(node, Compare) and node.operator == "!=":
            node, wanted = Compare("=", node.left, node.right), not wanted
        test: Condition = node
        met = self.has(value, lambda sql: self._tested(test, sql, shift))
        return met if wanted else sa.and_(self.has(value, None), sa.not_(met))

    def _plain(self, node: Any, shift: Shift) -> Test:
        """The condition as SQL has it, unknown where SQL says NULL."""
        match node:
            case Compare(operator, left, right):
                return self.compare(operator, left, right, shift)
            case Between(value, low, high):
                return sa.and_(self.compare(">=", value, low, shift), self.compare("<=", value, high, shift))
            case Holds(Constant(_, value)):
                return sa.literal(int(bool(value)), sa.BigInteger) == sa.literal(1, sa.BigInteger)
            case Holds(value):
                return self.truth(numbers.bare(value), shift)
            case Birthday(value, within):
                day = sa.func.substr(self.value(value, shift), 6, 5, type_=sa.Text())
                return day.in_(self.build.moments.birthdays(within, shift))
        return self._tested(node, self.value(node.value, shift), shift)

    def _tested(self, node: Any, sql: Sql, shift: Shift) -> Test:
        """The condition with `sql` in place of its value."""
        match node:
            case Matches(how, _, text):
                return text_matches(sql, how, text, self.build.dialect)
            case OneOf(value, items):
                return self._one_of(value, items, sql, shift)
        return self._compared(node.operator, node.left, node.right, sql, None, shift)

    def _one_of(self, value: Value, items: tuple[Constant, ...], sql: Sql, shift: Shift) -> Test:
        if value.type.kind in ("text", "date") and all(type(each.value) in (str, date) for each in items):
            plain = [each.value if isinstance(each.value, str) else str(each.value) for each in items]
            return sql.in_(sa.bindparam(None, plain, sa.Text(), expanding=True))
        if value.type.is_numeric and all(numbers.common_scale(value, each) is not None for each in items):
            scale = value.type.scale or 0
            whole = [int(Decimal(each.value).scaleb(scale)) for each in items]  # type: ignore[arg-type]
            return sql.in_(sa.bindparam(None, whole, sa.BigInteger(), expanding=True))
        return sa.or_(*(self._compared("=", value, each, sql, None, shift) for each in items))

    def compare(self, operator: str, left: Value, right: Value, shift: Shift) -> Test:
        """`left operator right`, unknown where either is."""
        return self._compared(operator, left, right, None, None, shift)

    def _compared(
        self, operator: str, left: Any, right: Any, one: Sql | None, two: Sql | None, shift: Shift
    ) -> Test:
        kinds = {left.type.kind, right.type.kind}
        if kinds & {"date", "instant"}:
            return self._times(operator, left, right, one, shift)
        if "bool" in kinds:
            return self._truths(operator, left, right, shift)
        one = self.value(left, shift) if one is None else one
        if "employee" in kinds:
            return self._employee(operator, one, right)
        two = self.value(right, shift) if two is None else two
        if left.type.is_numeric:
            one, two = numbers.pair(left, right, one, two)
        found: Test = _OPERATORS[operator](one, two)
        return found

    def _truths(self, operator: str, left: Any, right: Any, shift: Shift) -> Test:
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right = right, left
        one = self._plain(Holds(left), shift)
        if isinstance(right, Constant):
            return one if bool(right.value) == (operator == "=") else sa.not_(one)
        two = self._plain(Holds(right), shift)
        same = sa.or_(sa.and_(one, two), sa.and_(sa.not_(one), sa.not_(two)))
        return same if operator == "=" else sa.not_(same)

    def _employee(self, operator: str, one: Sql, right: Constant) -> Test:
        employee = self.build.tables.employee
        name = str(right.value)
        wanted = sa.or_(employee.c.fold == fold(name), employee.c.email == name)
        found = one.in_(sa.select(employee.c.id).where(wanted))
        return found if operator == "=" else sa.not_(found)

    def _times(self, operator: str, left: Any, right: Any, one: Sql | None, shift: Shift) -> Test:
        if is_moment(left) and not (is_moment(right) and _is_day(right)):
            left, right, operator = right, left, _FLIPPED[operator]
        moments = self.build.moments
        if not is_moment(right):
            one = self.value(left, shift) if one is None else one
            return _OPERATORS[operator](one, self.value(right, shift))  # type: ignore[no-any-return]
        if left.type.kind == "date":
            one = self.value(left, shift) if one is None else one
            return _OPERATORS[operator](one, moments.day(right, shift))  # type: ignore[no-any-return]
        one = self.value(left, shift) if one is None else one
        if _is_day(right):
            return _within_day(operator, one, *moments.bounds(right, shift))
        return _OPERATORS[operator](one, moments.instant(right, shift))  # type: ignore[no-any-return]

    def value(self, node: Any, shift: Shift) -> Sql:
        """The SQL of a value: exact numbers in their own unit, arithmetic as doubles in major units."""
        node = numbers.bare(node)
        match node:
            case Constant(_, Decimal()):
                return numbers.real(node, sa.null())
            case Constant(_, str() as text):
                return sa.literal(text, sa.Text)
            case Constant(_, datetime()) | Ago():
                return self.build.moments.instant(node, shift)
            case Constant(_, date()) | Today():
                return self.build.moments.day(node, shift)
            case Arithmetic(operator, left, right):
                one = numbers.real(left, self.value(left, shift))
                two = numbers.real(right, self.value(right, shift))
                return _calculated(operator, one, two)
        return self.word(node, shift)


def _calculated(operator: str, one: Sql, two: Sql) -> Sql:
    match operator:
        case "+":
            return one + two
        case "-":
            return one - two
        case "*":
            return one * two
    return one / sa.func.nullif(two, sa.literal(0.0, sa.Double()), type_=sa.Double())


def _is_day(moment: Any) -> bool:
    """Whether a moment is a whole day where instants are concerned."""
    return isinstance(moment, Today) or (
        isinstance(moment, Constant)
        and isinstance(moment.value, date)
        and not isinstance(moment.value, datetime)
    )


def _within_day(operator: str, one: Sql, first: Sql, after: Sql) -> Test:
    match operator:
        case "=":
            return sa.and_(one >= first, one < after)
        case "!=":
            return sa.or_(one < first, one >= after)
        case "<":
            return one < first
        case "<=":
            return one < after
        case ">":
            return one >= after
    return one >= first
