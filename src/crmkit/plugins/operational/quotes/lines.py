"""The lines of quotes, as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Money
from crmkit.plugins.operational.products.exact import plain
from crmkit.plugins.operational.quotes.model import Line, LineDraft
from crmkit.plugins.operational.quotes.tables import LINE
from crmkit.plugins.operational.quotes.totals import priced

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

_AT_ONCE = 500


class Lines:
    """Reads and writes lines; who may do so, and when, is for quotes to say."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(LINE)

    def of(self, quotes: Collection[int]) -> dict[int, tuple[Line, ...]]:
        """The lines of these quotes by the number of the quote, each in order."""
        found: dict[int, list[Line]] = {quote: [] for quote in quotes}
        wanted, table = list(found), self._table
        with self._crm.reading() as execute:
            for start in range(0, len(wanted), _AT_ONCE):
                here = table.c.quote_id.in_(wanted[start : start + _AT_ONCE])
                for row in execute(sa.select(table).where(here).order_by(table.c.quote_id, table.c.position)):
                    found[row.quote_id].append(_line(row))
        return {quote: tuple(lines) for quote, lines in found.items()}

    def add(
        self, tx: Transaction, quote: int, customer_id: int, lines: Iterable[LineDraft], currency: str,
        discount: Decimal, *, with_tax: bool,
    ) -> Sequence[Line]:  # fmt: skip
        """Append lines."""
        table = self._table
        last = tx.execute(sa.select(sa.func.max(table.c.position)).where(table.c.quote_id == quote)).scalar()
        made = [
            priced(each, position, currency, discount, with_tax=with_tax)
            for position, each in enumerate(lines, start=(last or 0) + 1)
        ]
        if made:
            whose = {"quote_id": quote, "customer_id": customer_id, "currency": currency}
            tx.execute(sa.insert(table), [{**whose, **_row(line)} for line in made])
        return made

    def remove(self, tx: Transaction, quote: int, position: int) -> bool:
        """Delete one; whether there was one."""
        table = self._table
        mine = sa.and_(table.c.quote_id == quote, table.c.position == position)
        return bool(tx.execute(sa.delete(table).where(mine)).rowcount)

    def price_again(
        self, tx: Transaction, quote: int, currency: str, discount: Decimal, *, with_tax: bool
    ) -> Sequence[Line]:
        """Give every line of a quote its amounts, after its discount or its `prices` changed."""
        table = self._table
        again = []
        for line in self.of([quote])[quote]:
            new = priced(line.draft, line.position, currency, discount, with_tax=with_tax)
            again.append(new)
            if new != line:
                mine = sa.and_(table.c.quote_id == quote, table.c.position == line.position)
                tx.execute(sa.update(table).where(mine).values(net=new.net.minor, tax=new.tax.minor))
        return again


def _row(line: Line) -> dict[str, Any]:
    return {
        "position": line.position,
        "sku": line.sku,
        "name": line.name,
        "unit": line.unit,
        "quantity": plain(line.quantity),
        "unit_price": line.unit_price.minor,
        "discount": plain(line.discount),
        "tax_rate": plain(line.tax_rate),
        "net": line.net.minor,
        "tax": line.tax.minor,
    }


def _line(row: Any) -> Line:
    return Line(
        position=row.position,
        sku=row.sku,
        name=row.name,
        unit=row.unit,
        quantity=Decimal(row.quantity),
        unit_price=Money(row.unit_price, row.currency),
        discount=Decimal(row.discount),
        tax_rate=Decimal(row.tax_rate),
        net=Money(row.net, row.currency),
        tax=Money(row.tax, row.currency),
        gross=Money(row.net + row.tax, row.currency),
    )
