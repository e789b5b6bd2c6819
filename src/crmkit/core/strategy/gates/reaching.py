"""Proposals that reach a customer, judged as contacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from crmkit.core.model.strategy import DROPPED, HELD
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.proposing import Proposal


def may_reach(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Nobody who did not agree, has no address, or was written to often enough; by night, not yet."""
    pairs = list(_contacts(proposed))
    judge_contacts(kernel, connection, [contact for _, contact in pairs], now)
    for proposal, contact in pairs:
        proposal.contact = contact
        if contact.state == DROPPED:
            proposal.drop(contact.gate or "", contact.reason or "")
        elif contact.state == HELD:
            proposal.hold(contact.gate or "", contact.reason or "", contact.until)


def _contacts(proposed: Sequence[Proposal]) -> Iterator[tuple[Proposal, Contact]]:
    last: Any = None
    touch = None
    for each in proposed:
        touches = each.step.action.touches
        if touches is None:
            continue
        # Those of a step without templates all have the same parameters.
        if each.params is not last:
            last, touch = each.params, touches(each.params)
        if touch is not None:
            yield each, Contact(
                customer_id=each.customer_id, channel=touch.channel, purpose=touch.purpose,
                origin=each.rule.origin, step=each.step.id, occasion=each.occasion,
            )  # fmt: skip
