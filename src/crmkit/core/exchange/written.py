"""How exports and sheets write days, moments and money, brought to how they are read here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crmkit.core.country import country_of
from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.schema import CrsSettings

# What a sheet adds to a day.
_MIDNIGHT: Final = re.compile(r"[T ]+0?0:00(?::00(?:\.0+)?)?Z?\Z")
# Day, month and year with dots: the order in which all who write dots have them.
_DAY: Final = re.compile(
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}))"
    r"(?P<rest>.*)",
    re.ASCII,
)
_CLOCK: Final = re.compile(
    r"(?:T|,? +)(\d{1,2}):(\d{2})(:\d{2}(?:[.,]\d+)?)?(?: *(am|pm|a\.m\.|p\.m\.))?", re.ASCII | re.IGNORECASE
)
_CODED: Final = re.compile(
    r"(?P<before>[A-Z]{3})?\s*(?P<amount>[^A-Z]*?)\s*(?(before)|(?P<after>[A-Z]{3}))",
    re.ASCII | re.IGNORECASE,
)
_MONTH_FIRST: Final = ("US", "PH")
_SIGNS: Final = {"€": "EUR", "£": "GBP", "zł": "PLN", "₨": "PKR", "₹": "INR", "$": "USD"}
_DOLLARS: Final = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")


def is_month_first(crs: CrsSettings) -> bool | None:
    """Whether 01/05/2026 is the fifth of January in this business; None where nobody can tell, as in English
    of no country."""
    country = country_of(crs)
    if country is None:
        return None if crs.locale.lower().startswith("en") else False
    return country in _MONTH_FIRST


def day_as_written(text: str, month_first: bool | None) -> str:
    """A day as fields are written, of `1.5.2026`, `2026-05-01 00:00:00` and `01/05/2026`; whatever else stays
    as it is, and is refused with its reason. Raises `Invalid` where nobody can tell what comes first.
    """
    return moment_as_written(_MIDNIGHT.sub("", text.strip()), month_first)


def moment_as_written(text: str, month_first: bool | None) -> str:
    """The same of a moment, such as `1.5.2026 8:10` or, in the United States, `5/1/2026 8:10 PM`."""
    written = text.strip()
    is_plain = written[4:5] == "-" and written[13:14] in ("", ":")
    found = None if is_plain else _DAY.fullmatch(written)
    if found is None:
        return written
    return (found["iso"] or _iso(found, month_first)) + _clock(found["rest"])


def amount_as_written(text: str, currency: str) -> str:
    """An amount in `currency` without its sign or code. Raises `Invalid` for one of another currency."""
    written = money_as_written(text, currency)
    coded = _CODED.fullmatch(written)
    if coded is None:
        return written
    code = (coded["before"] or coded["after"]).upper()
    if code != currency:
        raise Invalid(
            phrase("{text} is not in {currency}", text=quoted(text.strip()), currency=currency),
            hint="Map a column to currency, or give it for the whole file, such as: --default currency=EUR",
        )
    return coded["amount"]


def _iso(found: re.Match[str], month_first: bool | None) -> str:
    day, month = found["first"], found["second"]
    if found["mark"] != ".":
        if month_first is None:
            raise Invalid(
                phrase("{day} can be read as two days", day=quoted(found[0])),
                hint='Say in crm.toml what comes first: locale = "en_US" for the month, "en_GB" for the day.',
            )
        if month_first:
            day, month = month, day
    return f"{found['year']}-{month:0>2}-{day:0>2}"


def _clock(rest: str) -> str:
    """A time of day in 24 hours, two digits each; whatever else stays as it is."""
    found = _CLOCK.fullmatch(rest.rstrip())
    if found is None:
        return rest
    hour, minute, seconds, half = found.groups(default="")
    if half:
        if not 1 <= int(hour) <= 12:
            return rest
        hour = str(int(hour) % 12 + (12 if half[0] in "pP" else 0))
    return f" {hour:0>2}:{minute}{seconds}"


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
