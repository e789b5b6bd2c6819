"""What customers bought, net of what they got back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import payload_value
from crmkit.plugins.campaign.results.messages import FOREVER, numeric

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion


def net_sales(question: MetricQuestion) -> sa.CTE:
    """Purchases from the period's start on, less the refunds that name them, whenever those were; and each
    refund that names none, as an amount below zero on its own day.

    Columns: seq, customer_id, occurred_at, amount (minor units of the business's currency, at the rate of
    its day), unrated (1 where there is no such rate), is_purchase.
    """
    bought = sa.select(question.rows("purchase", end=FOREVER, money=True)).cte("bought")
    back = _refunds(question, bought).cte("back")
    taken = (
        sa.select(
            back.c.sale,
            sa.func.sum(sa.func.coalesce(back.c.amount, 0)).label("amount"),
            sa.func.max(back.c.unrated).label("unrated"),
        )
        .where(back.c.sale.is_not(None))
        .group_by(back.c.sale)
        .subquery("taken")
    )
    amount = sa.func.coalesce(bought.c.amount, 0) - sa.func.coalesce(taken.c.amount, 0)
    unrated = sa.case((sa.or_(bought.c.unrated == 1, taken.c.unrated == 1), 1), else_=0)
    purchases = sa.select(
        bought.c.seq, bought.c.customer_id, bought.c.occurred_at, _big(amount).label("amount"),
        unrated.label("unrated"), sa.literal_column("1").label("is_purchase"),
    ).select_from(bought.outerjoin(taken, taken.c.sale == bought.c.seq))  # fmt: skip
    loose = sa.select(
        back.c.seq, back.c.customer_id, back.c.occurred_at,
        _big(-sa.func.coalesce(back.c.amount, 0)).label("amount"), back.c.unrated,
        sa.literal_column("0").label("is_purchase"),
    ).where(back.c.named.is_(None))  # fmt: skip
    return sa.union_all(purchases, loose).cte("sale")


def _refunds(question: MetricQuestion, bought: sa.CTE) -> sa.Select[Any]:
    """Refunds, with the purchase that each names (`sale`: as it stands now, where it was corrected)."""
    interaction = question.tables.interaction
    older = _corrected(interaction)
    same = sa.select(bought.c.seq.label("was"), bought.c.seq.label("sale"))
    newer = sa.select(older.c.was, bought.c.seq).select_from(
        older.join(bought, bought.c.seq == older.c.became)
    )
    link = sa.union_all(same, newer).subquery("link")
    refund = question.rows("refund", end=FOREVER, money=True)
    row = interaction.alias("refund_row")
    named = payload_value(row, "purchase")
    source = refund.join(row, row.c.seq == refund.c.seq).outerjoin(
        link, link.c.was == numeric(named, question.dialect)
    )
    columns = (refund.c[name] for name in ("seq", "customer_id", "occurred_at", "amount", "unrated"))
    return sa.select(*columns, named.label("named"), link.c.sale).select_from(source)


def _corrected(interaction: Any) -> sa.CTE:
    """(was, became) of purchases that were corrected, through all their corrections."""
    older = interaction.alias("older")
    chain = (
        sa.select(older.c.seq.label("was"), older.c.superseded_by.label("became"))
        .where(older.c.type == "purchase", older.c.superseded_by.is_not(None))
        .cte("chain", recursive=True)
    )
    newer = interaction.alias("newer")
    step = sa.select(chain.c.was, newer.c.superseded_by).select_from(
        chain.join(newer, newer.c.seq == chain.c.became)
    )
    return chain.union(step.where(newer.c.superseded_by.is_not(None)))


def _big(value: Any) -> Any:
    return sa.cast(value, sa.BigInteger)
