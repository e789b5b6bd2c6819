"""The gates, asked once more at the hand-over: what they say may have changed since the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.effects.line import Line, Outcome
from crmkit.core.model.strategy import DROPPED, HELD, PENDING, SKIPPED
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts
from crmkit.core.strategy.gates.present import present

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel


def ask(kernel: Kernel, connection: sa.Connection, lines: Sequence[Line], now: int) -> None:
    """Give those lines an outcome that may not go out, or not yet.

    Where a line reaches a customer by a channel, every gate of contacts is asked; elsewhere only whether the
    customer is to be left alone.
    """
    if not lines:
        return
    asked = [(line, _contact(line)) for line in lines]
    present(kernel, connection, [contact for line, contact in asked if line.channel is None], now)
    judge_contacts(kernel, connection, [contact for line, contact in asked if line.channel is not None], now)
    for line, contact in asked:
        if contact.state == DROPPED:
            line.outcome = Outcome(state=SKIPPED, reason=contact.reason or contact.gate)
        elif contact.state == HELD and line.outcome is None:
            line.outcome = Outcome(
                state=PENDING, reason=contact.reason, due_at=max(contact.until or 0, now + 1), afresh=True
            )
        elif contact.address != line.address and line.outcome is None:
            line.outcome = Outcome(state=PENDING, due_at=now)  # to be prepared anew


def _contact(line: Line) -> Contact:
    assert line.customer_id is not None
    return Contact(
        customer_id=line.customer_id, channel=line.channel or "", purpose=line.purpose or "",
        origin=line.origin, step=line.step, occasion=line.occasion, effect=line.id,
        given=line.given_address,
    )  # fmt: skip
