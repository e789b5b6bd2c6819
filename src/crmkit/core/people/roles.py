"""Roles: the built-in ones, and those of `[roles.x]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.core.errors import ConfigError, NotFound
from crmkit.core.model.people import PERMISSIONS, Role
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config

ADMINISTRATOR: Final = "administrator"
_DAILY: Final = frozenset(
    {
        "customers.read", "customers.write", "interactions.record", "interactions.correct", "records.read",
        "records.write", "consent.write", "messages.send",
    }
)  # fmt: skip
_BUILT_IN: Final = (
    Role(name=ADMINISTRATOR, permissions=frozenset(PERMISSIONS)),
    Role(name="manager", permissions=frozenset(PERMISSIONS) - {"plugins.manage", "database.manage"}),
    Role(name="clerk", permissions=_DAILY),
    Role(name="viewer", permissions=frozenset({"customers.read", "records.read"})),
)


def roles(config: Config) -> dict[str, Role]:
    """Every role by name: a role of `crm.toml` takes the place of a built-in one. Errors: ConfigError."""
    found = {role.name: role for role in _BUILT_IN}
    for name, declared in config.roles.items():
        for permission in declared.permissions:
            if permission not in PERMISSIONS:
                raise ConfigError(
                    phrase(
                        '[roles.{name}] permissions: there is no permission "{permission}"',
                        name=name,
                        permission=permission,
                    ),
                    hint=did_you_mean(permission, PERMISSIONS),
                )
        found[name] = Role(name=name, permissions=frozenset(declared.permissions), sees=declared.sees)
    return found


def role_named(config: Config, name: str) -> Role:
    """The role `name`. Errors: NotFound with the nearest name."""
    known = roles(config)
    if name not in known:
        raise NotFound(
            phrase('There is no role "{name}"', name=name),
            hint=did_you_mean(name, known),
        )
    return known[name]
