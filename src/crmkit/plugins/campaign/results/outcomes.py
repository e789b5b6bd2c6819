"""Who came to an outcome after a message, and what they brought: of those whom messages reached, as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugins.campaign.results.messages import FOREVER, GONE, Whose, by_its_own, sent
from crmkit.plugins.campaign.results.sales import net_sales

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

PURCHASE = "purchase"


@frozen(kw_only=True)
class Awaited:
    """The interaction type that is waited for, and for how long (microseconds) after the first message."""

    outcome: str
    within: int


def reached(question: MetricQuestion, whose: Whose, awaited: Awaited) -> sa.Select[Any]:
    """SELECT of the customers who were sent any message, how many came to the outcome in time, and what they
    brought; a customer counts once in each group, from the first message there."""
    rows = sent(question, whose)
    gone = sa.select(*rows.c).where(rows.c.state.in_(GONE), rows.c.customer_id.is_not(None)).subquery("gone")
    first = question.per_customer(by_its_own(question, gone), met=lambda c: sa.func.min(c.occurred_at))
    hit = _hits(question, awaited.outcome)
    in_time = sa.and_(
        hit.c.customer_id == first.c.customer_id,
        hit.c.occurred_at > first.c.met,
        hit.c.occurred_at <= first.c.met + sa.literal(awaited.within, sa.BigInteger),
    )
    brought = (
        sa.select(
            *(column for column in first.c if column.key != "met"),
            sa.func.coalesce(sa.func.sum(hit.c.is_hit), 0).label("hits"),
            sa.func.coalesce(sa.func.sum(hit.c.amount), 0).label("amount"),
            sa.func.coalesce(sa.func.max(hit.c.unrated), 0).label("unrated"),
        )
        .select_from(first.outerjoin(hit, in_time))
        .group_by(*(column for column in first.c if column.key != "met"))
        .subquery("brought")
    )
    return question.total(
        brought,
        customers=lambda _: sa.func.count(),
        reached=lambda c: sa.func.coalesce(sa.func.sum(sa.case((c.hits > 0, 1), else_=0)), 0),
        revenue=lambda c: sa.func.coalesce(sa.func.sum(c.amount), 0),
    )


def _hits(question: MetricQuestion, outcome: str) -> Any:
    """(customer_id, occurred_at, is_hit, amount, unrated) of the outcome, net of refunds for purchases."""
    if outcome == PURCHASE:
        sale = net_sales(question)
        columns = (sale.c.customer_id, sale.c.occurred_at, sale.c.is_purchase.label("is_hit"))
        return sa.select(*columns, sale.c.amount, sale.c.unrated).subquery("hit")
    is_money = question.words.interaction_types[outcome].amount
    rows = question.rows(outcome, end=FOREVER, money=is_money)
    amount = rows.c.amount if is_money else sa.literal_column("0")
    unrated = rows.c.unrated if is_money else sa.literal_column("0")
    return sa.select(
        rows.c.customer_id, rows.c.occurred_at, sa.literal_column("1").label("is_hit"),
        amount.label("amount"), unrated.label("unrated"),
    ).subquery("hit")  # fmt: skip
