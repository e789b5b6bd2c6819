"""Rights as they are at this moment: one taken away holds from the next call on, whoever is still at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.errors import NotAllowed
from crmkit.core.model.people import PERMISSIONS, Actor
from crmkit.core.people.roles import role_named
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


def current(kernel: Kernel, connection: sa.Connection, actor: Actor) -> Actor:
    """`actor` with the role they have now. Raises `NotAllowed` when they no longer work here."""
    if actor.employee is None:
        return actor
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = f"SELECT role, active FROM employee WHERE id = {mark}"
    row = connection.exec_driver_sql(statement, (actor.employee.id,)).first()
    if row is None or not row[1]:
        raise NotAllowed(
            phrase("{actor} no longer works here, so nothing can be done in their name", actor=actor.name),
            hint="Act as somebody else: crm --as NAME",
        )
    if row[0] == actor.role.name:
        return actor
    role = role_named(kernel.config, row[0])
    return Actor(name=actor.name, role=role, employee=evolve(actor.employee, role=row[0]))


def allowed(kernel: Kernel, connection: sa.Connection, actor: Actor, permission: str) -> Actor:
    """`actor` as they are now. Raises `NotAllowed` unless their role holds `permission`."""
    return permitted(current(kernel, connection, actor), permission)


def permitted(actor: Actor, permission: str) -> Actor:
    """`actor`. Raises `NotAllowed` unless their role, as given, holds `permission`."""
    if not actor.may(permission):
        raise NotAllowed(
            phrase(
                "{actor} may not {permissions}", actor=actor.name, permissions=phrase(PERMISSIONS[permission])
            ),
            hint=phrase(
                'The role "{role}" lacks the permission {permission}; an administrator can change it: '
                "crm people roles",
                role=actor.role.name,
                permission=permission,
            ),
            permission=permission,
        )
    return actor
