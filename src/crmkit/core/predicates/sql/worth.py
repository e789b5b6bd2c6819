"""Amounts of interactions in the business's own currency, for statements of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from crmkit.core.predicates.sql.rates import Exchange


def worth(exchange: Exchange | None, rows: Any) -> tuple[Any, sa.ColumnElement[int]]:
    """(FROM, amount) for rows with `amount`, `currency` and `occurred_at`: minor units of the business's own
    currency, each at the rate of its day.

    Where no amount on record is in another currency, the rows themselves: no currency is looked at. Raises
    `MissingRate` where an amount on record has no rate.
    """
    amount: Any = rows.c.amount
    if exchange is None or not exchange.foreign:
        return rows, amount
    exchange.check()
    rate = exchange.rates.alias()
    when = sa.and_(
        rate.c.currency == rows.c.currency,
        rows.c.occurred_at >= rate.c.from_at,
        rows.c.occurred_at < rate.c.until_at,
    )
    currency = rows.c.currency
    own = sa.or_(currency.is_(None), currency == sa.literal(exchange.currency, sa.Text))
    converted = sa.cast(sa.func.round(sa.cast(amount, sa.Double()) * rate.c.factor), sa.BigInteger())
    return rows.outerjoin(rate, when), sa.case((own, amount), else_=converted)
