"""What a business can set under `[plugins.operational.cases]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit.plugin import N_, phrase
from crmkit.plugins.operational.cases.working_time import working_time

if TYPE_CHECKING:
    from attrs import Attribute

PRIORITIES = ("low", "normal", "high", "urgent")
ROUND_ROBIN = "round robin"


def _a_time(_: object, __: Attribute[str | None], value: str | None) -> None:
    if value is not None:
        working_time(value)


def _distinct(_: object, __: Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if len({*value}) != len(value) or not all(each.strip() for each in value):
        raise ValueError(phrase("names are written once each, and none is empty"))


@frozen(kw_only=True)
class Promise:
    """How soon a case is answered and resolved, in working time."""

    priority: str | None = field(default=None, metadata={"doc": "Of which cases: of this priority only."})
    customer_type: str | None = field(
        default=None, metadata={"doc": "Of whose cases: of customers of this type only."}
    )
    first_response: str | None = field(
        default=None,
        validator=_a_time,
        metadata={"doc": "Within what working time it has its first answer: `4 hours`, `1 day`."},
    )
    resolution: str | None = field(
        default=None, validator=_a_time, metadata={"doc": "Within what working time it is resolved."}
    )


@frozen(kw_only=True)
class Routing:
    """Where new cases go."""

    where: str | None = field(default=None, metadata={"doc": "Of customers for whom this condition holds."})
    category: str | None = field(default=None, metadata={"doc": "Only cases of this category."})
    priority: str | None = field(default=None, metadata={"doc": "Only cases of this priority."})
    queue: str | None = field(
        default=None, metadata={"doc": "The queue they go into; what is in another queue stays there."}
    )
    assign: str | None = field(
        default=None,
        metadata={
            "doc": "Who gets them: an employee, or of a team (or, by `round robin`, of all employees) "
            "whoever has the fewest open cases."
        },
    )


@frozen(kw_only=True)
class CaseSettings:
    """Questions, faults and complaints that are to be answered."""

    queues: tuple[str, ...] = field(
        default=(), validator=_distinct, metadata={"doc": "The queues in which cases wait."}
    )
    categories: tuple[str, ...] = field(
        default=(), validator=_distinct, metadata={"doc": "What cases are about."}
    )
    priorities: tuple[str, ...] = field(
        default=PRIORITIES,
        validator=_distinct,
        metadata={
            "doc": "How urgent cases are, the least urgent first; `normal`, else the first, if not said."
        },
    )
    sla: Mapping[str, Promise] = field(
        factory=dict, metadata={"doc": "What is promised, by a name; the first that fits a case holds."}
    )
    routing: Mapping[str, Routing] = field(
        factory=dict, metadata={"doc": "Where new cases go, by a name; the first rule that fits is taken."}
    )
    close_after: str | None = field(
        default="7 days",
        metadata={"doc": "How long after it was resolved a case is closed: `7 days`, by the calendar."},
    )

    def __attrs_post_init__(self) -> None:
        days_of(self.close_after)
        if not self.priorities:
            raise ValueError(phrase("priorities: there has to be one"))
        for name, promise in self.sla.items():
            _known(f"sla.{name}", "priority", promise.priority, self.priorities)
            if promise.first_response is None and promise.resolution is None:
                raise ValueError(
                    phrase('sla.{name} promises nothing; write first_response = "4 hours"', name=name)
                )
        for name, rule in self.routing.items():
            _known(f"routing.{name}", "category", rule.category, self.categories)
            _known(f"routing.{name}", "priority", rule.priority, self.priorities)
            _known(f"routing.{name}", "queue", rule.queue, self.queues)
            if rule.queue is None and rule.assign is None:
                raise ValueError(
                    phrase('routing.{name} leads nowhere; write queue = "…" or assign = "…"', name=name)
                )

    @property
    def usual_priority(self) -> str:
        """The priority of a case of which nothing is said."""
        return "normal" if "normal" in self.priorities else self.priorities[0]


def days_of(text: str | None) -> int | None:
    """The microseconds of a time by the calendar, None for none. Raises ValueError."""
    if text is None:
        return None
    amount = working_time(text)
    minutes = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}[amount.unit]
    return amount.amount * minutes * 60_000_000


def _known(place: str, key: str, value: Any, among: tuple[str, ...]) -> None:
    if value is not None and value not in among:
        template = (
            N_('{place}: {key} "{value}" is none of {names}')
            if among
            else N_('{place}: {key} "{value}" is none of those declared: none are')
        )
        raise ValueError(phrase(template, place=place, key=key, value=value, names=", ".join(among)))
