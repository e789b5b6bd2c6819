"""Quiet hours: by the customer's own clock, marketing waits until they are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Invalid
from crmkit.core.instants import format_instant, local_date, parse_instant, zone
from crmkit.core.strategy.gates.consent import MARKETING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.gates.contacts import Contact


class QuietHours:
    """`[limits] quiet_hours` at one instant, in the time zones of some contacts' customers."""

    def __init__(
        self, kernel: Kernel, connection: sa.Connection, contacts: Sequence[Contact], now: int
    ) -> None:
        self._now, self._tz = now, kernel.tz
        self._hours = kernel.config.limits.quiet
        self._marketing = {each.name for each in kernel.words.purposes if each.type == MARKETING}
        concerned = [each for each in contacts if self._minds(each)] if self._hours else []
        if kernel.past is not None and concerned:
            self._zones = kernel.past.zones(connection, now)
        else:
            self._zones = _zones(connection, concerned)
        self._ends: dict[str | None, int | None] = {}

    def until(self, contact: Contact) -> int | None:
        """When the quiet hours in which it is now end for this customer; None where it is not quiet."""
        if self._hours is None or not self._minds(contact):
            return None
        name = self._zones.get(contact.customer_id)
        if name not in self._ends:
            self._ends[name] = quiet_until(self._now, self._hours, self._zone(name))
        return self._ends[name]

    def _minds(self, contact: Contact) -> bool:
        return contact.purpose in self._marketing and not contact.is_ask

    def reason(self, contact: Contact, until: int) -> str:
        """Until when, by whose clock."""
        tz = self._zone(self._zones.get(contact.customer_id))
        return f"quiet hours, until {format_instant(until, tz)} in {tz}"

    def _zone(self, name: str | None) -> tzinfo:
        try:
            return zone(name) if name else self._tz
        except Invalid:
            # The zones of this machine may be others than those of the one that saved it.
            return self._tz


def quiet_until(now: int, hours: tuple[time, time], tz: tzinfo) -> int | None:
    """The first instant after the quiet hours that `now` lies in; None where it lies in none.

    Each night is quiet once: from the first moment at which clocks show its beginning to the first at which
    they show its end, or to the end of the gap that swallows it.
    """
    begins, ends = hours
    today = local_date(now, tz)
    for back in (1, 0):
        day = today - timedelta(days=back)
        last = day if begins < ends else day + timedelta(days=1)
        until = _instant(last, ends, tz)
        if _instant(day, begins, tz) <= now < until:
            return until
    return None


def _instant(day: date, at: time, tz: tzinfo) -> int:
    return parse_instant(datetime.combine(day, at).isoformat(), tz, 0)


def _zones(connection: sa.Connection, contacts: Sequence[Contact]) -> Mapping[int, str]:
    """The time zones of those customers who have one of their own."""
    ids = sorted({each.customer_id for each in contacts})
    select = "SELECT id, timezone FROM customer WHERE timezone IS NOT NULL AND id"
    return {row[0]: row[1] for row in rows_among(connection, select, ids)}
