"""Why an action stands where it does, in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from crmkit import Money
from crmkit.plugin import shown_instant
from crmkit.plugins.analytical.next_action.values import Basis, Uplift

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Applicable

_STANDS = {"dropped": "left out", "withheld": "left alone", "held": "held back"}


def why(crm: Crm, each: Applicable, basis: Basis, uplift: Uplift | None, note: str) -> str:
    """Why an action that could be done stands where it does."""
    rank = f"by priority {each.priority}"
    if uplift is None:
        said = f"not measured{f' ({note})' if note else ''}: {rank}"
    elif basis == "measured":
        said = f"measured: {told(uplift)}"
    elif basis == "harm":
        said = f"does harm: {told(uplift)}"
    else:
        said = f"not told yet, {told(uplift)}: {rank}"
    return f"{said}; goes out {shown_instant(crm, each.until)}" if each.until is not None else said


def why_not(each: Applicable) -> str:
    """Why an action is not to be done now."""
    return f"{_STANDS.get(each.state, each.state)}: {each.reason or each.gate or ''}"


def told(uplift: Uplift) -> str:
    """`+2.1 points purchase within 30 days (+0.4 to +3.8), 400 customers`."""
    unit = "" if uplift.is_amount else " points"
    ends = f"{_number(uplift, uplift.low)} to {_number(uplift, uplift.high)}"
    what = f"{_number(uplift, uplift.absolute)}{unit} {uplift.outcome} within {uplift.within}"
    return f"{what} ({ends}), {uplift.customers:,} customer{'' if uplift.customers == 1 else 's'}"


def _number(uplift: Uplift, value: float) -> str:
    if not math.isfinite(value):
        return "not known"
    if not uplift.is_amount:
        return f"{value * 100:+.1f}"
    sign = "" if value < 0 else "+"
    return f"{sign}{Money(round(value), uplift.currency)}"
