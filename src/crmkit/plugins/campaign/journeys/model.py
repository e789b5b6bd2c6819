"""What a journey's file declares, and what is told of journeys and the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.plugin import N_

if TYPE_CHECKING:
    from crmkit.plugins.campaign.audiences.model import Reach

_NOTHING: Mapping[str, Any] = MappingProxyType({})
SOURCE: Final = "journey"
NEVER: Final = "never"
# What becomes of a journey.
DRAFT: Final = N_("draft")
RUNNING: Final = N_("running")
STOPPED: Final = N_("stopped")


@frozen(kw_only=True)
class StepDeclaration:
    """`[[steps]]` of a journey: an action by its shorthand, or one of wait, wait_for, branch and exit."""

    id: str = field(metadata={"doc": "Its name; kept when others come and go."})
    wait: str = field(default="", metadata={"doc": "How long to wait: 3 days."})
    at: str = field(default="", metadata={"doc": "With wait or alone: until this time of day, theirs."})
    wait_for: str = field(default="", metadata={"doc": "An interaction type to wait for."})
    where: str = field(default="", metadata={"doc": "With wait_for: a condition on the interaction."})
    within: str = field(default="", metadata={"doc": "With wait_for: how long to wait at most."})
    branch: str = field(default="", metadata={"doc": "A condition on the customer."})
    yes: str = field(default="", metadata={"doc": "The step when it holds, or has happened."})
    no: str = field(default="", metadata={"doc": "The step when it does not, or has not in time."})
    exit: bool = field(default=False, metadata={"doc": "true ends the journey here."})
    next: str = field(default="", metadata={"doc": "The step after this one, where it is not the one below."})
    variants: Mapping[str, Mapping[str, Any]] = field(
        default=_NOTHING, metadata={"doc": "Other parameters of the action to try, by the variant's name."}
    )
    said: Mapping[str, Any] = field(
        default=_NOTHING, metadata={"doc": "The action and its parameters.", "rest": True}
    )


@frozen(kw_only=True)
class JourneyDeclaration:
    """`journeys/NAME.toml`: who comes in, when, what happens step by step, and what ends it."""

    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
    who: str = field(default="", metadata={"doc": "The condition on the customers who come in."})
    run: str = field(default="", metadata={"doc": "When who is asked, such as daily at 09:00."})
    on: str = field(default="", metadata={"doc": "The interaction type upon which people come in."})
    where: str = field(default="", metadata={"doc": "With on: a condition on the interaction."})
    goal: str = field(default="", metadata={"doc": "The condition on which somebody leaves: it is reached."})
    re_enter: str = field(default=NEVER, metadata={"doc": "never, or after 90 days since the last time."})
    control_group: str | None = field(
        default=None, metadata={"doc": "The share of people for whom nothing is done, to compare with."}
    )
    outcome: str = field(default="", metadata={"doc": "The interaction type that it is to lead to."})
    within: str = field(default="", metadata={"doc": "How long to wait for the outcome."})
    priority: int = field(default=0, metadata={"doc": "Higher goes before other journeys and rules."})
    cost: float | None = field(default=None, metadata={"doc": "What one act costs."})
    steps: tuple[StepDeclaration, ...] = field(default=(), metadata={"doc": "What happens, in this order."})


@frozen(kw_only=True)
class Journey:
    """A journey as it stands: `state` is draft, running or stopped; how many people are in it and what became
    of the others. `edited` says that its file has changed since it was started, `edited_steps` which of its
    steps have templates that have; `fault` what is wrong there."""

    name: str
    doc: str
    state: str
    version: int
    active: int = 0
    goal: int = 0
    finished: int = 0
    left: int = 0
    started_at: int | None = None
    edited: bool = False
    edited_steps: tuple[str, ...] = ()
    fault: str = ""


@frozen(kw_only=True)
class StepState:
    """A step of a version, and how many people are at it."""

    version: int
    id: str
    does: str
    leads: str
    people: int


@frozen(kw_only=True)
class Passage:
    """Somebody's way through a journey: at which step of which version, since when, and until when."""

    customer_id: int
    customer: str
    version: int
    state: str
    step: str
    arrived_at: int
    due_at: int | None
    entered_at: int
    ended_at: int | None
    why: str
    entries: int


def until(passage: Passage) -> int | None:
    """Until when a step keeps somebody; None where it lets them go as soon as it is done."""
    kept = passage.due_at is not None and passage.due_at > passage.arrived_at
    return passage.due_at if kept else None


@frozen(kw_only=True)
class Intake:
    """Whom a journey would take in now: how many, and a few of them. None is counted where people come in
    upon what happens."""

    name: str
    people: int | None
    sample: tuple[str, ...]


@frozen(kw_only=True)
class LetterReach:
    """What the first letter of a journey, the step of that id, would come to if all who would come in now
    were at it now."""

    step: str
    reach: Reach


@frozen(kw_only=True)
class Standing:
    """Why a customer is where they are: their `passage` (None if they were never in it), and the `way` they
    went, each (instant, what happened) in its order. `would_enter` is whether the `condition` to come in
    holds for them now, with its `clauses`, each (text, truth); None where people come in upon what happens.
    """

    customer: str
    passage: Passage | None
    way: tuple[tuple[int, str], ...]
    condition: str
    would_enter: bool | None
    clauses: tuple[tuple[str, bool | None], ...]
