"""How exports write days and money, brought to how fields are written."""

from __future__ import annotations

import re
from typing import Final

from crmkit.core.exchange.reading_words import undotted

# What a sheet adds to a day.
_MIDNIGHT: Final = re.compile(r"[T ]+0?0:00(?::00(?:\.0+)?)?Z?")
_SLASHED: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SIGNS: Final = {"€": "EUR", "£": "GBP", "zł": "PLN", "₨": "PKR", "₹": "INR", "$": "USD"}
_DOLLARS: Final = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")


def day_as_written(text: str, locale: str) -> str:
    """A day as fields are written, of `1.5.2026`, `2026-05-01 00:00:00` and, where the business's `locale`
    tells what comes first, `01/05/2026`; whatever else stays as it is, and is refused with its reason."""
    written = undotted(_MIDNIGHT.sub("", text.strip()))
    slashed = _SLASHED.fullmatch(written)
    is_day_first = _is_day_first(locale)
    if slashed is None or is_day_first is None:
        return written
    first, second, year = slashed.groups()
    day, month = (first, second) if is_day_first else (second, first)
    return f"{year}-{month:0>2}-{day:0>2}"


def money_as_written(text: str, currency: str) -> str:
    """An amount as fields are written, of `$1,200.00`, `1 200,00 zł` or `-€5`: a sign means the business's
    own currency where it may, else the one that it is the sign of."""
    bare = text.strip()
    for sign, means in _SIGNS.items():
        minus, at_front, rest = bare.removeprefix(sign), bare.startswith(sign), bare.removesuffix(sign)
        if bare.startswith(f"-{sign}"):
            amount = "-" + bare[1 + len(sign) :].strip()
        elif at_front:
            amount = minus.strip()
        elif rest != bare:
            amount = rest.strip()
        else:
            continue
        is_own = means == currency or (sign == "$" and currency in _DOLLARS)
        return amount if is_own else f"{amount} {means}"
    return text


def _is_day_first(locale: str) -> bool | None:
    """Whether 01/05/2026 is the first of May; None where nobody can tell, as in English of no country."""
    language, _, region = locale.replace("-", "_").partition("_")
    if region.upper() in ("US", "PH"):
        return False
    return None if language.lower() == "en" and not region else True
