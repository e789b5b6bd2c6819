"""Numbers as SQL: whole ones compared whole, everything else as doubles in major units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crmkit.core.predicates.tree import Arithmetic, Constant, Formula, Type


def real(node: Any, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A numeric value as a double in major units."""
    if isinstance(node, Constant):
        return sa.literal(float(node.value), sa.Double())  # type: ignore[arg-type]
    if isinstance(bare(node), Arithmetic):
        return value
    double: sa.ColumnElement[Any] = sa.cast(value, sa.Double())
    return double / sa.literal(float(10**node.type.scale), sa.Double()) if node.type.scale else double


def pair(
    left: Any, right: Any, one: sa.ColumnElement[Any], two: sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Both sides in a form in which they compare exactly, where there is one."""
    scale = common_scale(left, right)
    if scale is None:
        return real(left, one), real(right, two)
    return _whole(left, one, scale), _whole(right, two, scale)


def common_scale(left: Any, right: Any) -> int | None:
    """The scale at which both sides are whole numbers of the same unit, or None."""
    scales = {_scale(each.type) for each in (left, right) if not isinstance(each, Constant)}
    if len(scales) != 1 or None in scales:
        return None
    scale = scales.pop()
    constants = [each for each in (left, right) if isinstance(each, Constant)]
    return scale if all(is_whole(each.value, scale) for each in constants) else None


def is_whole(number: Any, scale: int | None) -> bool:
    """Whether a number is a whole one of `10 ** -scale`."""
    scaled = Decimal(number).scaleb(scale or 0)
    return scaled == scaled.to_integral_value()


def _scale(type_: Type) -> int | None:
    return type_.scale


def _whole(node: Any, value: sa.ColumnElement[Any], scale: int) -> sa.ColumnElement[Any]:
    if isinstance(node, Constant):
        return sa.literal(int(Decimal(node.value).scaleb(scale)), sa.BigInteger())  # type: ignore[arg-type]
    return value


def bare(node: Any) -> Any:
    """The expression that a formula stands for."""
    while isinstance(node, Formula):
        node = node.value
    return node
