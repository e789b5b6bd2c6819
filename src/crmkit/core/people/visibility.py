"""Which customers somebody sees: what their role lets them see, narrowed by every plugin that restricts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.people.roles import ADMINISTRATOR

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.tables import Tables


def visible(kernel: Kernel, actor: Actor) -> sa.ColumnElement[bool] | None:
    """The condition over `tables.customer` that holds for what the actor sees; None when that is everything.

    crmkit itself sees everything. While a plugin that restricts is missing, only administrators see anybody.
    Errors: PluginError when a restricting plugin fails.
    """
    if actor.employee is None:
        return None
    if kernel.restricted_by and actor.role.name != ADMINISTRATOR:
        return sa.false()
    conditions = kernel.hooks.restrict_visibility(actor, kernel.tables)
    scope = _scope(actor, kernel.tables)
    if scope is not None:
        conditions.append(scope)
    return sa.and_(*conditions) if conditions else None


def _scope(actor: Actor, tables: Tables) -> sa.ColumnElement[bool] | None:
    owner = tables.customer.c.owner_id
    if actor.role.sees == "own":
        return owner == actor.id
    if actor.role.sees == "team":
        return sa.or_(owner == actor.id, owner.in_(_colleagues(actor, tables)))
    return None


def _colleagues(actor: Actor, tables: Tables) -> sa.Select[tuple[int]]:
    """The members of the actor's teams and of every team beneath them."""
    team, member = tables.team, tables.team_member
    mine = (
        sa.select(member.c.team_id.label("id"))
        .where(member.c.employee_id == actor.id)
        .cte("mine", recursive=True)
    )
    beneath = mine.union(sa.select(team.c.id).join(mine, team.c.parent_id == mine.c.id))
    return sa.select(member.c.employee_id).where(member.c.team_id.in_(sa.select(beneath.c.id)))
