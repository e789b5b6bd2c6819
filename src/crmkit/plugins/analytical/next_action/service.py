"""`crm.service(NextActions)`: what would be best to do for a customer now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.plugins.analytical.next_action.effects import Effects, effects_of
from crmkit.plugins.analytical.next_action.sentences import why, why_not
from crmkit.plugins.analytical.next_action.values import Basis, NextAction, Uplift

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Applicable


class NextActions:
    """Ranks what the rules would do for a customer now. Nothing is ever done.

    First come actions that were measured to work, by the least gain that the interval of the report leaves:
    so little is believed of a rule that few customers have gone through. The others follow by the rules'
    priority, and then by their order in `crm.toml`, whether nothing was measured or nothing is told yet. One
    that was measured to do harm has no place, and neither has one that a gate holds back.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def of(
        self, customer: int | str, *, outcome: str | None = None, is_amount: bool = False
    ) -> Sequence[NextAction]:
        """The actions for one customer, the best first, then those that are not to be done now.

        Only what was measured by `outcome` counts as measured, if one is given: gains in different outcomes
        are not the same thing. By `is_amount` it is what customers brought, in place of how many came. Raises
        `NotFound`, `NotAllowed`.
        """
        id_ = self._crm.customers.resolve(customer)
        return self.among([id_], outcome=outcome, is_amount=is_amount).get(id_, ())

    def among(
        self, customers: Collection[int], *, outcome: str | None = None, is_amount: bool = False
    ) -> Mapping[int, Sequence[NextAction]]:
        """The same for many, by id; those to whom no rule applies, or whom the actor does not see, are left
        out."""
        crm = self._crm

        @cache
        def effects(rule: str) -> Effects:
            return effects_of(crm, rule, outcome=outcome, is_amount=is_amount)

        by_customer: dict[int, dict[tuple[str, str], Applicable]] = {}
        for each in crm.strategy.applicable(customers):
            steps = by_customer.setdefault(each.customer_id, {})
            known = steps.get((each.rule, each.step))
            # Of several occasions for the same step, one that can be done says most.
            if known is None or (_is_open(each) and not _is_open(known)):
                steps[each.rule, each.step] = each
        return {id_: _ranked(crm, list(steps.values()), effects) for id_, steps in by_customer.items()}


def _ranked(crm: Crm, found: Sequence[Applicable], effects: Callable[[str], Effects]) -> Sequence[NextAction]:
    judged = []
    for order, each in enumerate(found):
        of_rule = effects(each.rule)
        uplift = of_rule.uplifts.get(each.arm or "")
        basis = _basis(uplift)
        is_open = _is_open(each)
        text = why(crm, each, basis, uplift, of_rule.note) if is_open else why_not(each)
        has_place = is_open and basis != "harm"
        gain = uplift.least if uplift is not None and basis == "measured" else 0.0
        judged.append(
            ((not has_place, not is_open, -gain, order), has_place, _action(each, basis, uplift, text))
        )
    judged.sort(key=lambda one: one[0])
    return tuple(
        evolve(action, place=place if has_place else None)
        for place, (_, has_place, action) in enumerate(judged, 1)
    )


def _basis(uplift: Uplift | None) -> Basis:
    if uplift is not None and uplift.least > 0:
        return "measured"
    return "harm" if uplift is not None and uplift.most < 0 else "priority"


def _action(each: Applicable, basis: Basis, uplift: Uplift | None, text: str) -> NextAction:
    return NextAction(
        customer_id=each.customer_id, place=None, rule=each.rule, step=each.step, action=each.action,
        says=each.says, state=each.state, basis=basis, priority=each.priority, why=text,
        command=f"crm plan --rule {each.rule}", uplift=uplift, reason=each.reason, until=each.until,
    )  # fmt: skip


def _is_open(each: Applicable) -> bool:
    return each.state == "act" or (each.state == "held" and each.until is not None)
