"""Who works here and what they may do."""

from __future__ import annotations

from datetime import date
from typing import Final

from attrs import frozen

from crmkit.core.language import N_

PERMISSIONS: Final = {
    "customers.read": N_("look customers up and read their pages"),
    "customers.write": N_("add, change, tag, archive and restore customers"),
    "customers.import": N_("import customers, interactions and records from files"),
    "customers.export": N_("write customers and records to files"),
    "customers.merge": N_("merge customers who are the same, and take a merge back"),
    "interactions.record": N_("record interactions and notes"),
    "interactions.correct": N_("correct, void and reassign interactions"),
    "records.read": N_("look up orders, deals and whatever else is kept of customers"),
    "records.write": N_("add, change, move and archive orders, deals and the like"),
    "consent.write": N_("record consent given and withdrawn"),
    "messages.send": N_("write to customers by hand"),
    "strategy.apply": N_("make plans, and apply them"),
    "rates.write": N_("set the exchange rates of other currencies"),
    "privacy.manage": N_("answer people's requests: hand out, restrict and erase what is kept of them"),
    "audit.read": N_("see who read or took out customers' data, and verify the logs"),
    "people.manage": N_("manage employees, teams and roles"),
    "plugins.manage": N_("enable, disable, resume, uninstall, purge and replay plugins"),
    "database.manage": N_("upgrade, back up, restore and copy the database"),
}
SCOPES: Final = ("all", "team", "own")


@frozen(kw_only=True)
class Role:
    """A named set of permissions, and whose customers its bearers see: `all`, their `team`'s, or their
    `own`.
    """

    name: str
    permissions: frozenset[str]
    sees: str = "all"


@frozen(kw_only=True)
class Employee:
    """Somebody who works with customers."""

    id: int
    uid: str
    name: str
    email: str | None
    role: str
    active: bool = True
    teams: tuple[str, ...] = ()


@frozen(kw_only=True)
class Team:
    """A group of employees, possibly part of another; `leads` are those members who lead it."""

    id: int
    name: str
    parent: str | None = None
    members: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@frozen(kw_only=True)
class Cover:
    """That `stand_in` (None: nobody) acts for `employee` from the first day to the last, both included, by
    the business's time zone; `is_away` tells whether the other is away, or only wants help.
    """

    id: int
    employee: Employee
    stand_in: Employee | None
    first_day: date
    last_day: date
    is_away: bool = True


@frozen(kw_only=True)
class Actor:
    """On whose behalf something is done: an employee, or crmkit itself (`employee` is `None`)."""

    name: str
    role: Role
    employee: Employee | None = None

    @property
    def id(self) -> int | None:
        """The acting employee's id, or `None` for crmkit itself."""
        return self.employee.id if self.employee else None

    def may(self, permission: str) -> bool:
        """Whether the role holds `permission`."""
        return permission in self.role.permissions
