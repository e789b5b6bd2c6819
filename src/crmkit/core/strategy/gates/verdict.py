"""What a gate is asked about, and its names: they are on record, and in what people read."""

from __future__ import annotations

from typing import Final, Protocol

INACTIVE: Final = "not active"
ARCHIVED: Final = "archived"
RESTRICTED: Final = "restricted"
NOT_AGAIN: Final = "not again yet"
ANSWERED: Final = "answered enough"
CONSENT: Final = "consent"
SUPPRESSION: Final = "suppression"
REACHABLE: Final = "reachable"
LIMITS: Final = "limits"
QUIET_HOURS: Final = "quiet hours"
RULES: Final = "another rule"
PLUGIN: Final = "plugin"
CONTROL_GROUP: Final = "control group"
TOO_MANY: Final = "too many"


class Judged(Protocol):
    """What any gate can drop: a proposal, or a contact."""

    @property
    def customer_id(self) -> int:
        """Whom it is about."""

    def drop(self, gate: str, reason: str) -> None:
        """Leave it out."""
