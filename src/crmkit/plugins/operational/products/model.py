"""Products and prices as values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from attrs import frozen

from crmkit import Money

STANDARD: Final = "standard"


@frozen(kw_only=True)
class Product:
    """Something that is sold, by its `sku`. `tax_rate` is in percent; an archived one is offered no more."""

    id: int
    sku: str
    name: str
    unit: str = ""
    tax_rate: Decimal = Decimal(0)
    archived_at: int | None = None

    @property
    def is_archived(self) -> bool:
        """Whether it is offered no more."""
        return self.archived_at is not None


@frozen(kw_only=True)
class Price:
    """What one unit of a product costs, without tax, on a price list from a quantity on.

    It holds from the day `valid_from` to the end of the day `valid_until`; None is without end.
    """

    sku: str
    price_list: str
    amount: Money
    from_quantity: Decimal
    valid_from: date
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the day is one of those on which it holds."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@frozen(kw_only=True)
class Catalogued:
    """What an import of products did: how many products and prices were made, changed, left as they were.

    `problems` has the number of the line and what is wrong with it; nothing of such a line is kept.
    `notes` say what a person should know of how the file was read.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    prices: int = 0
    problems: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
