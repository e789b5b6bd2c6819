"""Departments that see only their own customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from crmkit import Actor
    from crmkit.plugin import Tables
    from crmkit.plugins.collaborative.settings import Settings


def own_customers(actor: Actor, tables: Tables, settings: Settings) -> Any | None:
    """The condition that members of a restricted team see only whom a member of one of their teams looks
    after, as the teams are when the question is asked."""
    if actor.employee is None or not settings.own_customers_only:
        return None
    member, team = tables.team_member, tables.team
    in_teams = member.join(team, team.c.id == member.c.team_id)
    mine = sa.select(member.c.team_id).where(member.c.employee_id == actor.id)
    is_restricted = sa.exists(
        sa.select(1).select_from(in_teams)
        .where(member.c.employee_id == actor.id, team.c.name.in_(settings.own_customers_only))
    )  # fmt: skip
    colleagues = sa.select(member.c.employee_id).where(member.c.team_id.in_(mine))
    return sa.or_(sa.not_(is_restricted), tables.customer.c.owner_id.in_(colleagues))
