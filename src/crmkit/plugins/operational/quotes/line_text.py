"""Lines of quotes as people write them: `RYE-1 x 3 @ 4.50 -10%`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from attrs import frozen

from crmkit import Invalid
from crmkit.plugin import phrase, shown_safely
from crmkit.plugins.operational.products.exact import exact, percent

_WRITTEN: Final = re.compile(
    r"(?P<sku>\S+)"
    r"(?:\s+[x×*]\s*(?P<quantity>[0-9][0-9.,]*))?"
    r"(?:\s+@\s*(?P<price>[0-9][0-9 .,']*?))?"
    r"(?:\s+[-−]\s*(?P<discount>[0-9][0-9.,]*)\s*%)?"
)


@frozen(kw_only=True)
class WrittenLine:
    """What a line says: `price` is None where the price list is to say it."""

    sku: str
    quantity: Decimal = Decimal(1)
    price: str | None = None
    discount: Decimal = Decimal(0)


def line_written(text: str) -> WrittenLine:
    """The line that a text says. Raises `Invalid`, which shows how one is written."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise Invalid(
            phrase('"{text}" does not read as a line of a quote', text=shown_safely(text)),
            hint='Write the SKU, then what else there is to say: "RYE-1 x 3 @ 4.50 -10%".',
        )
    said = found.groupdict()
    return WrittenLine(
        sku=said["sku"],
        quantity=exact(
            said["quantity"] or 1, phrase("quantity of {sku}", sku=shown_safely(said["sku"])), positive=True
        ),
        price=said["price"],
        discount=percent(said["discount"] or 0, phrase("discount of {sku}", sku=shown_safely(said["sku"]))),
    )
