"""What the doctor says of deals."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import Ambiguous, NotFound
from crmkit.plugin import Finding

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.settings import Settings


def quotas(crm: Crm, settings: Settings) -> Iterator[Finding]:
    """Quotas that belong to nobody who works here."""
    teams = {each.name.casefold() for each in crm.people.teams()}
    for name in settings.quotas:
        if name.casefold() in teams:
            continue
        try:
            employee = crm.people.get(name)
        except (NotFound, Ambiguous) as error:
            yield Finding(
                "error",
                f'The quota of "{name}" is nobody\'s: {error.message}',
                f"Where it is a team, add it: crm people teams add {shlex.quote(name)}. "
                "Who works here: crm people list",
            )
            continue
        if not employee.active:
            yield Finding(
                "warning", f'"{name}" has a quota and no longer works here', "Take it out of crm.toml"
            )
