"""On whose behalf something is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.core.errors import NotAllowed
from crmkit.core.model.people import Actor
from crmkit.core.people.employees import find_employee
from crmkit.core.people.roles import role_named
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


def actor_for(kernel: Kernel, named: str | int | None) -> Actor:
    """The employee `named` as an actor; None is `[people] default_actor`, and where there is none crmkit
    itself.

    Errors: NotFound for an unknown employee or role, Ambiguous, NotAllowed for one who has left.
    """
    wanted = kernel.config.people.default_actor if named is None else named
    if wanted is None:
        return kernel.house
    with kernel.reading() as connection:
        employee = find_employee(connection, kernel.tables, wanted)
    if not employee.active:
        raise NotAllowed(
            phrase(
                "{employee} no longer works here, so nothing can be done in their name",
                employee=employee.name,
            ),
            hint=phrase(
                "Act as somebody else, or bring them back: crm people employees update {employee} --active",
                employee=employee.id,
            ),
        )
    return Actor(name=employee.name, role=role_named(kernel.config, employee.role), employee=employee)
