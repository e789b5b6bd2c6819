"""Why an action stands where it does, in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from crmkit import Money
from crmkit.plugin import N_, joined, nphrase, phrase, shown_instant, written_reason
from crmkit.plugins.analytical.next_action.values import Basis, Uplift

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Applicable

_STANDS = {"dropped": N_("left out"), "withheld": N_("left alone"), "held": N_("held back")}


def why(crm: Crm, each: Applicable, basis: Basis, uplift: Uplift | None, note: str) -> str:
    """Why an action that could be done stands where it does."""
    said = _measured(each, basis, uplift, note)
    if each.until is None:
        return said
    return phrase("{said}; goes out {at}", said=said, at=shown_instant(crm, each.until))


def _measured(each: Applicable, basis: Basis, uplift: Uplift | None, note: str) -> str:
    rank = phrase("by priority {priority}", priority=each.priority)
    if uplift is None:
        return (
            phrase("not measured ({note}): {rank}", note=note, rank=rank)
            if note
            else phrase("not measured: {rank}", rank=rank)
        )
    if basis == "measured":
        return phrase("measured: {effect}", effect=told(uplift))
    if basis == "harm":
        return phrase("does harm: {effect}", effect=told(uplift))
    return phrase("not told yet, {effect}: {rank}", effect=told(uplift), rank=rank)


def why_not(each: Applicable) -> str:
    """Why an action is not to be done now."""
    reason = written_reason(each.reason or each.gate)
    return phrase("{stands}: {reason}", stands=phrase(_STANDS.get(each.state, each.state)), reason=reason)


def told(uplift: Uplift) -> str:
    """`+2.1 points purchase within 30 days (+0.4 to +3.8), 400 customers`."""
    values = {
        "number": _number(uplift, uplift.absolute),
        "outcome": uplift.outcome,
        "time": uplift.within,
        "low": _number(uplift, uplift.low),
        "high": _number(uplift, uplift.high),
    }
    what = (
        phrase("{number} {outcome} within {time} ({low} to {high})", **values)
        if uplift.is_amount
        else phrase("{number} points {outcome} within {time} ({low} to {high})", **values)
    )
    return joined(", ", (what, nphrase("{count} customer", "{count} customers", uplift.customers)))


def _number(uplift: Uplift, value: float) -> str:
    if not math.isfinite(value):
        return phrase("not known")
    if not uplift.is_amount:
        return f"{value * 100:+.1f}"
    sign = "" if value < 0 else "+"
    return f"{sign}{Money(round(value), uplift.currency)}"
