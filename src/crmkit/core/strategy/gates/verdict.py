"""What a gate is asked about, and its names: they are on record, and in what people read."""

from __future__ import annotations

from typing import Final, Protocol

from crmkit.core.language import N_

INACTIVE: Final = N_("not active")
ARCHIVED: Final = N_("archived")
RESTRICTED: Final = N_("restricted")
NOT_AGAIN: Final = N_("not again yet")
ANSWERED: Final = N_("answered enough")
CONSENT: Final = N_("consent")
SUPPRESSION: Final = N_("suppression")
REACHABLE: Final = N_("reachable")
LIMITS: Final = N_("limits")
QUIET_HOURS: Final = N_("quiet hours")
RULES: Final = N_("another rule")
PLUGIN: Final = N_("plugin")
CONTROL_GROUP: Final = N_("control group")
TOO_MANY: Final = N_("too many")
NAMES: Final = (
    INACTIVE, ARCHIVED, RESTRICTED, NOT_AGAIN, ANSWERED, CONSENT, SUPPRESSION, REACHABLE, LIMITS, QUIET_HOURS,
    RULES, PLUGIN, CONTROL_GROUP, TOO_MANY,
)  # fmt: skip


class Judged(Protocol):
    """What any gate can drop: a proposal, or a contact."""

    @property
    def customer_id(self) -> int:
        """Whom it is about."""

    def drop(self, gate: str, reason: str) -> None:
        """Leave it out."""
