"""Reading employees and teams."""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.errors import Ambiguous, NotFound
from crmkit.core.model.people import Employee, Team
from crmkit.core.normalise import fold
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.store.tables import Tables

_MOST_DIGITS: Final = 19  # from here on a number is more than the database holds


def employees(connection: sa.Connection, tables: Tables, *conditions: Any) -> list[Employee]:
    """The employees for whom all conditions hold, by name."""
    table = tables.employee
    rows = connection.execute(sa.select(table).where(*conditions).order_by(table.c.fold, table.c.id)).all()
    teams = _teams_of(connection, tables, [row.id for row in rows])
    return [
        Employee(
            id=row.id,
            uid=row.uid,
            name=row.name,
            email=row.email,
            role=row.role,
            active=bool(row.active),
            teams=tuple(teams[row.id]),
        )
        for row in rows
    ]


def find_employee(connection: sa.Connection, tables: Tables, named: str | int) -> Employee:
    """The employee with this id, uid, e-mail address or name (or the one whose name begins like it).

    Errors: NotFound; Ambiguous, whose `details["candidates"]` are the employees.
    """
    table, text = tables.employee, str(named).strip()
    exact = [table.c.uid == text, table.c.email == text.lower(), table.c.fold == fold(text)]
    if text.isdecimal() and len(text) < _MOST_DIGITS:
        exact = [table.c.id == int(text)]
    found = employees(connection, tables, sa.or_(*exact))
    if not found and fold(text):
        found = employees(connection, tables, table.c.fold.startswith(fold(text), autoescape=True))
    if not found:
        raise NotFound(
            phrase('There is no employee "{text}"', text=text),
            hint=_who_else(connection, tables, text) or "Run: crm people employees list",
        )
    if len(found) > 1:
        names = ", ".join(f"{each.id} {each.name}" for each in found)
        told = phrase("{name} could be {candidates}", name=f'"{text}"', candidates=names)
        raise Ambiguous(told, hint="Say which one by number.", candidates=found)
    return found[0]


def _who_else(connection: sa.Connection, tables: Tables, named: str) -> str:
    """The team of that name, where a person is wanted, or the person whose name is spelled most like it."""
    from crmkit.core.nearest import nearest

    team = next((each for each in teams(connection, tables) if fold(each.name) == fold(named)), None)
    if team is None:
        here = employees(connection, tables, tables.employee.c.active == 1)
        near = nearest(named, (each.name for each in here))
        return phrase('Did you mean "{near}"?', near=near) if near else ""
    option = f"--team {shlex.quote(team.name)}"
    if not team.members:
        return phrase(
            "{team} is a team. Where a command takes teams: {option}", team=team.name, option=option
        )
    return phrase(
        "{team} is a team; {member} is in it. Where a command takes teams: {option}",
        team=team.name,
        member=team.members[0],
        option=option,
    )


def teams(connection: sa.Connection, tables: Tables) -> list[Team]:
    """Every team, by name."""
    team, member, employee = tables.team, tables.team_member, tables.employee
    members: dict[int, list[str]] = defaultdict(list)
    leads: dict[int, list[str]] = defaultdict(list)
    joined = sa.select(member.c.team_id, employee.c.name, member.c.is_lead).join(
        employee, employee.c.id == member.c.employee_id
    )
    for team_id, name, is_lead in connection.execute(joined.order_by(employee.c.fold)):
        members[team_id].append(name)
        if is_lead:
            leads[team_id].append(name)
    rows = connection.execute(sa.select(team).order_by(team.c.name)).all()
    names = {row.id: row.name for row in rows}
    return [
        Team(
            id=row.id,
            name=row.name,
            parent=names.get(row.parent_id),
            members=tuple(members[row.id]),
            leads=tuple(leads[row.id]),
        )
        for row in rows
    ]


def beneath(tables: Tables, employee_id: int, *, led: bool = False) -> sa.Select[tuple[int]]:
    """The ids of somebody's teams (of those that they lead, with `led`) and of every team beneath them."""
    team, member = tables.team, tables.team_member
    own = sa.select(member.c.team_id.label("id")).where(member.c.employee_id == employee_id)
    if led:
        own = own.where(member.c.is_lead == 1)
    mine = own.cte(recursive=True)  # without a name: a statement may ask several times
    all_ = mine.union(sa.select(team.c.id).join(mine, team.c.parent_id == mine.c.id))
    return sa.select(all_.c.id)


def led_by(connection: sa.Connection, tables: Tables, employee_id: int) -> frozenset[int]:
    """The ids of the members of the teams that somebody leads, and of every team beneath them."""
    member = tables.team_member
    members = sa.select(member.c.employee_id).where(
        member.c.team_id.in_(beneath(tables, employee_id, led=True))
    )
    return frozenset(connection.execute(members).scalars())


def team_named(connection: sa.Connection, tables: Tables, name: str) -> Team:
    """The team with this name, in any case. Errors: NotFound."""
    for team in teams(connection, tables):
        if fold(team.name) == fold(name):
            return team
    raise NotFound(phrase('There is no team "{name}"', name=name), hint="Run: crm people teams list")


def _teams_of(connection: sa.Connection, tables: Tables, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    team, member = tables.team, tables.team_member
    query = (
        sa.select(member.c.employee_id, team.c.name)
        .join(team, team.c.id == member.c.team_id)
        .where(member.c.employee_id.in_(ids))
        .order_by(team.c.name)
    )
    for employee_id, name in connection.execute(query) if ids else ():
        found[employee_id].append(name)
    return found
