"""Departments that see only their own customers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit import Actor
from crmkit.plugin import Tables
from crmkit.plugins.collaborative.settings import Settings


def own_customers(actor: Actor, tables: Tables, settings: Settings) -> Any | None:
    """The condition for members of a restricted team: the customer's owner is in a team of theirs."""
    teams = actor.employee.teams if actor.employee else ()
    if not set(teams) & set(settings.own_customers_only):
        return None
    member, team = tables.team_member, tables.team
    in_teams = member.join(team, team.c.id == member.c.team_id)
    colleagues = sa.select(member.c.employee_id).select_from(in_teams).where(team.c.name.in_(teams))
    return tables.customer.c.owner_id.in_(colleagues)
