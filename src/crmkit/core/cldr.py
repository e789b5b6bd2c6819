"""Numbers, money and days as CLDR has them for the language spoken; English screens write them as ever.

crmkit speaks few languages, so that what CLDR says of them stands here instead of being loaded from its
database whenever a number is shown. A test holds it against Babel's copy of CLDR.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from crmkit.core.language import RIGHT_TO_LEFT, spoken

if TYPE_CHECKING:
    from crmkit.core.model.money import Money

_NBSP: Final = "\u00a0"
_LONG_GROUPS: Final = 4  # so many digits stand together where fewer than five are not set apart
_WEEKDAYS: Final = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "ur": "پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار",
}
_MONTHS: Final = {
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
}
_STANDING_MONTHS: Final = {
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "ur": _MONTHS["ur"],
}


def figures(written: str) -> str:
    """A number as English writes it, `1,234.5` or `95.2%`, in the manner of the language spoken."""
    if spoken() != "pl":
        return written
    whole, point, rest = written.partition(".")
    together = sum(char.isdigit() for char in whole) <= _LONG_GROUPS
    return whole.replace(",", "" if together else _NBSP) + point.replace(".", ",") + rest


def written_sum(amount: str, currency: str) -> str:
    """An amount such as `-6.50` with the code of its currency."""
    if spoken() == "ur":
        sign, bare = ("\u200e-", amount[1:]) if amount.startswith("-") else ("", amount)
        return f"{sign}{currency}{_NBSP}{bare}"
    between = " " if spoken() == "en" else _NBSP
    return f"{figures(amount)}{between}{currency}"


def written_amount(amount: str) -> str:
    """`1000.00 PLN`, as programs are told it, in the manner of the language spoken."""
    number, _space, currency = amount.rpartition(" ")
    return written_sum(number, currency)


def written_percent(percent: str) -> str:
    """A share in percent as English writes the number: `12.5 %`, in other languages `12,5%`."""
    return f"{percent} %" if spoken() == "en" else f"{figures(percent)}%"


def written_money(money: Money) -> str:
    """Money with the code of its currency: `1234.50 PLN` in English, `1234,50 PLN` in Polish."""
    from crmkit.core.model.money import format_amount

    return written_sum(format_amount(money.minor, money.currency), money.currency)


def written_day(on: date) -> str:
    """A day within a sentence: `16 listopada 2026`; in English as it is typed, `2026-11-16`."""
    months = _MONTHS.get(spoken())
    if months is None:
        return on.isoformat()
    comma = "،" if spoken() == "ur" else ""
    return f"{on.day} {months.split()[on.month - 1]}{comma} {on.year}"


def _weekday(on: date) -> str:
    """What the day of the week is called."""
    return (_WEEKDAYS.get(spoken()) or _WEEKDAYS["en"]).split()[on.weekday()]


def written_full_day(on: date) -> str:
    """A day with the day of its week: `poniedziałek, 16 listopada 2026`; `Monday, 2026-11-16`."""
    comma = "،" if spoken() == "ur" else ","
    return f"{_weekday(on)}{comma} {written_day(on)}"


def written_direction() -> Literal["ltr", "rtl"]:
    """How the language spoken is written."""
    return "rtl" if spoken() in RIGHT_TO_LEFT else "ltr"


def written_month(of: date) -> str:
    """A month by itself: `listopad 2026`; in English `2026-11`."""
    months = _STANDING_MONTHS.get(spoken())
    return f"{of:%Y-%m}" if months is None else f"{months.split()[of.month - 1]} {of.year}"
