"""What a business can set under `[plugins.collaborative.experience]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from crmkit import Invalid
from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_UNITS: Final = {"hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000}


def _micros(text: str) -> int:
    from crmkit.plugin import parse_duration

    length = parse_duration(text)
    if length.unit not in _UNITS or not length.amount:
        raise Invalid(
            phrase('"{text}" is no number of hours, days or weeks', text=text), hint='Write such as "7 days".'
        )
    return length.amount * _UNITS[length.unit]


def _a_time(_: object, __: Attribute[str], value: str) -> None:
    _micros(value)


@frozen(kw_only=True)
class ExperienceSettings:
    """How a relationship is told as the customer lived it."""

    again_within: str = field(
        default="7 days",
        validator=_a_time,
        metadata={"doc": "How long after an answer a question still belongs to the same matter."},
    )

    @property
    def within(self) -> int:
        """`again_within` in microseconds."""
        return _micros(self.again_within)
