"""Literals of the predicate language: numbers, dates, durations and texts, by how they are written."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import LONGEST_YEARS, Duration

_MOST_DIGITS: Final = 18
_MOST_DECIMALS: Final = 9
_MOST_EXPONENT: Final = 4


def number(written: str) -> Decimal | None:
    """The number that `written` says, or None where it has too many digits."""
    # An exponent of more digits than this would take the decimal context to its end, and the memory with it.
    if len(written.lower().partition("e")[2]) > _MOST_EXPONENT:
        return None
    value = Decimal(written)
    if not value:
        return Decimal(0)
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or value.adjusted() >= _MOST_DIGITS or len(digits) > 2 * _MOST_DIGITS:
        return None
    while exponent < 0 and value == value.quantize(Decimal(1).scaleb(exponent + 1)):
        exponent += 1
    if -exponent > _MOST_DECIMALS or max(value.adjusted(), 0) - min(exponent, 0) >= _MOST_DIGITS:
        return None
    return value.quantize(Decimal(1).scaleb(min(exponent, 0)))


def date_value(written: str) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def datetime_value(written: str) -> datetime | None:
    """The local date and time, or None where the calendar has none such."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def duration_value(amount: str, unit: str) -> Duration | None:
    """The duration, or None where it is not a whole number or longer than a thousand years."""
    if not amount.isdigit() or len(amount) > 8:
        return None
    found = Duration(int(amount), unit.lower().removesuffix("s"))
    return None if found.is_too_long else found


def text_value(written: str) -> str:
    """What stands between the quotes, in NFC."""
    return unicodedata.normalize("NFC", written[1:-1].replace("''", "'"))


def duration_rule() -> str:
    """What a duration must be, for messages."""
    return phrase("A duration is a whole number of units, at most {years:,} years", years=LONGEST_YEARS)
