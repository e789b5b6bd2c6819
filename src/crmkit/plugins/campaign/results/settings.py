"""What a business can set under `[plugins.campaign.attribution]`."""

from __future__ import annotations

import re
from typing import Any, Final

from attrs import field, frozen

MODELS: Final = ("first", "last", "linear", "position", "decay")
_LENGTH: Final = re.compile(r"([1-9][0-9]{0,3}) (hour|day|week)s?")
_HOUR: Final = 3_600_000_000
_UNITS: Final = {"hour": _HOUR, "day": 24 * _HOUR, "week": 7 * 24 * _HOUR}


def micros(text: str) -> int:
    """A length of time in microseconds; a day has 24 hours. Raises `ValueError`."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no length of time in hours, days or weeks, such as "30 days"')
    return int(found[1]) * _UNITS[found[2]]


def _a_model(_: object, attribute: Any, value: str) -> None:
    if value not in MODELS:
        raise ValueError(f"{attribute.name} is one of: {', '.join(MODELS)}")


def _a_length(_: object, __: object, value: str) -> None:
    micros(value)


@frozen(kw_only=True)
class AttributionSettings:
    """Among which messages the amount of a purchase is divided, and how."""

    model: str = field(
        default="linear",
        validator=_a_model,
        metadata={"doc": f"How an amount is divided, unless asked otherwise: {', '.join(MODELS)}."},
    )
    window: str = field(
        default="30 days",
        validator=_a_length,
        metadata={"doc": "How long before a purchase a message may lie to have a part in it."},
    )
    half_life: str = field(
        default="7 days",
        validator=_a_length,
        metadata={"doc": "With `decay`: after how long a message counts half as much."},
    )
