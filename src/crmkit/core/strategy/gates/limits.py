"""Limits: how often marketing reaches a customer at most, over all rules and plugins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.sets import rows_among
from crmkit.core.instants import format_instant
from crmkit.core.model.acting import ASKING
from crmkit.core.strategy.gates.consent import MARKETING
from crmkit.core.strategy.gates.counted import COUNTED, is_open, rehearsed_too
from crmkit.core.strategy.gates.verdict import LIMITS
from crmkit.core.strategy.schedules import duration

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.gates.contacts import Contact

# A contact that counts: when, its number in the ledger, and whether it still waits.
_Slot = tuple[int, int, bool]


class Budget:
    """What is left of `[limits] marketing` for each customer.

    Looking back for the length of the limit from any contact, this one's own or a later one's, there are
    never more than it allows. What waits counts when it is due, at the earliest now.
    """

    def __init__(
        self, kernel: Kernel, connection: sa.Connection, contacts: Sequence[Contact], now: int
    ) -> None:
        self._tz, self._now = kernel.tz, now
        self._marketing = {each.name for each in kernel.words.purposes if each.type == MARKETING}
        self._slots: dict[int, list[_Slot]] = {}
        self._since: dict[int, int] = {}
        limit = kernel.config.limits.contacts
        if limit is None:
            self._most = None
            return
        self._most, self._length = limit[0], duration(limit[1])
        concerned = [each for each in contacts if self._counts(each)]
        if concerned:
            self._load(connection, concerned)

    def is_spent(self, contact: Contact, at: int) -> bool:
        """Whether a contact at this instant would be one too many; it is dropped then."""
        if self._most is None or not self._counts(contact):
            return False
        slots = self._slots.get(contact.customer_id, ())
        # What waits and was entered later gives way.
        times = [when for when, number, waits in slots if not (waits and 0 < contact.effect < number)]
        for end in (at, *(when for when in times if when > at)):
            since = self._before(end)
            if since >= at:
                continue
            inside = [when for when in times if since < when <= end]
            if len(inside) >= self._most:
                contact.drop(LIMITS, self._reason(inside))
                return True
        return False

    def take(self, contact: Contact, at: int) -> None:
        """Count a contact that stands."""
        if self._most is not None and self._counts(contact):
            self._slots.setdefault(contact.customer_id, []).append((at, contact.effect, False))

    def _counts(self, contact: Contact) -> bool:
        return contact.purpose in self._marketing and not contact.is_ask

    def _load(self, connection: sa.Connection, contacts: Sequence[Contact]) -> None:
        own = {each.effect for each in contacts}
        names = sorted(self._marketing)
        # What is put in are fixed words; values are bound.
        select = f"""
            SELECT customer_id, id, state, contact_at, due_at FROM effect
            WHERE contact_at IS NOT NULL AND {COUNTED}{rehearsed_too(connection)}
            AND substr(origin, 1, {len(ASKING)}) <> '{ASKING}'
            AND purpose IN ({", ".join("?" * len(names))}) AND (contact_at > ? OR due_at IS NOT NULL)
            AND customer_id"""  # noqa: S608
        ids = sorted({each.customer_id for each in contacts})
        rows = rows_among(connection, select, ids, *names, self._before(self._now))
        for customer_id, number, state, contact_at, due_at in rows:
            if number in own:
                continue
            waits = is_open(state)
            when = max(self._now, due_at or contact_at) if waits else contact_at
            self._slots.setdefault(customer_id, []).append((when, number, waits))

    def _before(self, instant: int) -> int:
        if instant not in self._since:
            self._since[instant] = self._length.before(instant, self._tz)
        return self._since[instant]

    def _reason(self, times: Sequence[int]) -> str:
        are = "is" if self._most == 1 else "are"
        last = max(times)
        which = "the next is due on" if last >= self._now else "the last on"
        day = format_instant(last, self._tz)[:10]
        return f"{self._most} in {self._length} {are} enough, {which} {day}"
