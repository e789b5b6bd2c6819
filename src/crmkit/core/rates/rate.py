"""One dated rate, exact, and what an amount is worth by it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.model.money import minor_digits
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

# Within these an amount of 18 digits is converted by whole numbers of 64 bits, without a rounding on the way.
MANTISSA_END: Final = 10**9
LARGEST_EXPONENT: Final = 18
_WRITTEN: Final = r"([0-9]{1,15})(?:[.,]([0-9]{1,20}))?"


class MissingRate(NotFound):
    """An amount cannot be converted: no rate of its currency is old enough."""

    code = "missing_rate"
    exit_status = 5


@frozen(kw_only=True)
class ExchangeRate:
    """From the local day `on`, one unit of `currency` is `mantissa` × 10 ** -`exponent` minor units of `base`
    for each of its own minor units; `rate` says the same in major units.

    It holds until the day of the next rate of its currency.
    """

    currency: str
    base: str
    on: date
    mantissa: int
    exponent: int
    source: str = ""

    @classmethod
    def of(
        cls, currency: str, rate: str | int | Decimal, *, base: str, on: date, source: str = ""
    ) -> ExchangeRate:
        """The rate written as a decimal number: `"4.2650"`. Raises `Invalid`."""
        if minor_digits(currency) < 0 or minor_digits(base) < 0 or currency == base:
            raise Invalid(
                phrase(
                    "Amounts in {currency} need no rate: it is the business's own currency", currency=currency
                ),
                hint="Give the rates of the other currencies in which customers pay.",
            )
        mantissa, exponent = _factor(_decimal(rate), rate, minor_digits(currency) - minor_digits(base))
        return cls(currency=currency, base=base, on=on, mantissa=mantissa, exponent=exponent, source=source)

    @property
    def rate(self) -> Decimal:
        """How many units of `base` one unit of `currency` is."""
        shift = minor_digits(self.currency) - minor_digits(self.base) - self.exponent
        plain = Decimal(self.mantissa).scaleb(shift).normalize()
        return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain

    def convert(self, minor: int) -> int:
        """`minor` units of `currency` in minor units of `base`; halves are rounded away from zero."""
        unit = int(10**self.exponent)
        whole: int = (abs(minor) * self.mantissa + unit // 2) // unit
        return -whole if minor < 0 else whole

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate:f} {self.base} from {self.on}"


def _decimal(rate: str | int | Decimal) -> Decimal:
    if isinstance(rate, str):
        found = re.fullmatch(_WRITTEN, rate.strip(), re.ASCII)
        if not found:
            raise _not_a_rate(rate)
        return Decimal(f"{found[1]}.{found[2] or 0}")
    if isinstance(rate, bool) or not Decimal(rate).is_finite():
        raise _not_a_rate(str(rate))
    return Decimal(rate)


def _factor(rate: Decimal, written: object, shift: int) -> tuple[int, int]:
    """(mantissa, exponent) of a rate, from minor units to minor units."""
    if rate <= 0:
        raise _not_a_rate(str(written))
    _, digits, power = rate.normalize().as_tuple()
    mantissa, exponent = int("".join(map(str, digits))), shift - int(power)
    if exponent < 0:
        mantissa, exponent = mantissa * 10**-exponent, 0
    if mantissa >= MANTISSA_END or exponent > LARGEST_EXPONENT:
        raise Invalid(
            phrase(
                "The rate {written} has more digits than can be reckoned with exactly",
                written=quoted(str(written)),
            ),
            hint="Round it to six significant digits.",
        )
    return mantissa, exponent


def _not_a_rate(written: str) -> Invalid:
    return Invalid(
        phrase("{written} is not an exchange rate", written=quoted(written)),
        hint="Write how many units of your own currency one unit of the other is, such as 4.2650.",
    )


def missing_rate(currency: str, base: str, on: date) -> MissingRate:
    """The error for an amount of `currency` on the day `on`."""
    return MissingRate(
        phrase(
            "There is an amount in {currency} on {on}, and no rate from {currency} to {base} for that day",
            currency=currency,
            on=on,
            base=base,
        ),
        hint=phrase(
            "Give the rate of that day or one before: crm rates set {currency} RATE --on {on}",
            currency=currency,
            on=on,
        ),
        currency=currency,
        on=on.isoformat(),
    )
