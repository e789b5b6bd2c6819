"""Exact numbers as people write them and as tables keep them: quantities, percentages, rates of tax."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from crmkit import Invalid
from crmkit.plugin import phrase, shown_safely

MOST: Final = Decimal(1_000_000_000)
_PLACES: Final = 6


def exact(text: str | int | Decimal, what: str, *, most: Decimal = MOST, positive: bool = False) -> Decimal:
    """The number that was written, with a point or a comma, from 0 to `most`; `positive` excludes 0.

    At most six decimals are kept exactly. Raises `Invalid`, naming `what` it is.
    """
    try:
        number = Decimal(str(text).strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    shown = shown_safely(str(text))
    if not number.is_finite():
        raise Invalid(
            phrase('{what}: "{shown}" is not a number', what=what, shown=shown),
            hint="Write digits, such as 12 or 12.5.",
        )
    shown = shown_safely(plain(number)) if number.adjusted() < _PLACES**2 else shown
    if not 0 <= number <= most or (positive and not number):
        least = phrase("more than 0") if positive else phrase("at least 0")
        raise Invalid(
            phrase("{what}: {shown} is out of range", what=what, shown=shown),
            hint=phrase("Give {least} and at most {most}.", least=least, most=plain(most)),
        )
    if number != round(number, _PLACES):
        raise Invalid(
            phrase("{what}: {shown} has more than {places} decimals", what=what, shown=shown, places=_PLACES),
            hint="Round it.",
        )
    return Decimal(plain(number))


def percent(text: str | int | Decimal, what: str) -> Decimal:
    """As `exact`, of a percentage from 0 to 100; the sign may follow it."""
    bare = text.strip().removesuffix("%") if isinstance(text, str) else text
    return exact(bare, what, most=Decimal(100))


def plain(number: Decimal) -> str:
    """The one way in which an exact number is kept: `2.5` for 2.50, `100` for 1E+2."""
    written = f"{number:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written) or "0"
