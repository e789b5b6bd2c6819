"""What a business says about its customers as a whole: segments, traits, views and types of customer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.core.config.checks import distinct, filled
from crmkit.core.config.faults import Fault, Faults, fault
from crmkit.core.config.problems import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_DURATION: Final = re.compile(r"([1-9][0-9]{0,5}) (hour|day|week|month|year)s?")


def length_of_time(_: object, __: Attribute[Any], value: str | None) -> None:
    """A whole number of hours, days, weeks, months or years."""
    if value is not None and _DURATION.fullmatch(value) is None:
        raise fault(phrase("{value} is not a length of time such as 30 days", value=quoted(value)))


@frozen(kw_only=True)
class SegmentDeclaration:
    """`[segments.NAME]`: customers whom something holds for, or whom somebody has listed."""

    who: str = field(default="", metadata={"doc": "The condition its members meet."})
    doc: str = field(default="", metadata={"doc": "One line on who they are."})
    kind: Literal["dynamic", "static"] = field(
        default="dynamic", metadata={"doc": "static for a list that is kept by hand; it has no who."}
    )

    def __attrs_post_init__(self) -> None:
        if self.kind == "static" and self.who:
            raise Faults(
                [Fault(("who",), phrase("a static segment is a list kept by hand and has no condition"))]
            )
        if self.kind == "dynamic" and not self.who.strip():
            raise Faults([Fault(("who",), phrase("is missing"))])


@frozen(kw_only=True)
class TraitDeclaration:
    """`[traits.NAME]`: a quantity of each customer, as an expression over other words."""

    formula: str = field(validator=filled, metadata={"doc": "The expression, such as sum(purchase) / 12."})
    type: Literal["number", "money", "text", "date", "datetime", "bool"] = field(
        default="number", metadata={"doc": "What its value is."}
    )
    doc: str = field(default="", metadata={"doc": "One line on what it means."})


@frozen(kw_only=True)
class ViewDeclaration:
    """`[views.NAME]`: a list of customers that is looked at again and again."""

    where: str = field(default="", metadata={"doc": "The condition; everybody, if empty."})
    columns: tuple[str, ...] = field(
        default=(), validator=distinct, metadata={"doc": "Words or expressions to show, in order."}
    )
    order: str = field(
        default="", metadata={"doc": "A word or expression to order by; add :desc for largest first."}
    )
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})


@frozen(kw_only=True)
class CustomerTypeDeclaration:
    """`[customer_types.NAME]`: a sort of customer and how the business deals with it; the first to match
    decides.
    """

    who: str = field(validator=filled, metadata={"doc": "The condition that makes a customer one of these."})
    level: Literal["high-touch", "mid-touch", "low-touch", "self-service"] = field(
        default="low-touch", metadata={"doc": "How closely they are looked after."}
    )
    cadence: str | None = field(
        default=None,
        validator=length_of_time,
        metadata={"doc": "How often to be in touch, such as 30 days; never overdue, if not given."},
    )
    doc: str = field(default="", metadata={"doc": "One line on who they are."})
