"""Amounts in the business's own currency, as SQL: whole numbers all the way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.rates.local_days import iso_day, local_day
from crmkit.core.rates.rate import LARGEST_EXPONENT

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.core.store.tables import Tables

_LIMB = 10**9


@frozen(kw_only=True)
class Conversion:
    """How amounts become ones of `currency`: `first` is the day of the earliest rate (None: there is none),
    `last` the latest day that is asked about.
    """

    tables: Tables
    currency: str
    tz: tzinfo
    dialect: str
    first: date | None
    last: date

    def join(self, rows: Any) -> tuple[Any, sa.ColumnElement[int]]:
        """(FROM, amount) for rows with `amount`, `currency` and `occurred_at`.

        The amount is in minor units of `currency`, halves rounded away from zero; NULL without a rate.
        """
        own = sa.or_(rows.c.currency.is_(None), rows.c.currency == sa.literal(self.currency, sa.Text))
        if self.first is None:
            return rows, sa.case((own, rows.c.amount))
        rate = self.tables.exchange_rate.alias("rate")
        source = rows.outerjoin(rate, sa.and_(sa.not_(own), rate.c.id == self._rate_of(rows)))
        return source, sa.case((own, rows.c.amount), else_=converted(rows.c.amount, rate.c))

    def _rate_of(self, rows: Any) -> sa.ScalarSelect[int]:
        """The id of the rate of the latest day on or before the amount's: a look-up in an index."""
        assert self.first is not None
        rate = self.tables.exchange_rate.alias("dated")
        day = iso_day(
            local_day(rows.c.occurred_at, self.first, max(self.first, self.last), self.tz), self.dialect
        )
        return (
            sa.select(rate.c.id)
            .where(
                rate.c.currency == rows.c.currency,
                rate.c.base == sa.literal(self.currency, sa.Text),
                rate.c.valid_from <= day,
            )
            .order_by(rate.c.valid_from.desc())
            .limit(1)
            .correlate(rows)
            .scalar_subquery()
        )


def converted(amount: Any, rate: Any) -> sa.ColumnElement[int]:
    """`amount` × `rate.mantissa` / 10 ** `rate.exponent`, halves rounded away from zero.

    The product has up to 28 digits, so it is kept in two parts: nine low digits and the rest.
    """
    size = sa.func.abs(amount, type_=sa.BigInteger())
    limb = _big(_LIMB)
    low_product = (size % limb) * rate.mantissa
    high = (size // limb) * rate.mantissa + low_product // limb
    low = low_product % limb
    high_unit = _power(rate.exponent, {e: max(0, e - 9) for e in range(LARGEST_EXPONENT + 1)})
    up = _power(rate.exponent, {e: max(0, 9 - e) for e in range(LARGEST_EXPONENT + 1)})
    low_unit = _power(rate.exponent, {e: min(9, e) for e in range(LARGEST_EXPONENT + 1)})
    # Where high digits are cut off, they alone decide the rounding: half a unit is a whole number of them.
    is_high = rate.exponent > _big(9)
    half_low = sa.case((is_high, _big(0)), else_=low_unit // _big(2))
    worth = (high + high_unit // _big(2)) // high_unit * up + (low + half_low) // low_unit
    return sa.case((amount < _big(0), -worth), else_=worth)


def _power(exponent: Any, powers: dict[int, int]) -> sa.ColumnElement[int]:
    return sa.case({e: _big(10**power) for e, power in powers.items()}, value=exponent)


def _big(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.BigInteger())
