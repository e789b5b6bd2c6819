"""Questions about predicates' members: how many, who, and whether one is among them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.segments.meaning import as_of_past

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.predicates.predicate import Predicate

# One statement has room for so many conditions: beyond, databases refuse it for its size.
_TOGETHER: Final = 100


def counted(
    kernel: Kernel, connection: sa.Connection, actor: Actor, predicate: Predicate, as_of: int | None
) -> int:
    """How many customers, of those the actor sees, meet the predicate."""

    def make(dialect: str) -> tuple[Any, dict[str, Any]]:
        statement, values = _seen(kernel, actor, predicate, as_of, dialect)
        return sa.select(sa.func.count()).select_from(statement.subquery("members")), values

    return int(kernel.bulk.answer(connection, actor, make).rows[0][0])


def member_ids(
    kernel: Kernel,
    connection: sa.Connection,
    actor: Actor,
    predicate: Predicate,
    as_of: int | None,
    limit: int | None,
    after: int | None,
    among: Collection[int] | None = None,
) -> Sequence[int]:
    """Their ids in ascending order."""

    def make(dialect: str) -> tuple[Any, dict[str, Any]]:
        statement, values = _seen(kernel, actor, predicate, as_of, dialect)
        members = statement.subquery("members")
        chosen = sa.select(members.c[0]).order_by(members.c[0])
        if after is not None:
            chosen = chosen.where(members.c[0] > after)
        if among is not None:
            chosen = chosen.where(members.c[0].in_(among))
        return chosen.limit(limit), values

    return [row[0] for row in kernel.bulk.answer(connection, actor, make).rows]


def is_member(
    kernel: Kernel, connection: sa.Connection, predicate: Predicate, customer_id: int, as_of: int | None
) -> bool:
    """Whether one customer meets the predicate."""
    now, past = as_of_past(kernel, as_of)
    prepared = kernel.statements.prepare(predicate, past_as_of=past, one=True, now=now)
    return prepared.holds(connection, now if past is None else past, customer_id)


def asked(
    kernel: Kernel,
    connection: sa.Connection,
    predicates: Mapping[str, Predicate],
    customer_id: int,
    as_of: int | None,
) -> Mapping[str, bool]:
    """For each predicate whether one customer meets it, in one statement."""
    found: dict[str, bool] = {}
    for names in _chunks(list(predicates)):
        now, past = as_of_past(kernel, as_of)
        trees = [predicates[name].tree for name in names]
        valued = kernel.valuing.prepare(trees, kernel.context, now=now, past_as_of=past, one=True)
        row = connection.execute(
            valued.select, valued.values(now if past is None else past, customer_id)
        ).first()
        answers: Sequence[Any] = row[1:] if row is not None else [0] * len(names)
        found.update((name, answer == 1) for name, answer in zip(names, answers, strict=True))
    return found


def all_counts(
    kernel: Kernel,
    connection: sa.Connection,
    actor: Actor,
    predicates: Mapping[str, Predicate],
    as_of: int | None,
) -> Mapping[str, int]:
    """For each predicate how many meet it: one pass over each type's rows serves all of them."""
    now, past = as_of_past(kernel, as_of)
    visible = kernel.visible(actor)
    found: dict[str, int] = {}
    for names in _chunks(list(predicates)):
        trees = [predicates[name].tree for name in names]

        def make(dialect: str, trees: Sequence[Any] = trees) -> tuple[Any, dict[str, Any]]:
            valuing = kernel.bulk.valuing(dialect)
            valued = valuing.prepare(trees, kernel.context, now=now, past_as_of=past, counted=True)
            statement = valued.select if visible is None else valued.select.where(visible)
            return statement, valued.values(now if past is None else past)

        (row,) = kernel.bulk.answer(connection, actor, make).rows
        found.update(zip(names, row, strict=True))
    return found


def _seen(
    kernel: Kernel, actor: Actor, predicate: Predicate, as_of: int | None, dialect: str
) -> tuple[sa.Select[Any], dict[str, Any]]:
    """The SELECT of the ids of the members whom the actor sees, and its parameters."""
    now, past = as_of_past(kernel, as_of)
    prepared = kernel.bulk.statements(dialect).prepare(predicate, past_as_of=past, now=now)
    statement = prepared.select.where(*kernel.seen(actor, prepared.select.selected_columns[0]))
    return statement, prepared.values(now if past is None else past)


def _chunks(names: list[str]) -> list[list[str]]:
    return [names[start : start + _TOGETHER] for start in range(0, len(names), _TOGETHER)]
