"""Other currencies: amounts in them count at the rate of the day, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.errors import CrmError
from crmkit.core.instants import LAST_INSTANT
from crmkit.core.model.money import minor_digits
from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import first_moment
from crmkit.core.predicates.errors import PredicateError

_MOST: Final = 5_000


@frozen
class Rate:
    """From `on` (a local date), one unit of `currency` is `rate` units of the business's own."""

    currency: str
    on: date
    rate: Decimal


@frozen(eq=False)
class Exchange:
    """What amounts in other currencies are worth.

    `foreign` are the other currencies on record; `rates` is a selectable of (currency, from_at, until_at,
    factor), the factor from minor units to minor units; `lacking` is the error for an amount that none
    covers.
    """

    currency: str
    foreign: frozenset[str] = frozenset()
    rates: Any = field(default=None)
    known: frozenset[str] = frozenset()
    lacking: CrmError | None = None

    def check(self) -> None:
        """Raise what says that an amount on record has no rate: `lacking`, or `PredicateError`."""
        if self.lacking is not None:
            raise self.lacking
        for currency in sorted(self.foreign - self.known):
            raise PredicateError(
                phrase(
                    "Amounts in {currency} are on record, and there is no rate from it to {self_currency}",
                    currency=currency,
                    self_currency=self.currency,
                ),
                hint=phrase(
                    "Give the rates: crm rates set {currency} 1.0 --on 2026-01-01", currency=currency
                ),
                currency=currency,
            )


def exchange(currency: str, tz: ZoneInfo, foreign: Iterable[str], rates: Iterable[Rate]) -> Exchange:
    """The exchange for the `foreign` currencies on record. A rate holds until its currency's next one."""
    wanted = frozenset(foreign) - {currency}
    by_currency: dict[str, dict[int, Decimal]] = {}
    for rate in rates:
        if rate.currency in wanted:
            by_currency.setdefault(rate.currency, {})[first_moment(rate.on, tz)] = rate.rate
    rows = [row for name, dated in by_currency.items() for row in _periods(name, currency, dated)]
    if len(rows) > _MOST:
        raise PredicateError(
            phrase(
                "There are {count:,} rates, more than the {most:,} that one question can take",
                count=len(rows),
                most=_MOST,
            ),
            hint="Keep weekly or monthly rates.",
        )
    return Exchange(currency, wanted, _selectable(rows), frozenset(by_currency))


def unrated(tables: Any, exchange: Exchange) -> sa.Select[Any]:
    """(currency, instant) of the earliest amount of each currency that no rate reaches back to."""
    interaction, rates = tables.interaction, exchange.rates
    begins = (
        sa.select(rates.c.currency, sa.func.min(rates.c.from_at).label("at"))
        .group_by(rates.c.currency)
        .subquery()
    )
    return (
        sa.select(interaction.c.currency, sa.func.min(interaction.c.occurred_at))
        .select_from(interaction.join(begins, interaction.c.currency == begins.c.currency))
        .where(interaction.c.occurred_at < begins.c.at, interaction.c.amount.is_not(None))
        .group_by(interaction.c.currency)
    )


def _periods(name: str, own: str, dated: Mapping[int, Decimal]) -> list[tuple[str, int, int, float]]:
    scale = Decimal(10) ** (minor_digits(own) - minor_digits(name))
    starts = sorted(dated)
    ends = [*starts[1:], LAST_INSTANT + 1]
    return [(name, at, until, float(dated[at] * scale)) for at, until in zip(starts, ends, strict=True)]


def _selectable(rows: list[tuple[str, int, int, float]]) -> Any:
    if not rows:
        return None
    columns: tuple[sa.ColumnClause[Any], ...] = (
        sa.column("currency", sa.Text),
        sa.column("from_at", sa.BigInteger),
        sa.column("until_at", sa.BigInteger),
        sa.column("factor", sa.Double),
    )
    parts = [
        sa.select(
            *(
                sa.literal(value, column.type).label(column.name)
                for value, column in zip(row, columns, strict=True)
            )
        )
        for row in rows
    ]
    return (sa.union_all(*parts) if len(parts) > 1 else parts[0]).cte("rate")
