"""What a business can set under `[plugins.collaborative.surveys]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from attrs import Attribute


def a_length(_: object, __: Attribute[str], value: str) -> None:
    """Raise ValueError unless it is a length of time."""
    from crmkit.plugin import parse_duration

    parse_duration(value)


@frozen(kw_only=True)
class SurveySettings:
    """How often customers are asked."""

    cooldown: str = field(
        default="90 days",
        validator=a_length,
        metadata={"doc": "How long nobody is asked again after a survey, whichever it was: `90 days`."},
    )
