"""What lines come to: exact, whatever they say."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.plugins.operational.api import LineDraft
from crmkit.plugins.operational.quotes.totals import priced, totals_of

_PERCENT = st.decimals(0, 100, places=2)
_LINES = st.lists(
    st.builds(
        LineDraft,
        sku=st.just("A"),
        name=st.just("A"),
        quantity=st.decimals("0.001", 1_000_000, places=3),
        unit_price=st.integers(0, 10**9),
        discount=_PERCENT,
        tax_rate=st.sampled_from([Decimal(rate) for rate in ("0", "5", "8.875", "23")]),
    ),
    max_size=12,
)


@given(_LINES, _PERCENT, st.sampled_from(["JPY", "EUR", "KWD"]), st.booleans())
def test_totals_are_the_sums_of_the_lines(
    drafts: list[LineDraft], discount: Decimal, currency: str, with_tax: bool
) -> None:
    """In whole minor units, whatever the lines, discounts and decimals of the currency; so is each rate's."""
    lines = [
        priced(draft, place, currency, discount, with_tax=with_tax) for place, draft in enumerate(drafts)
    ]
    assert all(line.net.minor + line.tax.minor == line.gross.minor for line in lines)
    totals = totals_of(lines, currency)
    assert totals.net.minor == sum(line.net.minor for line in lines)
    assert totals.tax.minor == sum(line.tax.minor for line in lines)
    assert totals.gross.minor == sum(line.gross.minor for line in lines)
    assert totals.net.minor == sum(each.net.minor for each in totals.by_rate)
    assert totals.tax.minor == sum(each.tax.minor for each in totals.by_rate)
    assert len({each.rate for each in totals.by_rate}) == len(totals.by_rate)


@given(_LINES, _PERCENT)
def test_a_line_is_rounded_half_up(drafts: list[LineDraft], discount: Decimal) -> None:
    """As an accountant does it with decimals of any length."""
    with localcontext() as exact:
        exact.prec = 200
        for draft in drafts:
            line = priced(draft, 1, "EUR", discount)
            net = draft.quantity * draft.unit_price * (100 - draft.discount) * (100 - discount) / 10_000
            whole = net.quantize(Decimal(1), ROUND_HALF_UP)
            assert line.net.minor == whole
            tax = (whole * draft.tax_rate / 100).quantize(Decimal(1), ROUND_HALF_UP)
            assert line.tax.minor == tax


@given(_LINES, _PERCENT)
def test_the_tax_that_is_in_a_price(drafts: list[LineDraft], discount: Decimal) -> None:
    """What is asked for is what the prices say; of it the tax is taken, rounded half up."""
    with localcontext() as exact:
        exact.prec = 200
        for draft in drafts:
            line = priced(draft, 1, "EUR", discount, with_tax=True)
            asked = draft.quantity * draft.unit_price * (100 - draft.discount) * (100 - discount) / 10_000
            assert line.gross.minor == asked.quantize(Decimal(1), ROUND_HALF_UP)
            # Half a unit at most lies between the tax and what it is of the net amount.
            exactly = line.gross.minor * draft.tax_rate
            assert abs(line.tax.minor * (100 + draft.tax_rate) - exactly) * 2 <= 100 + draft.tax_rate


@pytest.mark.parametrize(
    ("quantity", "price", "net"), [("0.5", 1, 1), ("0.5", 3, 2), ("2.5", 1, 3), ("0.499999", 1, 0)]
)
def test_halves_go_up(quantity: str, price: int, net: int) -> None:
    """Never to the even neighbour."""
    draft = LineDraft(sku="A", name="A", quantity=Decimal(quantity), unit_price=price)
    assert priced(draft, 1, "JPY", Decimal(0)).net.minor == net
