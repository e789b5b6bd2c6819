"""Quotes as values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit import Money, Record
from crmkit.plugin import N_, phrase
from crmkit.plugins.operational.quotes.settings import GROSS

if TYPE_CHECKING:
    from crmkit.plugins.operational.quotes.totals import Totals

QUOTE: Final = "quote"
DRAFT: Final = N_("draft")
SENT: Final = N_("sent")
ACCEPTED: Final = N_("accepted")
DECLINED: Final = N_("declined")
EXPIRED: Final = N_("expired")
SUPERSEDED: Final = N_("superseded")


@frozen(kw_only=True)
class LineDraft:
    """A line to be: `unit_price` in minor units of the quote's currency, without tax; percentages from 0 to
    100."""

    sku: str
    name: str
    quantity: Decimal
    unit_price: int
    unit: str = ""
    discount: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)


@frozen(kw_only=True)
class Line:
    """A line of a quote. SKU, name, unit, price and rate are those that the product had when it was added.

    `net` is what is asked for it after all discounts, `gross` with tax.
    """

    position: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    unit_price: Money
    discount: Decimal
    tax_rate: Decimal
    net: Money
    tax: Money
    gross: Money

    @property
    def draft(self) -> LineDraft:
        """What its amounts follow from."""
        return LineDraft(
            sku=self.sku,
            name=self.name,
            unit=self.unit,
            quantity=self.quantity,
            unit_price=self.unit_price.minor,
            discount=self.discount,
            tax_rate=self.tax_rate,
        )


@frozen(kw_only=True)
class Quote:
    """A quote: its record, its lines, and what they come to in its own currency.

    The amounts in the record's fields are those totals in the business's currency.
    """

    record: Record
    lines: tuple[Line, ...]
    totals: Totals

    @property
    def id(self) -> int:
        """The number of the record."""
        return self.record.id

    @property
    def customer_id(self) -> int:
        """Whose quote it is."""
        return self.record.customer_id

    @property
    def state(self) -> str:
        """`draft`, `sent`, `accepted`, `declined`, `expired` or `superseded`."""
        return str(self.record.state)

    @property
    def number(self) -> str | None:
        """The number that the customer reads; a draft has none."""
        return self.record.fields.get("number")

    @property
    def currency(self) -> str:
        """The one currency of all its lines."""
        return str(self.record.fields["currency"])

    @property
    def with_tax(self) -> bool:
        """Whether its prices have the tax in them."""
        return self.record.fields.get("prices") == GROSS

    @property
    def discount(self) -> Decimal:
        """In percent, on every line."""
        return Decimal(self.record.fields.get("discount") or 0)

    @property
    def valid_until(self) -> date | None:
        """The last day on which it can be accepted."""
        return self.record.fields.get("valid_until")

    @property
    def called(self) -> str:
        """What people call it: its number, or that it is a draft."""
        return self.number or phrase("draft {id}", id=self.id)
