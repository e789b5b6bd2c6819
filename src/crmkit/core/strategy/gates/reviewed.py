"""The plugins' own gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.model.strategy import ProposedAct
from crmkit.core.strategy.gates.verdict import PLUGIN

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.proposing import Proposal


def reviewed(kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], _now: int) -> None:
    """Nothing that a plugin refuses. Errors: PluginError when one fails, for then nobody has said yes."""
    # What a plugin would have said then is not on record.
    if kernel.past is not None or not kernel.hooks.decides("review_proposals"):
        return
    acts = [_shown(each) for each in proposed]
    for plugin, refusal in kernel.hooks.review_proposals(acts, kernel.crm()):
        proposed[refusal.index].drop(PLUGIN, f"the plugin {plugin}: {refusal.reason}")


def _shown(proposal: Proposal) -> ProposedAct:
    contact = proposal.contact
    return ProposedAct(
        rule=proposal.rule.name, step=proposal.step.id, occasion=proposal.occasion,
        customer_id=proposal.customer_id, action=proposal.step.action.name, params=proposal.params,
        channel=contact.channel if contact else None, purpose=contact.purpose if contact else None,
        address=contact.address if contact else None, until=proposal.until,
    )  # fmt: skip
