"""What predicates know of other currencies: always what is on record now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define, evolve

from crmkit.core.instants import local_date
from crmkit.core.predicates.sql.rates import Exchange, Rate, exchange, unrated
from crmkit.core.rates.rate import MissingRate, missing_rate
from crmkit.core.rates.service import rate_of
from crmkit.core.store.bulk import Row, driver_rows

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.sql.prepared import Statements
    from crmkit.core.views.valuing import Valuing


@define
class Following:
    """The statements of predicates and values, made anew when a currency turns up or a rate changes."""

    kernel: Kernel
    _key: Any = None
    _exchange: Exchange | None = None
    _statements: Statements | None = None
    _valuing: Valuing | None = None

    def exchange(self) -> Exchange | None:
        """What other currencies are worth; None while every amount is in the business's own."""
        with self.kernel.reading() as connection:
            foreign = frozenset(row[0] for row in _foreign(connection, self.kernel.currency))
            rates = self._rates(connection) if foreign else ()
            if (foreign, rates) != self._key:
                self._exchange = self._made(connection, foreign, rates) if foreign else None
                self._key = (foreign, rates)
        return self._exchange

    def statements(self) -> Statements:
        """The statements of predicates; one that needs an amount without a rate raises `MissingRate`."""
        exchange, found = self.exchange(), self._statements
        if found is None or found.exchange is not exchange:
            from crmkit.core.predicates.sql.prepared import Statements

            found = self._statements = Statements(self.kernel.tables, self.kernel.store.dialect, exchange)
        return found

    def valuing(self) -> Valuing:
        """The statements of values, over the same rates."""
        statements = self.statements()
        if self._valuing is None or self._valuing.statements is not statements:
            from crmkit.core.views.valuing import Valuing

            self._valuing = Valuing(statements)
        return self._valuing

    def _rates(self, connection: sa.Connection) -> tuple[Rate, ...]:
        table = self.kernel.tables.exchange_rate
        rows = connection.execute(sa.select(table).where(table.c.base == self.kernel.currency))
        return tuple(Rate(each.currency, each.on, each.rate) for each in map(rate_of, rows))

    def _made(self, connection: sa.Connection, foreign: frozenset[str], rates: tuple[Rate, ...]) -> Exchange:
        kernel = self.kernel
        worth = exchange(kernel.currency, kernel.tz, foreign, rates)
        return evolve(worth, lacking=_lacking(kernel, connection, worth))


def _foreign(connection: sa.Connection, currency: str) -> list[Row]:
    """The other currencies on record, by two look-ups in the index of currencies."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = (
        f"SELECT DISTINCT currency FROM interaction WHERE currency < {mark} "  # noqa: S608 - a placeholder
        f"UNION SELECT DISTINCT currency FROM interaction WHERE currency > {mark}"
    )
    return driver_rows(connection, statement, (currency, currency))


def _lacking(kernel: Kernel, connection: sa.Connection, worth: Exchange) -> MissingRate | None:
    """What to say of an amount that no rate covers; left out of a sum it would be missing silently."""
    for currency in sorted(worth.foreign - worth.known):
        return missing_rate(currency, kernel.currency, _first_day(kernel, connection, currency))
    for currency, instant in connection.execute(unrated(kernel.tables, worth)):
        return missing_rate(currency, kernel.currency, local_date(instant, kernel.tz))
    return None


def _first_day(kernel: Kernel, connection: sa.Connection, currency: str) -> date:
    interaction = kernel.tables.interaction
    first = sa.select(sa.func.min(interaction.c.occurred_at)).where(interaction.c.currency == currency)
    return local_date(connection.execute(first).scalar_one(), kernel.tz)
