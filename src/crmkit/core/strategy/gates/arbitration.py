"""Arbitration: of rules that decide the same thing about a customer, the first one does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.strategy.gates.verdict import RULES

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.proposing import Proposal


def arbitrated(_kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], _now: int) -> None:
    """Of acts that decide about the same thing the first one stands, in the order of the rules."""
    taken: dict[tuple[int, str], Proposal] = {}
    for each in proposed:
        claims = each.step.action.claims
        claim = claims(each.params) if claims else None
        if claim is None:
            continue
        first = taken.setdefault((each.customer_id, claim), each)
        if first is not each:
            is_same = (first.step.action.name, first.params) == (each.step.action.name, each.params)
            does = "does the same" if is_same else f"goes first, and decides {claim}"
            each.drop(RULES, f'the rule "{first.rule.name}" {does}')
