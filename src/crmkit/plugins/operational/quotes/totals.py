"""What the lines of a quote come to, in whole minor units.

Each line is rounded by itself, half up, and so is its tax; every total is the sum of what the lines say.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from crmkit import Money
from crmkit.plugins.operational.quotes.model import Line, LineDraft

_WHOLE = Fraction(100)


@frozen(kw_only=True)
class TaxTotal:
    """What the lines with one rate of tax (in percent) come to."""

    rate: Decimal
    net: Money
    tax: Money


@frozen(kw_only=True)
class Totals:
    """What a quote comes to: `net` without tax, `gross` with it, and the tax by rate."""

    net: Money
    tax: Money
    gross: Money
    by_rate: tuple[TaxTotal, ...] = ()


def rounded(amount: Fraction) -> int:
    """The nearest whole number of an amount that is not negative; a half goes up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def priced(
    draft: LineDraft, position: int, currency: str, discount: Decimal, *, with_tax: bool = False
) -> Line:
    """The line with its amounts. `discount` is the quote's own in percent, after that of the line.

    The price is without tax, which is put on top; or `with_tax`, and then the tax is what of it is tax.
    Raises `Invalid` for an amount that is too large to keep.
    """
    share = (_WHOLE - Fraction(draft.discount)) * (_WHOLE - Fraction(discount)) / _WHOLE**2
    asked, rate = rounded(Fraction(draft.quantity) * draft.unit_price * share), Fraction(draft.tax_rate)
    tax = rounded(asked * rate / (_WHOLE + rate if with_tax else _WHOLE))
    net = asked - tax if with_tax else asked
    return Line(
        position=position,
        sku=draft.sku,
        name=draft.name,
        unit=draft.unit,
        quantity=draft.quantity,
        unit_price=Money(draft.unit_price, currency),
        discount=draft.discount,
        tax_rate=draft.tax_rate,
        net=Money(net, currency),
        tax=Money(tax, currency),
        gross=Money(net + tax, currency),
    )


def totals_of(lines: Iterable[Line], currency: str) -> Totals:
    """What the lines come to."""
    every = list(lines)
    net, tax = sum(line.net.minor for line in every), sum(line.tax.minor for line in every)
    rates = sorted({line.tax_rate for line in every}, reverse=True)
    return Totals(
        net=Money(net, currency),
        tax=Money(tax, currency),
        gross=Money(net + tax, currency),
        by_rate=tuple(_of_rate(every, rate, currency) for rate in rates),
    )


def _of_rate(lines: list[Line], rate: Decimal, currency: str) -> TaxTotal:
    mine = [line for line in lines if line.tax_rate == rate]
    return TaxTotal(
        rate=rate,
        net=Money(sum(line.net.minor for line in mine), currency),
        tax=Money(sum(line.tax.minor for line in mine), currency),
    )
