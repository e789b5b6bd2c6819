"""What `crm doctor` asks about handovers: that somebody can keep what was promised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import Finding, nphrase, phrase
from crmkit.plugins.collaborative.handovers.record_type import HANDOVER, OFFERED, RUNNING

if TYPE_CHECKING:
    from crmkit import Crm


def findings(crm: Crm) -> Iterator[Finding]:
    """Open promises of people who left, of teams in which nobody works, and of nobody."""
    c, employee = crm.tables.records[HANDOVER].c, crm.tables.employee.c
    is_open = (c.state.in_(RUNNING), c.archived_at.is_(None))
    gone = sa.select(employee.name, sa.func.count()).where(
        *is_open, employee.id == c.employee_id, employee.active == 0
    )
    waiting = sa.select(c.to_team, sa.func.count()).where(
        *is_open, c.state == OFFERED, c.employee_id.is_(None)
    )
    with crm.reading() as execute:
        left = execute(gone.group_by(employee.id, employee.name).order_by(employee.name)).all()
        teams = execute(waiting.group_by(c.to_team).order_by(c.to_team)).all()
    for name, count in left:
        yield Finding(
            "warning",
            nphrase(
                "{count} open promise is with {name}, who no longer works here",
                "{count} open promises are with {name}, who no longer works here",
                count,
                name=name,
            ),
            phrase('Hand over what they have: crm people employees handover "{name}" TO', name=name),
        )
    working = {team for each in crm.people.list() for team in each.teams}
    for team, count in teams:
        if team is None:
            message = nphrase(
                "{count} open promise is with nobody", "{count} open promises are with nobody", count
            )
            yield Finding("warning", message, phrase("See: crm handovers list"))
        elif team not in working:
            message = nphrase(
                '{count} open promise is with the team "{team}", in which nobody works',
                '{count} open promises are with the team "{team}", in which nobody works',
                count,
                team=team,
            )
            yield Finding("warning", message, phrase('See: crm handovers list --team "{team}"', team=team))
