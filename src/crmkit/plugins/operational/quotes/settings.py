"""What a business can set under `[plugins.operational.quotes]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen
from attrs.validators import in_

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute

NET: Final = "net"
GROSS: Final = "gross"
_PLACE: Final = re.compile(r"\{(?:year|number(?::0?[1-9])?)\}")


def _pattern(_: object, __: Attribute[str], value: str) -> None:
    rest = _PLACE.sub("", value)
    if "{number" not in value or "{" in rest or "}" in rest:
        raise ValueError(
            phrase(
                "{value} needs the place {place}, such as {example}",
                value=repr(value),
                place="{number}",
                example='"Q-{year}-{number:04}"',
            )
        )


def _days(_: object, __: Attribute[int], value: int) -> None:
    if not 1 <= value <= 3_650:
        raise ValueError(phrase("{value} is not a number of days from 1 to 3650", value=value))


@frozen(kw_only=True)
class PriceList:
    """`[plugins.operational.quotes.price_lists.NAME]`."""

    who: str = field(metadata={"doc": "The condition for customers whose quotes are made from the list."})


@frozen(kw_only=True)
class QuoteEmail:
    """`[plugins.operational.quotes.email]`."""

    template: str = field(metadata={"doc": "What is written to the customer; it names links.quote."})
    purpose: str = field(metadata={"doc": "What for, of [purposes]: one of the type service, as a rule."})


@frozen(kw_only=True)
class QuoteSettings:
    """The settings of quotes."""

    number: str = field(
        default="Q-{year}-{number:04}",
        validator=_pattern,
        metadata={"doc": "How a quote that is sent is numbered; with {year} each year begins at 1."},
    )
    valid_days: int = field(
        default=30,
        validator=_days,
        metadata={"doc": "For how many days a quote is valid after it was sent, unless it says otherwise."},
    )
    price_lists: Mapping[str, PriceList] = field(
        factory=dict,
        metadata={"doc": "Price lists beside the standard one; the first whose condition holds is used."},
    )
    prices: str = field(
        default=NET,
        validator=in_((NET, GROSS)),
        metadata={"doc": "What prices are: net (tax is put on top) or gross (tax is in them)."},
    )
    terms: str = field(default="", metadata={"doc": "What stands at the end of every quote."})
    template: str | None = field(
        default=None,
        metadata={"doc": "A Jinja template of your own for quotes: a file beside crm.toml."},
    )

    email: QuoteEmail | None = field(
        default=None, metadata={"doc": "How quotes are written to customers: with crm quotes send --email."}
    )

    def numbered(self, year: int, number: int) -> str:
        """The number that a quote shows."""
        return self.number.format_map({"year": year, "number": number})

    def series(self, year: int) -> str:
        """The series in which it is counted."""
        return f"quote/{year}" if "{year}" in self.number else "quote"


def quote_settings(settings: Any) -> QuoteSettings:
    """Those of the plugin's settings that are about quotes."""
    found: QuoteSettings = settings.quotes
    return found
