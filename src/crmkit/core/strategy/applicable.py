"""Which rules apply to some customers now, each asked as if it were alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from crmkit.core.customers.sets import rows_among
from crmkit.core.model.strategy import Applicable
from crmkit.core.strategy.gates import pass_through
from crmkit.core.strategy.proposing import Proposal, proposals
from crmkit.core.strategy.rendering import Letters

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.rules import Rule


def applicable(
    kernel: Kernel, connection: sa.Connection, rules: Iterable[Rule], ids: Collection[int], now: int
) -> Iterator[Applicable]:
    """What each rule would do for these customers, in the order of the rules, and what the gates say.

    Every rule passes the gates alone, so that none takes the slot of contact, or the decision, of another:
    whoever asks wants to choose between them.
    """
    letters = Letters(kernel, connection)
    known = {row[0] for row in rows_among(connection, "SELECT id FROM customer WHERE id", sorted(ids))}
    for rule in rules:
        proposed = list(proposals(kernel, connection, [rule], now, letters, known, enter_now=True))
        pass_through(kernel, connection, proposed, now, is_whole=False)
        yield from map(_told, proposed)


def _told(proposal: Proposal) -> Applicable:
    return Applicable(
        customer_id=proposal.customer_id, rule=proposal.rule.name, step=proposal.step.id,
        occasion=proposal.occasion, action=proposal.step.action.name, says=proposal.says,
        priority=proposal.rule.declared.priority, state=proposal.state, gate=proposal.gate,
        reason=proposal.reason, until=proposal.until,
        channel=proposal.contact.channel if proposal.contact else None, arm=proposal.arm,
    )  # fmt: skip
