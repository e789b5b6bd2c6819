"""`crm.people`: employees, teams and roles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.errors import Conflict, Invalid
from crmkit.core.model.people import Employee, Role, Team
from crmkit.core.normalise import clean_text, fold
from crmkit.core.people.employees import employees, find_employee, team_named, teams
from crmkit.core.people.roles import ADMINISTRATOR, role_named, roles
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.notice import Told
    from crmkit.core.model.people import Actor
    from crmkit.core.people.covers import Covers
    from crmkit.core.store.unit import Transaction

_MANAGE = "people.manage"


class People:
    """Employees, teams and roles, for one actor. Everybody may look; changes need `people.manage`."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def add(
        self, name: str, email: str | None = None, *, role: str = "clerk", teams: Iterable[str] = ()
    ) -> Employee:
        """Add an employee. Errors: Invalid, NotFound for the role or a team, Conflict for a taken address."""
        self._kernel.require(self._actor, _MANAGE)
        role_named(self._kernel.config, role)
        values = {"name": self._name(name), "email": self._email(email), "role": role}
        with self._kernel.unit(self._actor) as tx:
            self._refuse_taken(tx, values["email"])
            uid = self._kernel.uids.new()
            inserted = tx.execute(
                sa.insert(self._kernel.tables.employee).values(
                    uid=uid, fold=fold(str(values["name"])), active=1, created_at=tx.at, **values
                )
            )
            (employee_id,) = inserted.inserted_primary_key or (0,)
            tx.append_change(
                ("created", "employee", employee_id, None, "", None, json.dumps(values), "", uid)
            )
            for team in teams:
                self.join(int(employee_id), team)
            return find_employee(tx.connection, self._kernel.tables, int(employee_id))

    def get(self, employee: str | int) -> Employee:
        """An employee by id, uid, e-mail address or name. Errors: NotFound, Ambiguous."""
        with self._kernel.reading() as connection:
            return find_employee(connection, self._kernel.tables, employee)

    def list(self, *, left: bool = False, here: bool = False) -> tuple[Employee, ...]:
        """The employees by name; with `left` also those who no longer work here, with `here` only those who
        are not away today."""
        table = self._kernel.tables.employee
        conditions = [] if left else [table.c.active == 1]
        if here and (away := self.covers.away()):
            conditions.append(table.c.id.not_in(away))
        with self._kernel.reading() as connection:
            return tuple(employees(connection, self._kernel.tables, *conditions))

    @property
    def covers(self) -> Covers:
        """Who is away, and who stands in for whom."""
        from crmkit.core.people.covers import Covers

        return Covers(self._kernel, self._actor)

    def update(
        self,
        employee: str | int,
        *,
        name: str | None = None,
        email: str | None = None,
        role: str | None = None,
        active: bool | None = None,
    ) -> Employee:
        """Change what is given. Errors: NotFound, Invalid, Conflict when nobody could administer any more."""
        self._kernel.require(self._actor, _MANAGE)
        with self._kernel.unit(self._actor) as tx:
            before = find_employee(tx.connection, self._kernel.tables, employee)
            new = self._changed(before, name=name, email=email, role=role, active=active)
            if "email" in new:
                self._refuse_taken(tx, new["email"])
            if before.role == ADMINISTRATOR and (
                new.get("role", ADMINISTRATOR) != ADMINISTRATOR or active is False
            ):
                self._keep_an_administrator(tx, before)
            self._write(tx, before, new)
            return find_employee(tx.connection, self._kernel.tables, before.id)

    def deactivate(self, employee: str | int) -> Employee:
        """Somebody leaves: their name stays on what they did, and nothing can be done in it any more."""
        return self.update(employee, active=False)

    def tell(self, employees: Iterable[str | int], *, subject: str, text: str, key: str) -> tuple[Told, ...]:
        """Write to employees by e-mail, plain text, each once by one call; into files while rehearsing.

        Phrases are said in the language of the business. The same `key` makes the same message, so that mail
        servers may notice a repetition; whoever calls again for what was sent sends it again. Errors:
        NotFound, Ambiguous; Invalid where no channel can.
        """
        from crmkit.core.people.telling import tell

        self._kernel.require(self._actor, "messages.send")
        return tell(self._kernel.crm(self._actor), [self.get(each) for each in employees], subject, text, key)

    def teams(self) -> tuple[Team, ...]:
        """Every team."""
        with self._kernel.reading() as connection:
            return tuple(teams(connection, self._kernel.tables))

    def add_team(self, name: str, parent: str | None = None) -> Team:
        """Add a team, possibly beneath another. Errors: Invalid, NotFound, Conflict for a taken name."""
        self._kernel.require(self._actor, _MANAGE)
        name = self._name(name)
        with self._kernel.unit(self._actor) as tx:
            if any(fold(team.name) == fold(name) for team in teams(tx.connection, self._kernel.tables)):
                raise Conflict(
                    phrase('There is a team "{name}" already', name=name), hint="Run: crm people teams list"
                )
            above = team_named(tx.connection, self._kernel.tables, parent).id if parent else None
            inserted = tx.execute(sa.insert(self._kernel.tables.team).values(name=name, parent_id=above))
            (team_id,) = inserted.inserted_primary_key or (0,)
            tx.append_change(("created", "team", team_id, None, "", None, json.dumps(name), "", name))
            return team_named(tx.connection, self._kernel.tables, name)

    def update_team(self, team: str, *, name: str | None = None, parent: str | None = None) -> Team:
        """Give a team another name, or put it beneath another; beneath none with `parent=""`.

        Errors: NotFound, Invalid, Conflict for a taken name or a team that would be beneath itself.
        """
        self._kernel.require(self._actor, _MANAGE)
        with self._kernel.unit(self._actor) as tx:
            before = team_named(tx.connection, self._kernel.tables, team)
            known = {each.name: each for each in teams(tx.connection, self._kernel.tables)}
            new: dict[str, Any] = {}
            if name is not None and (name := self._name(name)) != before.name:
                if any(fold(each) == fold(name) for each in known if each != before.name):
                    raise Conflict(
                        phrase('There is a team "{name}" already', name=name),
                        hint="Run: crm people teams list",
                    )
                new["name"] = name
            if parent is not None:
                above = team_named(tx.connection, self._kernel.tables, parent) if parent else None
                _refuse_circle(before, above, known)
                new["parent_id"] = above.id if above else None
            if new:
                table = self._kernel.tables.team
                tx.execute(sa.update(table).where(table.c.id == before.id).values(**new))
                old = json.dumps({"name": before.name, "parent": before.parent})
                tx.append_change(
                    ("changed", "team", before.id, None, "", old, json.dumps(new), "", before.name)
                )
            return team_named(tx.connection, self._kernel.tables, new.get("name", before.name))

    def join(self, employee: str | int, team: str, *, lead: bool | None = None) -> None:
        """Make somebody a member of a team, who leads it or (`lead=False`) does not.

        Harmless when they are. Errors: NotFound, NotAllowed.
        """
        table = self._kernel.tables.team_member
        with self._membership(employee, team) as (tx, who, which):
            if which.name not in who.teams:
                tx.execute(sa.insert(table).values(team_id=which.id, employee_id=who.id))
                self._log_membership(tx, who, None, which.name)
            if lead is not None and lead != (who.name in which.leads):
                mine = sa.and_(table.c.team_id == which.id, table.c.employee_id == who.id)
                tx.execute(sa.update(table).where(mine).values(is_lead=int(lead)))
                old, new = (which.name, None) if not lead else (None, which.name)
                self._log_membership(tx, who, old, new, "lead")

    def leave(self, employee: str | int, team: str) -> None:
        """End somebody's membership of a team; harmless when they are no member."""
        table = self._kernel.tables.team_member
        with self._membership(employee, team) as (tx, who, which):
            if which.name in who.teams:
                tx.execute(sa.delete(table).where(table.c.team_id == which.id, table.c.employee_id == who.id))
                self._log_membership(tx, who, which.name, None)

    def roles(self) -> tuple[Role, ...]:
        """The built-in roles and those of `crm.toml`."""
        return tuple(roles(self._kernel.config).values())

    @contextmanager
    def _membership(self, employee: str | int, team: str) -> Iterator[tuple[Transaction, Employee, Team]]:
        self._kernel.require(self._actor, _MANAGE)
        with self._kernel.unit(self._actor) as tx:
            who = find_employee(tx.connection, self._kernel.tables, employee)
            yield tx, who, team_named(tx.connection, self._kernel.tables, team)

    def _changed(self, before: Employee, **given: Any) -> dict[str, Any]:
        """The columns to write: what was given and differs."""
        if given["role"] is not None:
            role_named(self._kernel.config, given["role"])
        if given["name"] is not None:
            given["name"] = self._name(given["name"])
        given["email"] = self._email(given["email"])
        return {key: value for key, value in given.items() if value not in (None, getattr(before, key))}

    def _write(self, tx: Transaction, before: Employee, new: dict[str, Any]) -> None:
        table = self._kernel.tables.employee
        for key, value in new.items():
            old = json.dumps(getattr(before, key))
            tx.append_change(
                ("changed", "employee", before.id, None, key, old, json.dumps(value), "", before.uid)
            )
        if "name" in new:
            new["fold"] = fold(new["name"])
        if "active" in new:
            new["active"] = int(new["active"])
        if new:
            tx.execute(sa.update(table).where(table.c.id == before.id).values(**new))

    def _log_membership(
        self, tx: Transaction, who: Employee, old: str | None, new: str | None, as_: str = "team"
    ) -> None:
        values = [json.dumps(value) if value else None for value in (old, new)]
        tx.append_change(("changed", "employee", who.id, None, as_, *values, "", who.uid))

    def _keep_an_administrator(self, tx: Transaction, leaving: Employee) -> None:
        table = self._kernel.tables.employee
        others = employees(
            tx.connection,
            self._kernel.tables,
            table.c.role == ADMINISTRATOR,
            table.c.active == 1,
            table.c.id != leaving.id,
        )
        if not others:
            raise Conflict(
                phrase("{leaving} is the last administrator", leaving=leaving.name),
                hint="Make somebody else one first: crm people employees update NAME --role administrator",
            )

    def _refuse_taken(self, tx: Transaction, email: str | None) -> None:
        table = self._kernel.tables.employee
        taken = employees(tx.connection, self._kernel.tables, table.c.email == email) if email else []
        if taken:
            raise Conflict(
                phrase('"{email}" is the address of {value}', email=email, value=taken[0].name),
                hint="Run: crm people employees list",
            )

    def _name(self, name: str) -> str:
        cleaned = clean_text(name, what=phrase("the name"))
        if not fold(cleaned):
            raise Invalid(
                phrase('"{name}" is no name', name=name), hint="Give a name with letters or digits."
            )
        return cleaned

    def _email(self, email: str | None) -> str | None:
        return self._kernel.emails.normalise(email) if email else None


def _refuse_circle(team: Team, above: Team | None, known: Mapping[str, Team]) -> None:
    """Raise `Conflict` where `above` is the team itself or lies beneath it."""
    each = above
    while each is not None:
        if each.name == team.name:
            raise Conflict(
                phrase("{team} cannot be beneath itself", team=team.name),
                hint="Put it beneath a team that is not part of it.",
            )
        each = known.get(each.parent or "")
