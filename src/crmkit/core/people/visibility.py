"""Which customers somebody sees: what their role lets them see, narrowed by every plugin that restricts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.model.people import Actor
from crmkit.core.people.covers import covered_ids
from crmkit.core.people.employees import find_employee
from crmkit.core.people.roles import ADMINISTRATOR, role_named

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.tables import Tables

# Oneself, and the members of one's teams and of every team beneath them. As text, since it is a part of every
# statement for whoever sees their team: built of expressions it costs more than SQLite's work on a page. One
# set, not `owner = … OR owner IN …`: SQLite reads each of two by itself, and puts them together.
_TEAM: Final = (
    "SELECT employee_id FROM team_member WHERE team_id IN ("
    "WITH RECURSIVE mine(id) AS ("
    "SELECT team_id FROM team_member WHERE employee_id = :me "
    "UNION SELECT team.id FROM team JOIN mine ON team.parent_id = mine.id) "
    "SELECT id FROM mine) UNION SELECT :me"
)


def visible(kernel: Kernel, actor: Actor) -> sa.ColumnElement[bool] | None:
    """The condition over `tables.customer` that holds for what the actor sees; None when that is everything.

    crmkit itself sees everything. Whoever stands in for somebody today sees the other's customers, too. While
    a plugin that restricts is missing, only administrators see anybody.
    Errors: PluginError when a restricting plugin fails.
    """
    if actor.employee is None:
        return None
    if kernel.restricted_by and actor.role.name != ADMINISTRATOR:
        return sa.false()
    own = _own(kernel, actor)
    return own if own is None else sa.or_(own, *_covered(kernel, actor))


def seen(
    kernel: Kernel, actor: Actor, whose: sa.ColumnElement[Any] | None = None
) -> tuple[sa.ColumnElement[bool], ...]:
    """As `Kernel.seen`."""
    condition = visible(kernel, actor)
    if condition is None:
        return ()
    if whose is None:
        return (condition,)
    customer = kernel.tables.customer
    # Not tied to a `customer` of the statement around it, which may be about others.
    return (whose.in_(sa.select(customer.c.id).where(condition).correlate(None)),)


def seen_among(connection: sa.Connection, kernel: Kernel, actor: Actor, ids: Sequence[int]) -> list[int]:
    """Those of `ids` whom the actor sees, in the same order."""
    condition = kernel.visible(actor) if ids else None
    if condition is None:
        return list(ids)
    seen = visible_among(connection, kernel, condition, ids)
    return [id_ for id_ in ids if id_ in seen]


def visible_among(
    connection: sa.Connection, kernel: Kernel, condition: sa.ColumnElement[bool], ids: Iterable[int]
) -> set[int]:
    """Those of `ids` for whom `condition` over the table `customer` holds."""
    table = kernel.tables.customer
    wanted = sorted(ids)
    seen: set[int] = set()
    for start in range(0, len(wanted), 10_000):
        chunk = wanted[start : start + 10_000]
        seen.update(
            connection.execute(sa.select(table.c.id).where(table.c.id.in_(chunk), condition)).scalars()
        )
    return seen


def _own(kernel: Kernel, actor: Actor) -> sa.ColumnElement[bool] | None:
    """What somebody sees by their own role and teams."""
    conditions = kernel.hooks.restrict_visibility(actor, kernel.tables)
    scope = _scope(actor, kernel.tables)
    if scope is not None:
        conditions.append(scope)
    return sa.and_(*conditions) if conditions else None


def _covered(kernel: Kernel, actor: Actor) -> Iterator[sa.ColumnElement[bool]]:
    """Of each of those for whom somebody stands in: the customers whom they look after and see."""
    assert actor.id is not None
    owner = kernel.tables.customer.c.owner_id
    with kernel.reading() as connection:
        covered = covered_ids(connection, kernel, actor.id)
        others = [find_employee(connection, kernel.tables, id_) for id_ in covered]
    for other in others:
        role = role_named(kernel.config, other.role)
        seen = _own(kernel, Actor(name=other.name, role=role, employee=other))
        yield owner == other.id if seen is None else sa.and_(owner == other.id, seen)


def _scope(actor: Actor, tables: Tables) -> sa.ColumnElement[bool] | None:
    owner = tables.customer.c.owner_id
    if actor.role.sees == "own":
        return owner == actor.id
    if actor.role.sees == "team":
        me = sa.bindparam("me", actor.id, sa.BigInteger, unique=True)
        return owner.in_(sa.text(_TEAM).bindparams(me).columns(sa.column("employee_id", sa.BigInteger)))
    return None
