"""Products: what a business sells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid, NotFound
from crmkit.plugin import did_you_mean, phrase, shown_safely
from crmkit.plugins.operational.products.exact import percent, plain
from crmkit.plugins.operational.products.model import Product
from crmkit.plugins.operational.products.tables import PRODUCT

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

_LONGEST: Final = 200


class Products:
    """The products of one business, for whoever `crm` acts for. A product is named by its SKU, in any case.

    Reading takes the permission `records.read`, changing `records.write`.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(PRODUCT)

    def save(
        self,
        sku: str,
        name: str | None = None,
        *,
        unit: str | None = None,
        tax_rate: str | int | Decimal | None = None,
    ) -> tuple[Product, str]:
        """Add a product, or change what is given of one; and which: `created`, `updated` or `unchanged`.

        `tax_rate` is in percent. Quotes keep the name and the rate that they were made with. Raises
        `Invalid`.
        """
        self._crm.require("records.write")
        given = {"name": name, "unit": unit}
        values = {key: _text(key, value) for key, value in given.items() if value is not None}
        if tax_rate is not None:
            values["tax_rate"] = plain(percent(tax_rate, "tax"))
        with self._crm.transaction() as tx:
            known = self._known(tx.execute, [sku]).get(sku.strip().casefold())
            if known is None:
                return self._added(tx, _sku(sku), values)
            return self._changed(tx, known, values)

    def get(self, sku: str) -> Product:
        """The product. Raises `NotFound` with the nearest."""
        self._crm.require("records.read")
        with self._crm.reading() as execute:
            found = self._known(execute, [sku]).get(sku.strip().casefold())
            if found is not None:
                return found
            every = list(execute(sa.select(self._table.c.sku)).scalars())
        hint = did_you_mean(sku.strip(), every, phrase("See: crm products list"))
        raise NotFound(phrase('There is no product "{text}"', text=shown_safely(sku)), hint=hint)

    def list(self, *, archived: bool = False) -> tuple[Product, ...]:
        """Products by SKU, those in the archive too if asked for."""
        self._crm.require("records.read")
        query = sa.select(self._table).order_by(self._table.c.sku)
        if not archived:
            query = query.where(self._table.c.archived_at.is_(None))
        with self._crm.reading() as execute:
            return tuple(map(product_of, execute(query)))

    def archive(self, sku: str) -> Product:
        """Offer it no more; quotes that name it stay as they are."""
        return self._set_archived(sku, archived=True)

    def restore(self, sku: str) -> Product:
        """Offer it again."""
        return self._set_archived(sku, archived=False)

    def _set_archived(self, sku: str, *, archived: bool) -> Product:
        self._crm.require("records.write")
        product = self.get(sku)
        if product.is_archived != archived:
            with self._crm.transaction() as tx:
                self._write(tx, product, {"archived_at": tx.at if archived else None})
        return self.get(sku)

    def _known(self, execute: Any, skus: Iterable[str]) -> Mapping[str, Product]:
        wanted = [sku.strip().casefold() for sku in skus]
        table = self._table
        # Both engines fold the letters of ASCII alike; others have to be written as they are.
        rows = execute(sa.select(table).where(sa.func.lower(table.c.sku).in_(wanted)))
        return {row.sku.casefold(): product_of(row) for row in rows}

    def _added(self, tx: Transaction, sku: str, values: dict[str, str]) -> tuple[Product, str]:
        if not values.get("name"):
            raise Invalid(
                phrase('The product "{sku}" is new and has no name', sku=sku), hint="Give it one: --name TEXT"
            )
        row = {"unit": "", "tax_rate": "0", **values, "sku": sku, "created_at": tx.at, "updated_at": tx.at}
        inserted = tx.execute(sa.insert(self._table).values(row).returning(self._table.c.id)).scalar_one()
        told = {"sku": sku, **values}
        tx.append_change(("created", "product", inserted, None, "", None, json.dumps(told), "", sku))
        return self.get(sku), "created"

    def _changed(self, tx: Transaction, known: Product, values: dict[str, str]) -> tuple[Product, str]:
        before = {"name": known.name, "unit": known.unit, "tax_rate": plain(known.tax_rate)}
        different = {key: value for key, value in values.items() if before[key] != value}
        if not different:
            return known, "unchanged"
        self._write(tx, known, different, before)
        return self.get(known.sku), "updated"

    def _write(
        self, tx: Transaction, known: Product, values: Mapping[str, Any], before: Mapping[str, Any] = {}
    ) -> None:
        table = self._table
        tx.execute(sa.update(table).where(table.c.id == known.id).values(**values, updated_at=tx.at))
        for name, value in values.items():
            old, new = json.dumps(before.get(name)), json.dumps(value)
            tx.append_change(("changed", "product", known.id, None, name, old, new, "", known.sku))


def product_of(row: Any) -> Product:
    """A product from its row."""
    return Product(
        id=row.id,
        sku=row.sku,
        name=row.name,
        unit=row.unit,
        tax_rate=Decimal(row.tax_rate),
        archived_at=row.archived_at,
    )


def _sku(text: str) -> str:
    sku = _text("sku", text)
    if not sku or any(char.isspace() for char in sku):
        raise Invalid(
            phrase('"{text}" cannot be a SKU', text=shown_safely(text)),
            hint="Write it without spaces: RYE-1",
        )
    return sku


def _text(name: str, value: str) -> str:
    text = " ".join(value.split())
    if len(text) > _LONGEST or not text.isprintable():
        raise Invalid(
            phrase(
                "{name}: more than {longest} characters, or one that cannot be printed",
                name=name,
                longest=_LONGEST,
            )
        )
    return text
