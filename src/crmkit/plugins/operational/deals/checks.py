"""What the doctor says of deals."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import Ambiguous, NotFound
from crmkit.plugin import Finding, phrase

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
                phrase('The quota of "{name}" is nobody\'s: {reason}', name=name, reason=error.message),
                phrase(
                    "Where it is a team, add it: crm people teams add {team}. "
                    "Who works here: crm people list",
                    team=shlex.quote(name),
                ),
            )
            continue
        if not employee.active:
            yield Finding(
                "warning",
                phrase('"{name}" has a quota and no longer works here', name=name),
                phrase("Take it out of crm.toml"),
            )
