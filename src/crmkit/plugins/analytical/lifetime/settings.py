"""What a business can set under `[plugins.analytical.value]`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.plugin import parse_duration, phrase

if TYPE_CHECKING:
    from attrs import Attribute

_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%")


def _percent(_: object, attribute: Attribute[Any], value: str) -> None:
    if not _PERCENT.fullmatch(value):
        raise ValueError(
            phrase('{name} is a share such as "30%", not "{value}"', name=attribute.name, value=value)
        )
    if attribute.name == "margin" and share(value) > 1:
        raise ValueError(phrase("a margin is at most 100%, not {value}", value=value))


def _lengths(_: object, attribute: Attribute[Any], value: tuple[str, ...]) -> None:
    if not value:
        raise ValueError(
            phrase('{name} names at least one length of time, such as "1 year"', name=attribute.name)
        )
    for each in value:
        if parse_duration(each).unit == "hour":
            raise ValueError(
                phrase("{name} are days or longer, not {value}", name=attribute.name, value=each)
            )


def _length(_: object, __: Attribute[Any], value: str) -> None:
    parse_duration(value)


def share(text: str) -> float:
    """`30%` as 0.3."""
    found = _PERCENT.fullmatch(text)
    assert found is not None
    return float(Decimal(found[1]) / 100)


@frozen(kw_only=True)
class ValueSettings:
    """How lifetime value is worked out."""

    model: Literal["bg-nbd", "pareto-nbd"] = field(
        default="bg-nbd", metadata={"doc": "The model of buying and leaving: bg-nbd or pareto-nbd."}
    )
    margin: str = field(
        default="100%",
        validator=_percent,
        metadata={"doc": 'What is left of a purchase: "30%". With 100% value is counted as revenue.'},
    )
    discount: str = field(
        default="10%",
        validator=_percent,
        metadata={"doc": "By how much money is worth less a year later."},
    )
    horizons: tuple[str, ...] = field(
        default=("1 year", "90 days"),
        validator=_lengths,
        metadata={"doc": "How far ahead to look; the first one is meant where none is named."},
    )
    refit: str = field(
        default="1 week",
        validator=_length,
        metadata={"doc": "How old the models may grow before the worker fits them again."},
    )
