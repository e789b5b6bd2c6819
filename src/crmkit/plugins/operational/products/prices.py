"""Prices: what a product costs on a day, from a quantity on, for those on a price list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid, Money, NotFound
from crmkit.plugin import phrase, today_of
from crmkit.plugins.operational.products.exact import exact, plain
from crmkit.plugins.operational.products.model import STANDARD, Price
from crmkit.plugins.operational.products.products import Products
from crmkit.plugins.operational.products.tables import PRICE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.products.model import Product


class Prices:
    """The prices of one business, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(PRICE)

    def set(
        self,
        sku: str,
        amount: str | int | Decimal | Money,
        currency: str | None = None,
        *,
        price_list: str = STANDARD,
        from_quantity: str | int | Decimal = 0,
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> tuple[Price, str]:
        """Say what one unit costs from a day (today) on; and whether that is `created`, `updated` or
        `unchanged`.

        `amount` is without tax, in major units of `currency` (the business's own). A price holds until a
        later one of the same list, currency and quantity begins, and no longer than `valid_until`. Raises
        `Invalid`, `NotFound`.
        """
        self._crm.require("records.write")
        product = Products(self._crm).get(sku)
        price = Price(
            sku=product.sku,
            price_list=_list_name(price_list),
            amount=self._money(amount, currency),
            from_quantity=exact(from_quantity, phrase("from quantity")),
            valid_from=valid_from or today_of(self._crm),
            valid_until=valid_until,
        )
        if price.valid_until is not None and price.valid_until < price.valid_from:
            raise Invalid(
                phrase(
                    "The price of {sku} would end on {valid_until}, before it begins",
                    sku=product.sku,
                    valid_until=price.valid_until,
                ),
                hint=phrase("It begins on {valid_from}.", valid_from=price.valid_from),
            )
        if valid_from is None and (standing := self._standing(price)) is not None:
            return standing, "unchanged"
        return price, self._keep(product, price)

    def of(self, sku: str) -> tuple[Price, ...]:
        """Every price of a product: by list, currency and quantity, the newest first."""
        self._crm.require("records.read")
        product = Products(self._crm).get(sku)
        return tuple(self._read([product]))

    def every(self, products: Sequence[Product]) -> tuple[Price, ...]:
        """Every price of these products."""
        self._crm.require("records.read")
        return tuple(self._read(products))

    def on(
        self,
        sku: str,
        *,
        currency: str | None = None,
        quantity: str | int | Decimal = 1,
        day: date | None = None,
        lists: Iterable[str] = (),
    ) -> Price:
        """The price on a day (today) of so many units: that of the first of `lists` which has one, else the
        standard price. Raises `NotFound`, which names the way out.
        """
        wanted, day = exact(quantity, "quantity"), day or today_of(self._crm)
        currency = currency or self._crm.config.crs.currency
        prices = [
            each for each in self.of(sku) if each.amount.currency == currency and each.from_quantity <= wanted
        ]
        for name in (*lists, STANDARD):
            found = _best([each for each in prices if each.price_list == name and each.holds(day)])
            if found is not None:
                return found
        raise NotFound(
            phrase(
                "{sku} has no price in {currency} for {quantity} on {day}",
                sku=sku,
                currency=currency,
                quantity=plain(wanted),
                day=day,
            ),
            hint=phrase(
                "Say what it costs: crm products price {sku} AMOUNT --currency {currency}",
                sku=sku,
                currency=currency,
            ),
        )

    def _standing(self, price: Price) -> Price | None:
        """The price that says the same already, and has done so since before."""
        known = [
            each
            for each in self.of(price.sku)
            if each.holds(price.valid_from)
            and (each.price_list, each.amount.currency, each.from_quantity)
            == (price.price_list, price.amount.currency, price.from_quantity)
        ]
        best = _best(known)
        same = best and (best.amount, best.valid_until) == (price.amount, price.valid_until)
        return best if same else None

    def _money(self, amount: str | int | Decimal | Money, currency: str | None) -> Money:
        if not isinstance(amount, Money):
            amount = Money.of(amount, (currency or self._crm.config.crs.currency).strip().upper())
        if amount.minor < 0:
            raise Invalid(
                phrase("A price of {amount} is less than nothing", amount=amount),
                hint="Give a discount instead.",
            )
        return amount

    def _read(self, products: Sequence[Product]) -> Iterable[Price]:
        table, skus = self._table, {each.id: each.sku for each in products}
        order = (table.c.price_list != STANDARD, table.c.price_list, table.c.currency)
        query = sa.select(table).where(table.c.product_id.in_(skus)).order_by(*order, table.c.valid_from)
        with self._crm.reading() as execute:
            rows = [_price(row, skus[row.product_id]) for row in execute(query)]
        return sorted(rows, key=lambda each: (each.sku, each.price_list != STANDARD, each.price_list))

    def _keep(self, product: Product, price: Price) -> str:
        table, row = self._table, _row(product, price)
        key = ("product_id", "price_list", "currency", "from_quantity", "valid_from")
        with self._crm.transaction() as tx:
            same = sa.and_(*(table.c[name] == row[name] for name in key))
            known = tx.execute(sa.select(table).where(same)).first()
            if known is not None and (known.amount, known.valid_until) == (row["amount"], row["valid_until"]):
                return "unchanged"
            if known is None:
                tx.execute(sa.insert(table).values(row))
            else:
                tx.execute(sa.update(table).where(table.c.id == known.id).values(row))
            old = None if known is None else json.dumps(_told(_price(known, product.sku)))
            said = (product.id, None, "price", old, json.dumps(_told(price)), "", product.sku)
            tx.append_change(("changed", "product", *said))
        return "created" if known is None else "updated"


def _best(prices: Sequence[Price]) -> Price | None:
    """That of the largest quantity which is reached; of several for the same one, the newest."""
    return max(prices, key=lambda each: (each.from_quantity, each.valid_from), default=None)


def _list_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > 64 or not name.replace("_", "").replace("-", "").isalnum():
        raise Invalid(
            phrase('"{text}" cannot be the name of a price list', text=text),
            hint="Use letters and digits: wholesale",
        )
    return name


def _told(price: Price) -> dict[str, str]:
    return {
        "amount": str(price.amount),
        "list": price.price_list,
        "from": plain(price.from_quantity),
        "on": price.valid_from.isoformat(),
    }


def _row(product: Product, price: Price) -> dict[str, Any]:
    return {
        "product_id": product.id,
        "price_list": price.price_list,
        "currency": price.amount.currency,
        "from_quantity": plain(price.from_quantity),
        "amount": price.amount.minor,
        "valid_from": price.valid_from.isoformat(),
        "valid_until": price.valid_until.isoformat() if price.valid_until else None,
    }


def _price(row: Any, sku: str) -> Price:
    return Price(
        sku=sku,
        price_list=row.price_list,
        amount=Money(row.amount, row.currency),
        from_quantity=Decimal(row.from_quantity),
        valid_from=date.fromisoformat(row.valid_from),
        valid_until=date.fromisoformat(row.valid_until) if row.valid_until else None,
    )
