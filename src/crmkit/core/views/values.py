"""Values of expressions for customers, in Python's types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.model.money import Money
from crmkit.core.predicates.tree import Several, Type
from crmkit.core.segments.meaning import as_of_past

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Expression

# Up to so many customers, one small statement for each is quicker than one over everybody.
_FEW: Final = 200
_SET: Final = 10_000
_CONTACTS: Final[Mapping[str, tuple[str, str]]] = {
    "email": ("email", "value"), "phone": ("phone", "value"), "handle": ("handle", "value"),
    "street": ("address", "street"), "city": ("address", "city"), "postcode": ("address", "postcode"),
    "region": ("address", "region"), "country": ("address", "country"),
}  # fmt: skip


def values_of(
    kernel: Kernel,
    connection: sa.Connection,
    expressions: Sequence[Expression],
    ids: Sequence[int],
    as_of: int | None = None,
) -> dict[int, list[Any]]:
    """For each of `ids` the value of each expression: int, Decimal, float, Money, str, date, bool or None.

    An instant is microseconds UTC; a word with several values gives the primary contact point's, or a tuple
    of choices.
    """
    single = [at for at, each in enumerate(expressions) if not isinstance(each.tree, Several)]
    found: dict[int, list[Any]] = {id_: [None] * len(expressions) for id_ in ids}
    if single and ids:
        trees = [expressions[at].tree for at in single]
        for id_, values in _rows(kernel, connection, trees, ids, as_of).items():
            for at, value in zip(single, values, strict=True):
                found[id_][at] = python_value(expressions[at].tree.type, value, kernel.currency)
    for at, each in enumerate(expressions):
        if isinstance(each.tree, Several):
            for id_, value in _several(kernel, connection, each.tree, ids).items():
                found[id_][at] = value
    return found


def _rows(
    kernel: Kernel, connection: sa.Connection, trees: Sequence[Any], ids: Sequence[int], as_of: int | None
) -> dict[int, Sequence[Any]]:
    now, past = as_of_past(kernel, as_of)
    moment = now if past is None else past
    is_few = len(ids) <= _FEW
    valued = kernel.valuing.prepare(trees, kernel.context, now=now, past_as_of=past, one=is_few)
    found: dict[int, Sequence[Any]] = {}
    if is_few:
        for id_ in ids:
            row = connection.execute(valued.select, valued.values(moment, id_)).first()
            if row is not None:
                found[id_] = row[1:]
        return found
    identity = valued.select.selected_columns[0]
    for start in range(0, len(ids), _SET):
        some = valued.select.where(identity.in_(ids[start : start + _SET]))
        found.update((row[0], row[1:]) for row in connection.execute(some, valued.values(moment)))
    return found


def _several(kernel: Kernel, connection: sa.Connection, node: Several, ids: Sequence[int]) -> dict[int, Any]:
    tables = kernel.tables
    found: dict[int, Any] = {}
    for start in range(0, len(ids), _SET):
        some = ids[start : start + _SET]
        if node.group == "contact":
            kind, column = _CONTACTS[node.name]
            point = tables.contact_point
            chosen = sa.select(point.c.customer_id, point.c[column])
            chosen = chosen.where(
                point.c.kind == kind, point.c.is_primary == 1, point.c.customer_id.in_(some)
            )
            found.update((row[0], row[1]) for row in connection.execute(chosen))
        else:
            choice = tables.customer_choice
            rows = sa.select(choice.c.customer_id, choice.c.value)
            rows = rows.where(choice.c.field == node.name, choice.c.customer_id.in_(some))
            for id_, value in connection.execute(rows.order_by(choice.c.customer_id, choice.c.value)):
                found[id_] = (*found.get(id_, ()), value)
    return found


def python_value(type_: Type, raw: Any, currency: str) -> Any:
    """A value of the database in Python's type."""
    if raw is None:
        return None
    match type_.kind:
        case "bool":
            return bool(raw)
        case "date":
            return date.fromisoformat(raw)
        case "money":
            scale = 1 if type_.scale is not None else 10 ** _digits(currency)
            return Money(minor=round(Decimal(str(raw)) * scale), currency=currency)
        case "number":
            return _number(type_, raw)
    return raw


def _number(type_: Type, raw: Any) -> Any:
    if type_.scale:
        return Decimal(int(raw)).scaleb(-type_.scale)
    if type_.scale == 0:
        return int(raw)
    number = float(raw)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _digits(currency: str) -> int:
    from crmkit.core.model.money import minor_digits

    return minor_digits(currency)
