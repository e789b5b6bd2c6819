"""What the values of fields and traits are called where customers are told apart by them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmkit.core.instants import format_instant
from crmkit.core.model.money import Money

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.core.model.words import Field


def of_field(field: Field, value: Any, currency: str, tz: tzinfo) -> str:
    """A value of a field as it is stored, or the text of that: money with its currency, a number with its
    decimals, an instant by the clock of the business."""
    match field.type:
        case "bool":
            return yes_or_no(value)
        case "money":
            return str(Money(int(value), currency))
        case "datetime":
            return format_instant(int(value), tz)
        case "number" if field.decimals:
            return f"{Decimal(int(value)).scaleb(-field.decimals):f}"
    return str(value)


def yes_or_no(value: Any) -> str:
    """`yes` or `no`, of 1 and 0, `true` and `false`."""
    return "yes" if str(value).lower() in ("1", "true") else "no"
