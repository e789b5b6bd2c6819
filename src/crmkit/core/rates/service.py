"""The rates of a business: set, imported, listed, and used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import NotFound
from crmkit.core.instants import local_date
from crmkit.core.model.money import minor_digits
from crmkit.core.phrase import phrase
from crmkit.core.rates.converting import Conversion
from crmkit.core.rates.rate import ExchangeRate, missing_rate

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

_ENTITY = "exchange_rate"


@frozen(kw_only=True)
class RatesReport:
    """What setting many rates did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


class Rates:
    """Dated rates into the business's own currency. A rate holds until the next of its currency."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor
        self._table = kernel.tables.exchange_rate

    def set(
        self, currency: str, rate: str | int | Decimal, *, on: date | None = None, source: str = ""
    ) -> ExchangeRate:
        """Say what one unit of `currency` is worth from the local day `on` (today) onwards.

        Errors: `Invalid` for an unknown currency or a number that is no rate; `NotAllowed`.
        """
        made = self.make(currency, rate, on=on, source=source)
        self.set_all([made])
        return made

    def make(
        self, currency: str, rate: str | int | Decimal, *, on: date | None = None, source: str = ""
    ) -> ExchangeRate:
        """The rate as a value, checked and not kept."""
        base = self._kernel.currency
        return ExchangeRate.of(currency, rate, base=base, on=on or self._today(), source=source)

    def set_all(self, rates: Iterable[ExchangeRate]) -> RatesReport:
        """Keep many rates, all or none. Of two for the same day the last one counts. Errors: `NotAllowed`."""
        self._kernel.require(self._actor, "rates.write")
        wanted = {(each.currency, each.on): each for each in rates}
        counts = {"created": 0, "changed": 0, "unchanged": 0}
        with self._kernel.unit(self._actor) as tx:
            known = self._known(tx.connection, sorted({currency for currency, _ in wanted}))
            for key, rate in sorted(wanted.items()):
                counts[self._keep(tx, known.get(key), rate)] += 1
        return RatesReport(**counts)

    def remove(self, currency: str, on: date) -> ExchangeRate:
        """Forget the rate that begins on the day `on`. Errors: `NotFound`, `NotAllowed`."""
        self._kernel.require(self._actor, "rates.write")
        minor_digits(currency)
        with self._kernel.unit(self._actor) as tx:
            found = self._known(tx.connection, [currency]).get((currency, on))
            if found is None:
                raise NotFound(
                    phrase("There is no rate of {currency} that begins on {on}", currency=currency, on=on),
                    hint=phrase("Run: crm rates list {currency}", currency=currency),
                )
            number, rate = found
            tx.execute(sa.delete(self._table).where(self._table.c.id == number))
            tx.append_change(_change("removed", number, rate.currency, _told(rate), None, ""))
        return rate

    def list(self, currency: str | None = None, *, limit: int | None = None) -> Sequence[ExchangeRate]:
        """Rates by currency, newest first."""
        self._kernel.require(self._actor, "customers.read")
        table = self._table
        query = self._select().order_by(table.c.currency, table.c.valid_from.desc()).limit(limit)
        if currency is not None:
            minor_digits(currency)
            query = query.where(table.c.currency == currency)
        with self._kernel.reading() as connection:
            return [rate_of(row) for row in connection.execute(query)]

    def rate(self, currency: str, on: date) -> ExchangeRate:
        """The rate of the latest day on or before `on`. Raises `MissingRate`, which names the way out."""
        minor_digits(currency)
        table = self._table
        query = (
            self._select()
            .where(table.c.currency == currency, table.c.valid_from <= on.isoformat())
            .order_by(table.c.valid_from.desc())
            .limit(1)
        )
        with self._kernel.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise missing_rate(currency, self._kernel.currency, on)
        return rate_of(row)

    def convert(self, minor: int, currency: str, on: date) -> int:
        """An amount in minor units of `currency`, on a local day, in minor units of the business's own."""
        return minor if currency == self._kernel.currency else self.rate(currency, on).convert(minor)

    def conversion(self, connection: sa.Connection, until: int) -> Conversion:
        """How statements convert amounts from before the instant `until`."""
        table = self._table
        first = connection.execute(
            sa.select(sa.func.min(table.c.valid_from)).where(table.c.base == self._kernel.currency)
        ).scalar()
        return Conversion(
            tables=self._kernel.tables,
            currency=self._kernel.currency,
            tz=self._kernel.tz,
            dialect=self._kernel.store.dialect,
            first=date.fromisoformat(first) if first else None,
            last=local_date(until, self._kernel.tz),
        )

    def _select(self) -> sa.Select[Any]:
        """Every rate to the business's own currency; those to one it had before are not used."""
        return sa.select(self._table).where(self._table.c.base == self._kernel.currency)

    def _today(self) -> date:
        return local_date(self._kernel.clock.now(), self._kernel.tz)

    def _known(
        self, connection: sa.Connection, currencies: Sequence[str]
    ) -> dict[tuple[str, date], tuple[int, ExchangeRate]]:
        rows = connection.execute(self._select().where(self._table.c.currency.in_(currencies)))
        return {(row.currency, date.fromisoformat(row.valid_from)): (row.id, rate_of(row)) for row in rows}

    def _keep(self, tx: Transaction, known: tuple[int, ExchangeRate] | None, rate: ExchangeRate) -> str:
        if known is None:
            inserted = tx.execute(
                sa.insert(self._table).values(_row(rate)).returning(self._table.c.id)
            ).scalar_one()
            tx.append_change(_change("created", inserted, rate.currency, None, _told(rate), rate.source))
            return "created"
        number, old = known
        if old.rate == rate.rate:
            return "unchanged"
        tx.execute(sa.update(self._table).where(self._table.c.id == number).values(_row(rate)))
        tx.append_change(_change("changed", number, rate.currency, _told(old), _told(rate), rate.source))
        return "changed"


def rate_of(row: Any) -> ExchangeRate:
    """A rate from its row."""
    return ExchangeRate(
        currency=row.currency,
        base=row.base,
        on=date.fromisoformat(row.valid_from),
        mantissa=row.mantissa,
        exponent=row.exponent,
        source=row.source,
    )


def _row(rate: ExchangeRate) -> dict[str, Any]:
    return {
        "currency": rate.currency,
        "base": rate.base,
        "valid_from": rate.on.isoformat(),
        "mantissa": rate.mantissa,
        "exponent": rate.exponent,
        "source": rate.source,
    }


def _told(rate: ExchangeRate) -> str:
    return json.dumps({"rate": f"{rate.rate:f}", "base": rate.base, "on": rate.on.isoformat()})


def _change(action: str, number: int, currency: str, old: str | None, new: str | None, source: str) -> Any:
    return (action, _ENTITY, number, None, currency, old, new, source, "")
