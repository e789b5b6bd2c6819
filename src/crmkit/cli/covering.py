"""`crm people away`, `crm people directory`: who is here, and who stands in for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Listed
from crmkit.cli.options import lists, writes
from crmkit.cli.state import State, pass_state
from crmkit.cli.values import today
from crmkit.core.language import N_, _, translated
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.model.people import Cover, Employee, Team

_COVERS = (
    Column("id", "No.", right=True, fixed=True, style="dim"),
    Column("employee", style="bold"),
    Column("why", shown=translated),
    Column("first_day", "From"),
    Column("last_day", "To"),
    Column("stand_in", "Stands in"),
)
_DIRECTORY = (
    Column("team", style="bold"),
    Column("name"),
    Column("role"),
    Column("email", "E-mail"),
    Column("today"),
)


@click.group(cls=Listed)
def away() -> None:
    """Who is away, and who stands in for them."""


@away.command("list")
@click.option("--all", "over", is_flag=True, help="Also what is over.")
@lists
@pass_state
def list_away(state: State, over: bool = False) -> None:
    """List absences that are not over, and who helps whom."""
    rows = [_shown(each) for each in state.crm.people.covers.list(over=over)]
    state.output.rows(
        _COVERS, rows, empty=_("Everybody is here. Somebody goes away: crm people away add NAME --until DAY")
    )


@away.command("add")
@click.argument("employee")
@click.option("--until", metavar="DAY", required=True, help="The last day.")
@click.option("--from", "since", metavar="DAY", help="The first day; today if not given.")
@click.option("--to", "stand_in", metavar="EMPLOYEE", help="Who stands in for them.")
@click.option("--here", is_flag=True, help="They are here; somebody else sees their customers, too.")
@writes
@pass_state
def add_away(
    state: State, employee: str, until: str, since: str | None, stand_in: str | None, here: bool
) -> None:
    """Note that somebody is away, and who stands in for them.

    Until then the stand-in sees their customers, their tasks and what is handed to them, and new work goes
    to others.
    """
    from crmkit.core.instants import parse_date

    now = today(state.crm)
    cover = state.crm.people.covers.add(
        employee,
        stand_in=stand_in,
        first_day=parse_date(since, now) if since else None,
        last_day=parse_date(until, now),
        is_away=not here,
    )
    state.output.receipt(
        _said(cover), undo=f"crm people away end {cover.id}", reference=cover.id, record=_shown(cover)
    )


@away.command("end")
@click.argument("number", type=int)
@writes
@pass_state
def end_away(state: State, number: int) -> None:
    """Somebody is back, or will not go away. NUMBER is the one that `crm people away` shows."""
    cover = state.crm.people.covers.end(number)
    state.output.receipt(_over(cover), reference=cover.employee.id, record=_shown(cover))


@click.command()
@click.option("--team", "team", metavar="TEAM", help="Only a team, and those beneath it.")
@lists
@pass_state
def directory(state: State, team: str | None = None) -> None:
    """Who works in which department, who leads it, and who is here today."""
    people = state.crm.people
    staff = {each.name: each for each in people.list()}
    absent = {each.employee.id: each for each in people.covers.list(on=today(state.crm)) if each.is_away}
    rows = [
        _entry(path, each, staff[name], absent)
        for path, each in _in_order(people.teams(), team)
        for name in _first_leads(each, staff)
    ]
    if team is None:
        rows += [_entry("", None, each, absent) for each in staff.values() if not each.teams]
    state.output.rows(_DIRECTORY, rows, empty=_("Nobody yet. Add somebody: crm people employees add NAME"))


def _first_leads(team: Team, staff: dict[str, Employee]) -> list[str]:
    rest = [name for name in team.members if name not in team.leads]
    return [name for name in (*team.leads, *rest) if name in staff]


def _in_order(teams: tuple[Team, ...], wanted: str | None) -> list[tuple[str, Team]]:
    """Teams and the ways to them (`shop / counter`), each before those beneath it."""
    from crmkit.core.errors import NotFound
    from crmkit.core.normalise import fold

    def under(parent: str | None, way: str) -> list[tuple[str, Team]]:
        found = [(f"{way}{each.name}", each) for each in teams if each.parent == parent]
        return [item for path, each in found for item in ((path, each), *under(each.name, f"{path} / "))]

    tree = under(None, "")
    if wanted is None:
        return tree
    top = next((path for path, each in tree if fold(each.name) == fold(wanted)), None)
    if top is None:
        raise NotFound(phrase('There is no team "{team}"', team=wanted), hint="Run: crm people teams list")
    return [(path, each) for path, each in tree if path == top or path.startswith(f"{top} / ")]


def _entry(path: str, team: Team | None, employee: Employee, absent: dict[int, Cover]) -> dict[str, Any]:
    leads = team is not None and employee.name in team.leads
    cover = absent.get(employee.id)
    return {
        "team": path,
        "name": employee.name,
        "role": _("{role}, leads", role=employee.role) if leads else employee.role,
        "email": employee.email or "",
        "today": _of_today(cover) if cover else "",
    }


def _of_today(cover: Cover) -> str:
    if cover.stand_in is None:
        return _("away until {day}", day=cover.last_day)
    return _("away until {day}, {name} stands in", day=cover.last_day, name=cover.stand_in.name)


def _shown(cover: Cover) -> dict[str, Any]:
    return {
        "id": cover.id,
        "employee": cover.employee.name,
        "why": N_("away") if cover.is_away else N_("is helped"),
        "first_day": cover.first_day.isoformat(),
        "last_day": cover.last_day.isoformat(),
        "stand_in": cover.stand_in.name if cover.stand_in else "",
    }


def _over(cover: Cover) -> str:
    employee = cover.employee.name
    if cover.is_away or not cover.stand_in:
        return _("{employee} is here", employee=employee)
    helper = cover.stand_in.name
    return _("{helper} no longer sees the customers of {employee}", helper=helper, employee=employee)


def _said(cover: Cover) -> str:
    names = {
        "name": cover.employee.name,
        "first": cover.first_day,
        "last": cover.last_day,
        "stand_in": cover.stand_in.name if cover.stand_in else "",
    }
    if cover.stand_in is None:
        return _("{name} is away from {first} to {last}; nobody stands in", **names)
    if cover.is_away:
        return _("{name} is away from {first} to {last}; {stand_in} stands in", **names)
    return _("{stand_in} sees the customers of {name}, too, from {first} to {last}", **names)
