"""Contacts: whether a customer may be reached now, by which address, and if not now, when.

Planning, applying and handing over ask this very same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define

from crmkit.core.model.acting import ASKING
from crmkit.core.model.strategy import ACT, DROPPED, HELD
from crmkit.core.strategy.gates.consent import agreed
from crmkit.core.strategy.gates.limits import Budget
from crmkit.core.strategy.gates.present import present
from crmkit.core.strategy.gates.quiet import QuietHours
from crmkit.core.strategy.gates.reachable import Addresses
from crmkit.core.strategy.gates.suppression import suppressed
from crmkit.core.strategy.gates.verdict import QUIET_HOURS

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel


@define(kw_only=True)
class Contact:
    """Somebody who is to be reached by a channel for a purpose, and what the gates say about it.

    `effect` is its own number in the ledger, 0 before it has one. `state` is `act`, `dropped`, or `held`
    until the instant `until`, when it may be asked about again; `gate` decided it, for `reason`, which is a
    sentence of its own. `address` is the normalised contact point to use, once it was found, else what was
    `given` for whoever has none; `channel` and `purpose` are words, and once it was judged their stored
    names.
    """

    customer_id: int
    channel: str
    purpose: str
    origin: str
    step: str
    occasion: str
    effect: int = 0
    state: str = ACT
    gate: str | None = None
    reason: str | None = None
    until: int | None = None
    address: str | None = None
    given: str | None = None

    @property
    def is_ask(self) -> bool:
        """Whether it asks somebody to confirm a consent: the answer to what they entered, no marketing."""
        return self.origin.startswith(ASKING)

    def drop(self, gate: str, reason: str) -> None:
        """Leave it out."""
        self.state, self.gate, self.reason = DROPPED, gate, reason

    def hold(self, gate: str, reason: str, until: int) -> None:
        """Keep it back until then."""
        self.state, self.gate, self.reason, self.until = HELD, gate, reason, until


def judge_contacts(
    kernel: Kernel,
    connection: sa.Connection,
    contacts: Sequence[Contact],
    now: int,
    *,
    just_asked: bool = False,
) -> None:
    """Write onto each of these contacts, which are all to be made at the instant `now`, what the gates say.

    Asked in this order, the first objection deciding: archived or restricted; consent for the purpose and
    the channel; suppression of the address; an address, which nobody else has got the same at; limits;
    quiet hours. Limits and quiet hours are of marketing alone, suppression of whatever it is for. Earlier
    contacts of the list that stand take their slots before later ones; of the ledger everything counts
    that may still reach the customer, or has. Reads only, in a few statements, however many there are. To be
    sure that nobody else takes the same slot at the same time, hold `PLAN_LOCK` until the contacts are in the
    ledger, or are marked as handed over. With `just_asked` those who are to be asked for a consent have asked
    for it at this moment.
    """
    _call_by_name(kernel, contacts)
    present(kernel, connection, contacts, now)
    granted = agreed(kernel, connection, _left(contacts), now, just_asked=just_asked)
    addresses = Addresses(kernel, connection, _left(contacts))
    suppressed(kernel, connection, _left(contacts), addresses.kinds, granted, now)
    addresses.require(_left(contacts))
    _in_order(kernel, connection, addresses, _left(contacts), now)


def _call_by_name(kernel: Kernel, contacts: Sequence[Contact]) -> None:
    for each in contacts:
        channel, purpose = kernel.words.channels.get(each.channel), kernel.words.purposes.get(each.purpose)
        each.channel = channel.name if channel else each.channel
        each.purpose = purpose.name if purpose else each.purpose


def _left(contacts: Sequence[Contact]) -> list[Contact]:
    return [each for each in contacts if each.state == ACT]


def _in_order(
    kernel: Kernel, connection: sa.Connection, addresses: Addresses, contacts: Sequence[Contact], now: int
) -> None:
    """One after the other: what stands takes its address, and its slot at the instant it will be made."""
    quiet = QuietHours(kernel, connection, contacts, now)
    budget = Budget(kernel, connection, contacts, now)
    for each in contacts:
        until = quiet.until(each)
        at = now if until is None else until
        if addresses.is_taken(each) or budget.is_spent(each, at):
            continue
        addresses.take(each)
        budget.take(each, at)
        if until is not None:
            each.hold(QUIET_HOURS, quiet.reason(each, until), until)
