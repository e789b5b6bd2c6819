"""`crm people`: employees, teams and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.covering import away, directory
from crmkit.cli.editing import handover
from crmkit.cli.groups import Listed, Noun
from crmkit.cli.options import lists, writes
from crmkit.cli.plain import plain
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _, number, translated

if TYPE_CHECKING:
    from crmkit.core.model.people import Employee

_EMPLOYEES = (
    Column("id", "Id", right=True, fixed=True, style="dim"),
    Column("name", style="bold"),
    Column("email", "E-mail"),
    Column("role"),
    Column("teams"),
    Column("active"),
)
_TEAMS = (
    Column("name", style="bold"),
    Column("parent", "Part of"),
    Column("leads", "Led by"),
    Column("members"),
)
_ROLES = (Column("name", style="bold"), Column("sees"), Column("permissions", "May"))


@click.group(cls=Noun)
def people() -> None:
    """Employees, the teams they are in, and what their roles allow."""


@people.group(cls=Listed)
def employees() -> None:
    """Those who work with customers. EMPLOYEE is an id, a name, an e-mail or a uid."""


@employees.command("list")
@click.option("--all", "everyone", is_flag=True, help="Also those who have left.")
@lists
@pass_state
def list_employees(state: State, everyone: bool = False) -> None:
    """List employees."""
    rows = [plain(one) for one in state.crm.people.list(left=everyone)]
    columns = [column for column in _EMPLOYEES if column.key != "active" or everyone]
    state.output.rows(
        columns, rows, empty=_('Nobody yet. Add somebody: crm people employees add "Anna Nowak" --role clerk')
    )


@employees.command("add")
@click.argument("name")
@click.option("--email", metavar="ADDRESS", help="Their e-mail address.")
@click.option("--role", default="clerk", show_default=True, metavar="ROLE", help="What they may do.")
@click.option("--team", "teams", metavar="TEAM", multiple=True, help="A team they join.")
@writes
@pass_state
def add_employee(state: State, name: str, email: str | None, role: str, teams: tuple[str, ...]) -> None:
    """Add an employee."""
    employee = state.crm.people.add(name, email=email, role=role, teams=teams)
    _receipt(
        state,
        employee,
        _("Added {name}, {role}", name=employee.name, role=employee.role),
        f"crm people employees deactivate {employee.id}",
    )


@employees.command("update")
@click.argument("employee")
@click.option("--name", metavar="TEXT", help="Their name.")
@click.option("--email", metavar="ADDRESS", help="Their e-mail address.")
@click.option("--role", metavar="ROLE", help="What they may do.")
@click.option("--active", is_flag=True, default=None, help="Bring back somebody who had left.")
@writes
@pass_state
def update_employee(state: State, employee: str, **changes: Any) -> None:
    """Change an employee's name, e-mail or role."""
    given = {key: value for key, value in changes.items() if value is not None}
    if not given:
        raise click.UsageError("What is to be changed?\nSay it with --name, --email, --role or --active.")
    before = state.crm.people.get(employee)
    after = state.crm.people.update(before.id, **given)
    texts = {key: getattr(before, key) for key in given if key != "active"}
    undo = " ".join(f"--{key} {_word(text)}" for key, text in texts.items() if text)
    _receipt(
        state,
        after,
        _("Changed {name}", name=after.name),
        f"crm people employees update {after.id} {undo}" if undo else "",
    )


@employees.command("deactivate")
@click.argument("employee")
@writes
@pass_state
def deactivate(state: State, employee: str) -> None:
    """Note that an employee has left: they may do nothing more, and stay in the record."""
    found = state.crm.people.get(employee)
    left = state.crm.people.deactivate(found.id)
    undo = f"crm people employees update {found.id} --active"
    lines = [_("{name} may do nothing more; their name stays on what they did", name=found.name)]
    if still := state.crm.editing.looked_after(found.id):
        counts = ", ".join(f"{translated(name)} {number(count)}" for name, count in still.items())
        lines += [
            "  " + _("Still with them: {counts}", counts=counts),
            "  " + _("To hand over: crm people employees handover {id} TO", id=found.id),
        ]
    state.output.receipt(
        "\n".join(lines),
        undo=undo,
        reference=left.id,
        record={"employee": plain(left), "looked_after": still},
    )


employees.add_command(handover)


@people.group(cls=Listed)
def teams() -> None:
    """Groups of employees, possibly part of one another."""


@teams.command("list")
@lists
@pass_state
def list_teams(state: State) -> None:
    """List teams and their members."""
    rows = [plain(team) for team in state.crm.people.teams()]
    state.output.rows(_TEAMS, rows, empty=_("No teams yet. Add one: crm people teams add shop"))


@teams.command("add")
@click.argument("name")
@click.option("--parent", metavar="TEAM", help="The team it is part of.")
@writes
@pass_state
def add_team(state: State, name: str, parent: str | None) -> None:
    """Add a team."""
    team = state.crm.people.add_team(name, parent=parent)
    state.output.receipt(
        _("Added the team {name}", name=team.name), reference=team.name, record={"team": plain(team)}
    )


@teams.command("update")
@click.argument("team")
@click.option("--name", metavar="TEXT", help="Another name.")
@click.option("--parent", metavar="TEAM", help='The team it is part of; "" for none.')
@writes
@pass_state
def update_team(state: State, team: str, name: str | None, parent: str | None) -> None:
    """Rename a team, or make it part of another."""
    if name is None and parent is None:
        raise click.UsageError("What is to be changed?\nSay it with --name or --parent.")
    before = next(
        (each for each in state.crm.people.teams() if each.name.casefold() == team.casefold()), None
    )
    after = state.crm.people.update_team(team, name=name, parent=parent)
    options = [f"--name {_word(before.name)}"] if before and before.name != after.name else []
    if before and before.parent != after.parent:
        options.append(f"--parent {_word(before.parent or '')}")
    undo = f"crm people teams update {_word(after.name)} {' '.join(options)}" if options else ""
    state.output.receipt(
        _("Changed the team {name}", name=after.name),
        undo=undo,
        reference=after.name,
        record={"team": plain(after)},
    )


@teams.command("join")
@click.argument("employee")
@click.argument("team")
@click.option("--lead/--no-lead", default=None, help="They lead it, or do no longer.")
@writes
@pass_state
def join(state: State, employee: str, team: str, lead: bool | None) -> None:
    """Put an employee into a team, or let them lead it."""
    found = state.crm.people.get(employee)
    was_in = team.casefold() in (each.casefold() for each in found.teams)
    state.crm.people.join(found.id, team, lead=lead)
    undo = (
        f"join {found.id} {_word(team)} --{'no-' if lead else ''}lead"
        if was_in
        else f"leave {found.id} {_word(team)}"
    )
    _receipt(
        state,
        state.crm.people.get(found.id),
        _("{name} leads the team {team} now", name=found.name, team=team)
        if lead
        else _("{name} is in the team {team} now", name=found.name, team=team),
        f"crm people teams {undo}",
    )


@teams.command("leave")
@click.argument("employee")
@click.argument("team")
@writes
@pass_state
def leave(state: State, employee: str, team: str) -> None:
    """Take an employee out of a team."""
    found = state.crm.people.get(employee)
    state.crm.people.leave(found.id, team)
    _receipt(
        state,
        state.crm.people.get(found.id),
        _("{name} is no longer in the team {team}", name=found.name, team=team),
        f"crm people teams join {found.id} {_word(team)}",
    )


people.add_command(away)
people.add_command(directory)


@people.group(cls=Listed)
def roles() -> None:
    """What employees may do; [roles.NAME] in crm.toml adds to these or replaces them."""


@roles.command("list")
@lists
@pass_state
def list_roles(state: State) -> None:
    """List roles, whose customers they see, and what they may do."""
    from crmkit.core.model.people import PERMISSIONS

    rows: list[dict[str, Any]] = []
    for role in state.crm.people.roles():
        may = [name for name in PERMISSIONS if name in role.permissions]
        rows.append({"name": role.name, "sees": role.sees, "permissions": may})
    everything = Column("permissions", "May", wrap=True, shown=lambda may: _may(may, len(PERMISSIONS)))
    state.output.rows((*_ROLES[:2], everything), rows)


def _may(permissions: list[str], all_of_them: int) -> str:
    return _("everything") if len(permissions) == all_of_them else ", ".join(permissions)


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _receipt(state: State, employee: Employee, done: str, undo: str) -> None:
    state.output.receipt(done, undo=undo, reference=employee.id, record={"employee": plain(employee)})
