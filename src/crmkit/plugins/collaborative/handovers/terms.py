"""What a decision about handovers goes by: when, for whom, and what the business has set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.plugins.collaborative.handovers.open_time import MINUTE, open_time
from crmkit.plugins.collaborative.handovers.record_type import ACCEPTED, BROKEN, DROPPED, OFFERED, REFUSED

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record
    from crmkit.plugins.collaborative.handovers.settings import HandoverSettings
    from crmkit.plugins.collaborative.handovers.staff import Staff


@frozen(kw_only=True)
class Terms:
    """One moment's terms. `at` is now, as an instant."""

    crm: Crm
    settings: HandoverSettings
    at: int
    staff: Staff

    @property
    def me(self) -> str | None:
        """The uid of who acts; None for crmkit itself."""
        employee = self.crm.actor.employee
        return employee.uid if employee is not None else None

    @property
    def is_boss(self) -> bool:
        """Whether an administrator acts, or crmkit itself."""
        return self.staff.is_boss

    @property
    def tells(self) -> bool:
        """Whether anybody can be written to."""
        return self.settings.tell and any(each.tell is not None for each in self.crm.words.channels)

    def accept_by(self, by: int) -> int:
        """By when what is offered now is to be accepted: never later than it is to be kept."""
        return min(by, open_time(self.settings.accept_within).after(self.at, self.crm.hours))

    def kept_until(self, by: int) -> int:
        """Until when what is promised by `by` counts as kept."""
        return open_time(self.settings.grace).after(by, self.crm.hours)

    def minutes(self, begin: int, end: int) -> int:
        """The working minutes between two instants."""
        return max(0, self.crm.hours.between(begin, end)) // MINUTE

    def looked_at_next(self, state: str | None, fields: Mapping[str, Any]) -> int | None:
        """When time itself changes it."""
        if state == OFFERED:
            return fields["accept_by"]  # type: ignore[no-any-return]
        return self.kept_until(fields["by"]) if state == ACCEPTED else None

    def is_giver(self, handover: Record) -> bool:
        """Whether who acts handed it over."""
        return self.me is not None and handover.fields.get("from_employee") == self.me

    def is_receiver(self, handover: Record) -> bool:
        """Whether who acts is to keep it, or is of the team that was given it."""
        employee = self.crm.actor.employee
        if employee is None:
            return False
        team = handover.fields.get("to_team")
        return handover.owner_id == employee.id or (team is not None and team in employee.teams)

    def to_tell(self, state: str, giver: str | None, receiver: int | None) -> str | None:
        """What somebody else is to be written of it, having come into `state`."""
        if not self.tells:
            return None
        if state == OFFERED:
            return "made" if receiver is None or receiver != self.crm.actor.id else None
        goes_back = state in (REFUSED, BROKEN, DROPPED)
        return state if goes_back and giver is not None and giver != self.me else None
