"""Lines as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crmkit import Invalid
from crmkit.plugins.operational.quotes.line_text import WrittenLine, line_written


@pytest.mark.parametrize(
    ("text", "quantity", "price", "discount"),
    [
        ("RYE", 1, None, 0),
        (" RYE x 3 ", 3, None, 0),
        ("RYE × 2,5", "2.5", None, 0),
        ("RYE x3 @ 4.50", 3, "4.50", 0),
        ("RYE x 3 @ 1 250,00 -10%", 3, "1 250,00", 10),
        ("RYE -7.5%", 1, None, "7.5"),
    ],
)
def test_a_line_is_read(text: str, quantity: str, price: str | None, discount: str) -> None:
    """SKU, quantity, price and discount, of which all but the SKU may be left out."""
    wanted = WrittenLine(sku="RYE", quantity=Decimal(quantity), price=price, discount=Decimal(discount))
    assert line_written(text) == wanted


@pytest.mark.parametrize(
    "text", ["", "RYE three", "RYE x 0", "RYE x -1", "RYE x 1.2.3", "RYE -101%", "RYE x 9999999999", "RYE @"]
)
def test_what_is_no_line(text: str) -> None:
    """It is refused, and the hint shows how one is written or what fits."""
    with pytest.raises(Invalid) as caught:
        line_written(text)
    assert caught.value.hint
