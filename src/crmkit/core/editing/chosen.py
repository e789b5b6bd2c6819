"""Whom a mass edit is about: asked once at its beginning, and again for each batch as it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.errors import Invalid
from crmkit.core.predicates.predicate import parse
from crmkit.core.segments.embedding import members_select

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

Condition = Callable[[], sa.ColumnElement[bool]]


def meeting(kernel: Kernel, where: str, *, archived: bool) -> Condition:
    """The condition over `customer` that the predicate `where` holds, as of the moment it is asked.

    Without `archived`, those in the archive are left out. Raises `PredicateError`, and `Invalid` for none.
    """
    if not where.strip():
        raise Invalid(
            "It was not said whom the edit is about",
            hint="Give a condition, such as: --where \"lifecycle = 'lead'\"",
        )
    predicate = parse(where, kernel.context, where="--where")
    customer = kernel.tables.customer

    def condition() -> sa.ColumnElement[bool]:
        members = customer.c.id.in_(
            members_select(kernel, predicate, now=kernel.clock.now(), past_as_of=None)
        )
        return members if archived else sa.and_(members, customer.c.archived_at.is_(None))

    return condition


def ids_of(
    kernel: Kernel,
    connection: sa.Connection,
    actor: Actor,
    condition: Condition,
    among: Sequence[int] = (),
) -> list[int]:
    """The ids, ascending, of those who meet the condition and whom the actor sees.

    With `among`, which ascends, only those of them.
    """
    customer = kernel.tables.customer
    query = sa.select(customer.c.id).where(condition(), *kernel.seen(actor)).order_by(customer.c.id)
    if among:
        query = query.where(customer.c.id.between(among[0], among[-1]))
    found = list(connection.execute(query).scalars())
    if not among:
        return found
    wanted = set(among)
    return [id_ for id_ in found if id_ in wanted]
