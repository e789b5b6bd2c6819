"""Beginning to measure a rule: its groups, since when they are these, and when it is to be decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.model.strategy import DROPPED, GLOBAL
from crmkit.core.strategy.arms import shares_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.rules import Rule

# Fewer customers than these never decide anything.
LEAST: Final = 200


def begin(kernel: Kernel, tx: Transaction, number: int, rule: Rule) -> dict[str, Any]:
    """What to note of a rule whose groups are new, or have other shares than before; else nothing.

    It is to be decided at as many customers as the first plan with these groups means: those whom the rule
    reaches now. That is known before anything can be seen of the outcome, as the statistics ask.
    """
    shares = shares_of(rule.declared)
    if not shares:
        return {}
    text = json.dumps(dict(shares), ensure_ascii=False)
    table, act = kernel.tables.rule, kernel.tables.plan_act
    noted = tx.execute(sa.select(table.c.shares).where(table.c.name == rule.name)).scalar()
    if noted == text:
        return {}
    meant = sa.select(sa.func.count(act.c.customer_id.distinct())).where(
        act.c.plan_id == number,
        act.c.rule == rule.name,
        act.c.arm.is_not(None),
        act.c.arm != GLOBAL,
        act.c.state != DROPPED,
    )
    most = int(tx.execute(meant).scalar_one())
    return {"shares": text, "measured_since": tx.at, "decided_at": max(LEAST, most)}
