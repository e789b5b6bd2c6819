"""The words of conversations: what is asked of them, and the action that says who answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen
from attrs.validators import instance_of, optional

from crmkit.plugin import Action, Metric, MetricParameter, Trait, _, lazily, nphrase

_HERE: Final = "crmkit.plugins.collaborative.inbox"
_GROUPS: Final = ("customer", "time", "channel", "team")
MEDIAN: Final = "median"
ROUND_ROBIN: Final = "round robin"


@frozen(kw_only=True)
class Assign:
    """Who answers: an employee, a team, or `round robin` for whoever works here, or in `among`, and has the
    fewest."""

    to: str = field(validator=instance_of(str))
    among: str | None = field(default=None, validator=optional(instance_of(str)))


def assigning_action() -> Action:
    """`conversation.assign`, in rules as `assign_conversation = "round robin"`, with `on = "message"`."""
    return Action(
        name="conversation.assign",
        doc="Says who answers the customer's newest open conversation that is nobody's",
        params=Assign,
        shorthand="assign_conversation",
        check=lazily(f"{_HERE}.action:check"),
        perform=lazily(f"{_HERE}.action:assign"),
        undo=lazily(f"{_HERE}.action:take_back"),
        undone=nphrase(
            "make {count} conversation nobody's again", "make {count} conversations nobody's again", 0
        ),
        says=lambda params: _("conversation to {to}", to=params.to),
    )


def inbox_traits() -> Iterator[Trait]:
    """The traits of conversations."""
    yield Trait(
        name="unanswered", type="number", missing=0, past=False, select=lazily(f"{_HERE}.traits:unanswered"),
        doc="Number of conversations in which the customer waits for our answer",
    )  # fmt: skip


def inbox_metrics() -> Iterator[Metric]:
    """The metrics of conversations."""
    yield Metric(
        name="conversations",
        doc="Conversations that customers began",
        unit="count",
        formula="conversations whose first message of the customer is of the period",
        reading="What was snoozed, closed or taken over counts as any other.",
        groups=_GROUPS,
        past=False,
        compute=lazily(f"{_HERE}.metrics:begun"),
    )
    yield Metric(
        name="response_time",
        doc="Working hours until conversations have their first answer: the median, or the mean",
        unit="number",
        formula="the median of working hours from the customer's first message to our first answer, of "
        "conversations first answered in the period",
        reading="Half of them were quicker than the median; response_time(mean) heeds the slowest most.",
        parameters=(MetricParameter(name="which", kind="text", default=MEDIAN),),
        groups=_GROUPS,
        past=False,
        compute=lazily(f"{_HERE}.metrics:response_time"),
    )
