"""Whom rules leave alone, so that what they change can be seen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.core.config.faults import fault
from crmkit.core.config.problems import quoted
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from attrs import Attribute

_SHARE: Final = re.compile(r"(\d{1,2}(?:\.\d{1,3})?) ?%")
WEIGHT: Final = "weight"


def share(_: object, __: Attribute[Any], value: str | None) -> None:
    """A part of everybody, in per cent."""
    if value is not None and (_SHARE.fullmatch(value) is None or part(value) == 0):
        raise fault(phrase("{value} is not a share such as 10%", value=quoted(value)))


def part(value: str) -> float:
    """The share as a number from 0 to 1; the text was checked when it was read."""
    found = _SHARE.fullmatch(value)
    assert found is not None
    return float(found[1]) / 100


def cost(_: object, __: Attribute[Any], value: float | None) -> None:
    """Money, perhaps a part of a cent."""
    if value is not None and value < 0:
        raise fault(phrase("{value} is less than nothing", value=value))


def variants(_: object, __: Attribute[Any], value: Mapping[str, Mapping[str, Any]]) -> None:
    """Each with a name that is no other group's, and a weight above 0."""
    for name, given in value.items():
        if name in ("control", "treated", "global"):
            raise fault(phrase("is the name of a group that is there anyway"), name)
        weight = given.get(WEIGHT, 1)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
            raise fault(phrase("{weight} is not a number above 0", weight=quoted(weight)), name, WEIGHT)


@frozen(kw_only=True)
class ControlSettings:
    """`[control]`: customers whom no marketing and no measured rule reaches for a stated time."""

    share: str | None = field(
        default=None, validator=share, metadata={"doc": "How many of all customers, such as 5%."}
    )
    since: dt.date | None = field(
        default=None, metadata={"doc": "The first day; another first day draws other customers."}
    )
    until: dt.date | None = field(default=None, metadata={"doc": "The last day."})
    outcome: str = field(
        default="purchase", metadata={"doc": "The interaction type by which all rules together are judged."}
    )
    wanted: Literal["more", "less"] = field(
        default="more", metadata={"doc": "less, where fewer customers are to come to the outcome: complaint."}
    )

    def __attrs_post_init__(self) -> None:
        given = {"share": self.share, "since": self.since, "until": self.until}
        missing = [name for name, value in given.items() if value is None]
        if 0 < len(missing) < len(given):
            raise fault(
                phrase(
                    "needs {missing}: a group is left alone for a stated time",
                    missing=joined(phrase(" and "), missing),
                )
            )
        if self.since and self.until and self.until < self.since:
            raise fault(phrase("comes before it begins"), "until")
