"""What customers bring."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crmkit.core.metrics.question import MetricQuestion


def revenue(question: MetricQuestion) -> sa.Select[Any]:
    """Purchases less refunds."""
    rows = question.rows("purchase", "refund", money=True)
    return question.count(rows, numerator=_net)


def average_order_value(question: MetricQuestion) -> sa.Select[Any]:
    """Amounts of purchases, and how many have one."""
    rows = question.rows("purchase", money=True)
    return question.count(
        rows,
        numerator=lambda c: sa.func.sum(c.amount),
        denominator=lambda c: sa.func.count(c.amount),
    )


def _net(columns: Any) -> Any:
    return sa.func.sum(sa.case((columns.type == "refund", -columns.amount), else_=columns.amount))
