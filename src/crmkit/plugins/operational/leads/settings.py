"""What a business can set under `[plugins.operational.leads]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute

LOST_REASONS: Final = ("no need", "no budget", "not reached", "not genuine", "other")


@frozen(kw_only=True)
class Assignment:
    """Who looks after which leads."""

    to: str = field(metadata={"doc": "An employee (e-mail address or name) or a team."})
    where: str = field(default="", metadata={"doc": "For which leads: a condition; all, if empty."})
    how: Literal["round robin", "least loaded"] = field(
        default="round robin",
        metadata={
            "doc": "Among the members of a team: whoever waited longest, or has the fewest open leads."
        },
    )

    @to.validator
    def _somebody(self, _: Attribute[Any], value: str) -> None:
        if not value.strip():
            raise ValueError(phrase("say whom: an employee or a team"))


@frozen(kw_only=True)
class LeadSettings:
    """The settings of leads."""

    score: str = field(
        default="",
        metadata={
            "doc": "How promising a lead is, as an expression: "
            '"10 * count(visit, last 90 days) + 25 * count(enquiry)". It makes the trait `lead_score`.'
        },
    )
    assign: Mapping[str, Assignment] = field(
        factory=dict, metadata={"doc": "Rules of assignment by name; the first that fits a lead decides."}
    )
    in_hours: bool = field(
        default=False, metadata={"doc": "Whether leads are assigned in opening hours only ([hours])."}
    )
    most: int | None = field(
        default=None, metadata={"doc": "With so many open leads nobody is given another."}
    )
    lost_reasons: tuple[str, ...] = field(
        default=LOST_REASONS, metadata={"doc": "Why leads come to nothing; one of them is given with each."}
    )

    @most.validator
    def _some(self, _: Attribute[Any], value: int | None) -> None:
        if value is not None and value < 1:
            raise ValueError(phrase("somebody has to have room for one lead at least"))
