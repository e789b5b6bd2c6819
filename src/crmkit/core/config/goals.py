"""What a business wants of its customers: goals."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.core.config.checks import filled
from crmkit.core.config.faults import fault
from crmkit.core.config.problems import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_TARGET: Final = re.compile(r"-?\d+(?:\.\d+)?%?")


def goal_target(_: object, __: Attribute[Any], value: str | float) -> None:
    """A number, or a share in per cent."""
    if isinstance(value, str) and _TARGET.fullmatch(value.strip()) is None:
        raise fault(phrase("{value} is not a number or a share such as 65%", value=quoted(value)))


@frozen(kw_only=True)
class GoalDeclaration:
    """`[goals.NAME]`: a metric, where it should be, and by when."""

    metric: str = field(validator=filled, metadata={"doc": "The metric, such as retention(90 days)."})
    target: float | str = field(
        validator=goal_target,
        metadata={"doc": "A number, money in the currency of the CRS, or a share: 65%."},
    )
    segment: str = field(default="", metadata={"doc": "Whose; of everybody, if empty."})
    by: dt.date | None = field(default=None, metadata={"doc": "The day on which it should be reached."})
    direction: Literal["up", "down"] = field(
        default="up", metadata={"doc": "down for a number that should fall, such as churn."}
    )
    every: Literal["week", "month", "quarter", "year"] = field(
        default="month", metadata={"doc": "The periods in which its course is told."}
    )
    doc: str = field(default="", metadata={"doc": "One line on why it matters."})
