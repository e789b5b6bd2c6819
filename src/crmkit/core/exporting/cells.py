"""The values of an export as text: the same wherever a file holds nothing but text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from attrs import frozen

from crmkit.core.exchange.lists import joined
from crmkit.core.instants import format_instant
from crmkit.core.model.money import format_amount, minor_digits

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.core.exporting.columns import Column

Told = Callable[[Any], str]


@frozen
class Manner:
    """What values depend on: the business's currency and time zone."""

    currency: str
    tz: tzinfo

    @property
    def digits(self) -> int:
        """How many decimals an amount has."""
        return minor_digits(self.currency)

    def teller(self, column: Column) -> Told | None:
        """What makes text of the column's values, which are not None; None where they are text already."""
        told: dict[str, Told] = {
            "bool": _yes_or_no,
            "number": _number,
            # A field is read back by import, which must not take one currency for another.
            "money": self._money if column.target else self._amount,
            "date": str,
            "instant": self._instant,
            "list": joined,
            "json": _json,
        }
        return told.get(column.kind)

    def _money(self, minor: int) -> str:
        return f"{format_amount(minor, self.currency)} {self.currency}"

    def _amount(self, minor: int) -> str:
        return format_amount(minor, self.currency)

    def _instant(self, at: int) -> str:
        return format_instant(at, self.tz, exact=True)


def _yes_or_no(value: Any) -> str:
    return "yes" if value else "no"


def _number(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
