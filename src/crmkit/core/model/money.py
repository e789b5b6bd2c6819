"""Money: whole minor units and an ISO 4217 currency, read and written without ever being a float."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from attrs import Attribute, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

# What a database column of eight bytes holds.
LARGEST_AMOUNT = 2**63 - 1
SMALLEST_AMOUNT = -(2**63)

# The currencies of ISO 4217 by the number of digits of their minor unit; at the end of each list stand those
# that were withdrawn lately, which old purchases still need.
_CURRENCIES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
        "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
        "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR "
        "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
        "TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG BGN ANG CUC HRK"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}


def _check_minor(_money: Money, _attribute: Attribute[Any], minor: Any) -> None:
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise Invalid(
            phrase("An amount of money is a whole number of minor units, not {minor}.", minor=quoted(minor)),
            hint="Use Money.of('12.50', 'EUR') for an amount in major units.",
        )
    _in_range(minor, str(minor))


@frozen(order=False)
class Money:
    """`minor` whole minor units (cents, yen, fils) of `currency` (three capital letters of ISO 4217).

    Raises `Invalid` for an unknown currency, or an amount beyond 64 bits.
    """

    minor: int = field(validator=_check_minor)
    currency: str = field()

    @currency.validator
    def _check_currency(self, _attribute: Attribute[str], currency: str) -> None:
        minor_digits(currency)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Money from an amount in major units: text as in `parse_amount`, a whole number, or a `Decimal`."""
        if isinstance(amount, str):
            return cls(parse_amount(amount, currency), currency)
        return cls(_from_decimal(_exact(amount), currency), currency)

    def __str__(self) -> str:
        return f"{format_amount(self.minor, self.currency)} {self.currency}"


@cache
def currencies() -> Mapping[str, int]:
    """Every known currency code with the number of digits of its minor unit."""
    return MappingProxyType({code: digits for digits, codes in _CURRENCIES.items() for code in codes.split()})


def minor_digits(currency: str) -> int:
    """How many digits after the decimal point `currency` has: 2 for EUR, 0 for JPY, 3 for KWD."""
    digits = currencies().get(currency)
    if digits is None:
        raise Invalid(
            phrase("{currency} is not a currency in use.", currency=quoted(currency)),
            hint="Write the three capital letters of ISO 4217, such as EUR, PLN or PKR.",
        )
    return digits


def format_amount(minor: int, currency: str) -> str:
    """`minor` units in major units, with a point and every decimal: `123450` EUR is `"1234.50"`."""
    digits = minor_digits(currency)
    sign = "-" if minor < 0 else ""
    if not digits:
        return f"{minor}"
    whole, part = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"


def parse_amount(text: str, currency: str) -> int:
    """The minor units of an amount written in major units, such as `"12.50"`, `"1 234,50"` or `"1,234.50"`.

    Point and comma may both be the decimal sign; groups are parted by the other one, by spaces or by
    apostrophes, in threes or in the Indian way (`"1,23,456.00"`). Digits of any script do. A lone point or
    comma before exactly three digits (`"1,234"`) can be read in two ways and is refused, save where the
    currency settles it: a comma groups yen, a point parts the dinar's three decimals. More decimals than the
    currency has are refused, zeros too. Raises `Invalid`, saying what to write instead.
    """
    digits = minor_digits(currency)
    plain = _plain().fullmatch(text)
    if plain and len(plain[3]) <= digits and (plain[3] or "." not in text):
        sign, whole, decimals = plain.groups()
    else:
        sign, whole, decimals = _take_apart(text, currency, digits)
    minor = int(whole + decimals.ljust(digits, "0"))
    return _in_range(-minor if sign else minor, text)


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"(-?)([0-9]{1,20})\.?([0-9]*)")


@cache
def _written() -> re.Pattern[str]:
    return re.compile(r"([-+]?) ?((?:[0-9]*[ '.,])*[0-9]*)")


@cache
def _groups() -> re.Pattern[str]:
    thousands = r"[0-9]{1,3}(?:([ '.,])[0-9]{3})(?:\1[0-9]{3})*"
    indian = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
    return re.compile(f"(?:{thousands}|{indian}|[0-9]*)")


def _take_apart(text: str, currency: str, digits: int) -> tuple[str, str, str]:
    """Sign (`"-"` or empty), digits before the decimal sign, digits after it."""
    found = _written().fullmatch(_in_ascii(text)) if len(text) <= 100 else None
    if not found or not any(map(str.isdigit, found[2])):
        raise _invalid(text, currency, phrase("It does not read as an amount."))
    sign, number = found.groups()
    whole, mark, decimals = _split_at_decimal_sign(number, digits)
    if mark and not decimals.isdigit():
        raise _invalid(
            text, currency, phrase("What follows its {mark} is not digits alone.", mark=quoted(mark))
        )
    if _is_ambiguous(whole, mark, decimals, digits):
        raise _ambiguous(text, currency, whole, decimals, digits)
    if not _groups().fullmatch(whole):
        raise _invalid(text, currency, phrase("Its digits are not grouped in threes."))
    if len(decimals) > digits:
        raise _invalid(
            text,
            currency,
            phrase(
                "It has {count} decimals, and {currency} has {digits}.",
                count=len(decimals),
                currency=currency,
                digits=digits or phrase("none"),
            ),
        )
    return sign.strip("+"), re.sub("[^0-9]", "", whole), decimals


def _in_ascii(text: str) -> str:
    """`text` with ASCII digits, spaces, signs and separators in place of their kin."""
    return "".join(map(_ascii_character, text.strip()))


def _ascii_character(char: str) -> str:
    if char.isascii():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    # no-break, thin and narrow spaces; typographic and modifier apostrophe; minus; Arabic point and comma
    return {"\u2019": "'", "\u02bc": "'", "\u2212": "-", "\u066b": ".", "\u066c": ","}.get(
        char, " " if unicodedata.category(char) == "Zs" else char
    )


def _split_at_decimal_sign(number: str, digits: int) -> tuple[str, str, str]:
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return number, "", ""
    mark = number[last]
    whole, decimals = number[:last], number[last + 1 :]
    repeats_as_group = mark in whole
    groups_whole_units = (
        digits == 0 and mark == "," and "." not in whole and bool(_groups().fullmatch(number))
    )
    if repeats_as_group or groups_whole_units:
        return number, "", ""
    return whole, mark, decimals


def _is_ambiguous(whole: str, mark: str, decimals: str, digits: int) -> bool:
    """Whether the one separator of a number could as well be the other kind."""
    could_group = whole.isdigit() and len(whole) <= 3 and not whole.startswith("0") and len(decimals) == 3
    return bool(mark) and could_group and not (digits == 3 and mark == ".")


def _exact(amount: Any) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise Invalid(
            phrase("{amount} cannot be an exact amount of money.", amount=quoted(amount)),
            hint="Give the amount as text or as a Decimal.",
        )
    return Decimal(amount)


def _from_decimal(amount: Decimal, currency: str) -> int:
    digits = minor_digits(currency)
    sign, figures, exponent = amount.as_tuple()
    if not isinstance(exponent, int):
        raise _invalid(str(amount), currency, phrase("It is not a finite number."))
    if amount and amount.adjusted() > 20:
        raise _too_large(str(amount))
    shift = exponent + digits
    whole = int("".join(map(str, figures)))
    if shift < 0:
        if len(figures) < -shift and whole:
            raise _invalid(
                str(amount),
                currency,
                phrase("{currency} has {digits} decimals.", currency=currency, digits=digits),
            )
        whole, rest = divmod(whole, 10**-shift) if whole else (0, 0)
        if rest:
            raise _invalid(
                str(amount),
                currency,
                phrase("{currency} has {digits} decimals.", currency=currency, digits=digits or phrase("no")),
            )
    elif whole:
        whole *= 10**shift
    return _in_range(-whole if sign else whole, str(amount))


def _in_range(minor: int, text: str) -> int:
    if not SMALLEST_AMOUNT <= minor <= LARGEST_AMOUNT:
        raise _too_large(text)
    return minor


def _too_large(text: str) -> Invalid:
    return Invalid(
        phrase("The amount {text} is too large to keep.", text=quoted(text)),
        hint="An amount has at most 18 digits, minor units included.",
    )


def _ambiguous(text: str, currency: str, whole: str, decimals: str, digits: int) -> Invalid:
    as_decimal = f"{whole}.{decimals[:digits]}" if digits else whole
    thousands = f"{whole}{decimals}" + (f".{'0' * digits}" if digits else "")
    return Invalid(
        phrase(
            "The amount {text} {currency} reads two ways: {whole} and a fraction, or {whole}{decimals}.",
            text=quoted(text),
            currency=currency,
            whole=whole,
            decimals=decimals,
        ),
        hint=phrase(
            "Write {thousands} for the thousands, or {as_decimal} for the fraction.",
            thousands=thousands,
            as_decimal=as_decimal,
        ),
        value=text,
    )


def _invalid(text: str, currency: str, reason: str) -> Invalid:
    digits = minor_digits(currency)
    example = format_amount(1234 * 10**digits, currency)
    return Invalid(
        phrase(
            "{text} is not an amount of {currency}. {reason}",
            text=quoted(text),
            currency=currency,
            reason=reason,
        ),
        hint=phrase(
            "Write the number alone, such as {example}; the currency stands elsewhere.", example=example
        ),
        value=text,
    )
