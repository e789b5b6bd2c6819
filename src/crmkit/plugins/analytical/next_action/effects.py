"""What each rule has changed so far, by its own report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.analytical.next_action.values import Uplift

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import RuleReport

# States of a report in which its numbers say something.
_TOLD: Final = ("collecting", "inconclusive", "better", "worse")


@frozen
class Effects:
    """The uplifts of one rule by the groups of its customers, or a `note` on why there are none."""

    uplifts: Mapping[str, Uplift] = field(factory=dict)
    note: str = ""


def effects_of(crm: Crm, rule: str, *, outcome: str | None = None, is_amount: bool = False) -> Effects:
    """What the rule has changed against its control group; only in this `outcome`, if one is given."""
    try:
        report = crm.strategy.report(rule, ahead=False)
    except Invalid:
        return Effects()
    if outcome is not None and report.outcome != outcome:
        note = phrase("measured by {own}, not by {wanted}", own=report.outcome, wanted=outcome)
        return Effects(note=note)
    if report.state not in _TOLD:
        return Effects(note=_note(report))
    ungrouped = phrase("no control group")
    return Effects(_uplifts(report, is_amount=is_amount), "" if report.shares else ungrouped)


def _note(report: RuleReport) -> str:
    if report.state == "broken":
        return phrase("its groups do not have the sizes they were given")
    return "" if report.state == "not begun" else phrase("nobody's time is over yet")


def _uplifts(report: RuleReport, *, is_amount: bool) -> dict[str, Uplift]:
    comparison = report.amounts if is_amount else report.shares
    if comparison is None or comparison.control is None:
        return {}
    counted = {arm.name: arm.sample.n for arm in comparison.arms}
    return {
        each.arm: Uplift(
            outcome=report.outcome, within=report.within or "", absolute=each.absolute,
            relative=each.relative, low=each.daily.low, high=each.daily.high,
            customers=counted[each.arm] + counted[each.against], wanted=report.wanted, is_amount=is_amount,
            currency=report.currency,
        )
        for each in comparison.differences
        if each.against == comparison.control and each.absolute is not None
    }  # fmt: skip
