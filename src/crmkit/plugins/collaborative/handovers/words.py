"""The words of handovers: what conditions and numbers ask of them, and the action that rules make them by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen
from attrs.validators import instance_of, optional

from crmkit.plugin import Action, Metric, MetricParameter, Trait, _, lazily, nphrase

_HERE: Final = "crmkit.plugins.collaborative.handovers"
_GROUPS: Final = ("customer", "time", "team", "employee")
MEDIAN: Final = "median"


@frozen(kw_only=True)
class NewHandover:
    """A promise to hand over: what is promised, by when (`2 days`), and to whom: `to` an employee, or to a
    `team`. It comes from who looks after the customer."""

    promise: str = field(validator=instance_of(str))
    by: str = field(validator=instance_of(str))
    to: str | None = field(default=None, validator=optional(instance_of(str)))
    team: str | None = field(default=None, validator=optional(instance_of(str)))


def handover_action() -> Action:
    """`handover.make`, in rules as `handover = "Call {{ customer.name }} back"`."""
    return Action(
        name="handover.make",
        doc="Hands a promise to the customer to an employee or a team",
        params=NewHandover,
        shorthand="handover",
        rendered=("promise",),
        check=lazily(f"{_HERE}.action:check"),
        perform=lazily(f"{_HERE}.action:make"),
        undo=lazily(f"{_HERE}.action:take_back"),
        undone=nphrase("withdraw {count} handover", "withdraw {count} handovers", 0),
        says=lambda params: _("handover: {promise}", promise=params.promise),
    )


def handover_traits() -> Iterator[Trait]:
    """The traits of handovers."""
    yield Trait(
        name="open_handovers",
        type="number",
        doc="Number of promises that somebody is to accept or to keep",
        select=lazily(f"{_HERE}.traits:open_handovers"),
        missing=0,
        past=False,
    )
    yield Trait(
        name="broken_promises",
        type="number",
        doc="broken_promises(window): how many promises were broken within it",
        select=lazily(f"{_HERE}.traits:broken_promises"),
        missing=0,
        past=False,
    )


def handover_metrics() -> Iterator[Metric]:
    """The metrics of handovers."""
    yield Metric(
        name="handovers",
        doc="Promises to customers that were handed to somebody",
        unit="count",
        formula="handovers made in the period",
        reading="Group by team to see to whom; what was passed on counts once for each who was given it.",
        groups=_GROUPS,
        past=False,
        compute=lazily(f"{_HERE}.metrics:made"),
    )
    yield Metric(
        name="handover_acceptance_time",
        doc="Working hours until promises are accepted: the median, or another percentile",
        unit="number",
        formula="the percentile of working hours from making to accepting, of handovers accepted in it",
        reading="Half of them were quicker than the median; nine in ten than handover_acceptance_time(p90).",
        parameters=(MetricParameter(name="which", kind="text", default=MEDIAN),),
        groups=_GROUPS,
        past=False,
        compute=lazily(f"{_HERE}.metrics:acceptance_time"),
    )
    yield Metric(
        name="handovers_dropped",
        doc="Share of the handovers that nobody answered in time",
        unit="share",
        formula="handovers of which the time to accept was over / handovers accepted, refused or dropped, "
        "of those for which that was in the period",
        reading="What was accepted too late counts as dropped; what was withdrawn before does not count.",
        groups=_GROUPS,
        past=False,
        compute=lazily(f"{_HERE}.metrics:dropped"),
    )
    yield Metric(
        name="promises_kept",
        doc="Share of the accepted promises that were kept",
        unit="share",
        formula="promises kept / promises kept or broken, of those for which that was in the period",
        reading="What was done late is broken; what was withdrawn or passed on does not count.",
        groups=_GROUPS,
        past=False,
        compute=lazily(f"{_HERE}.metrics:kept"),
    )
