"""What customers brought beyond what they would have brought if left alone, as one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugins.campaign.results.sales import net_sales

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion


def incremental(question: MetricQuestion, origin: str, window: int) -> sa.Select[Any]:
    """SELECT of it, by assignment: everybody who was put into a group counts there, reached or not, from the
    moment they were met first. Nothing where nobody was left alone, or nobody's time is over."""
    first = question.grouped(_met(question, origin, window))
    sale = net_sales(question)
    in_time = sa.and_(
        sale.c.customer_id == first.c.customer_id,
        sale.c.occurred_at > first.c.occurred_at,
        sale.c.occurred_at <= first.c.occurred_at + sa.literal(window, sa.BigInteger),
    )
    keys = [first.c[name] for name in ("grp", "arm") if name in first.c]
    each = (
        sa.select(
            *keys,
            sa.func.count(sa.distinct(first.c.customer_id)).label("size"),
            sa.func.coalesce(sa.func.sum(sale.c.amount), 0).label("amount"),
            sa.func.coalesce(sa.func.max(sale.c.unrated), 0).label("unrated"),
        )
        .select_from(first.outerjoin(sale, in_time))
        .group_by(*keys)
        .subquery("each_arm")
    )

    def over(column: Any, *, control: bool) -> Any:
        mine = each.c.arm == "control" if control else each.c.arm != "control"
        return sa.cast(sa.func.coalesce(sa.func.sum(sa.case((mine, column), else_=0)), 0), sa.BigInteger)

    size, left_alone = over(each.c.size, control=False), over(each.c.size, control=True)
    expected = over(each.c.amount, control=True) * size // sa.func.nullif(left_alone, 0)
    columns = [
        sa.func.coalesce(over(each.c.amount, control=False) - expected, 0).label("numerator"),
        sa.func.max(each.c.unrated).label("unrated"),
    ]
    by = [each.c.grp] if "grp" in each.c else []
    return sa.select(*by, *columns).select_from(each).group_by(*by)


def _met(question: MetricQuestion, origin: str, window: int) -> sa.Subquery:
    """(customer_id, occurred_at, arm) of those first met in the period, whose window is over."""
    effect = question.tables.effect
    undone: sa.ColumnElement[bool] = effect.c.undone_at.is_(None)
    if question.past:
        undone = sa.or_(undone, effect.c.undone_at > question.as_of)
    at = sa.func.min(effect.c.created_at)
    return (
        sa.select(effect.c.customer_id, at.label("occurred_at"), sa.func.min(effect.c.arm).label("arm"))
        .where(
            effect.c.origin == origin,
            effect.c.arm.is_not(None),
            effect.c.arm != "global",
            effect.c.customer_id.is_not(None),
            effect.c.rehearsed == 0,
            undone,
            *(effect.c.customer_id.in_(each) for each in question.scope),
        )
        .group_by(effect.c.customer_id)
        .having(
            at >= question.start,
            at < question.end,
            at <= question.as_of - window,
            sa.func.min(effect.c.arm) == sa.func.max(effect.c.arm),
        )
        .subquery("met")
    )
