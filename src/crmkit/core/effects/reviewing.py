"""What has changed since an effect was entered: its rule may be at rest, and plugins may object by now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.effects.line import Line, Outcome
from crmkit.core.effects.pausing import later
from crmkit.core.errors import CrmError
from crmkit.core.model.strategy import SKIPPED, ProposedAct
from crmkit.core.strategy.origins import is_of_rule, rule_of
from crmkit.core.strategy.proposing import why_at_rest
from crmkit.core.strategy.sourced import sourced_rules

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Action


def leave_out_at_rest(kernel: Kernel, lines: Sequence[Line], now: int) -> None:
    """Leave out what is of a rule that does not act any more."""
    reasons: dict[str, str | None] = {}
    for line in lines:
        if line.origin not in reasons:
            reasons[line.origin] = _why_at_rest(kernel, line.origin, now)
        if reason := reasons[line.origin]:
            line.outcome = Outcome(state=SKIPPED, reason=reason)


def _why_at_rest(kernel: Kernel, origin: str, now: int) -> str | None:
    if not is_of_rule(origin):
        return None
    name = rule_of(origin)
    sourced = sourced_rules(kernel)[0].get(name)
    declared = sourced.declared if sourced is not None else kernel.config.rules.get(name)
    if declared is None:
        return f"there is no rule {name} any more"
    if not declared.enabled:
        return "the rule was set aside"
    return why_at_rest(declared, kernel, now)


def review(kernel: Kernel, action: Action | None, lines: Sequence[Line]) -> None:
    """Have plugins review acts of rules that are about to be done, as they did when these were planned.

    They can only read. Where one fails, nobody has said yes: the acts are tried again later.
    """
    acts = [line for line in lines if line.outcome is None and line.prepared and is_of_rule(line.origin)]
    if not acts or action is None or not kernel.hooks.decides("review_proposals"):
        return
    with kernel.planning():
        try:
            shown = [_shown(line, action) for line in acts]
            refusals = kernel.hooks.review_proposals(shown, kernel.crm())
        except CrmError as error:
            for line in acts:
                line.outcome = later(line, error.message, kernel.clock.now(), kernel.random)
            return
    for plugin, refusal in refusals:
        acts[refusal.index].outcome = Outcome(state=SKIPPED, reason=f"the plugin {plugin}: {refusal.reason}")


def _shown(line: Line, action: Action) -> ProposedAct:
    assert line.prepared is not None
    assert line.customer_id is not None
    return ProposedAct(
        rule=rule_of(line.origin), step=line.step, occasion=line.occasion,
        customer_id=line.customer_id, action=action.name, params=line.prepared.params, channel=line.channel,
        purpose=line.purpose, address=line.address,
    )  # fmt: skip
