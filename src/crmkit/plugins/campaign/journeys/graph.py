"""A journey as its steps lead from one to the next."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import time
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from attrs import field, fields, frozen

from crmkit import Invalid
from crmkit.plugin import Duration, _, parse_duration, phrase, written_length
from crmkit.plugins.campaign.journeys.model import NEVER, JourneyDeclaration, StepDeclaration

ACT: Final = "act"
WAIT: Final = "wait"
WAIT_FOR: Final = "wait_for"
BRANCH: Final = "branch"
EXIT: Final = "exit"
# Where a journey is over.
END: Final = "end"
# Where a version keeps what its steps are pinned to; no file has it.
PINNED: Final = "pinned"
_AFTER: Final = "after "
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


# By step, or step and variant, the parameters that its action has filled in: versions of templates.
Pins = Mapping[str, Mapping[str, Any]]


@frozen(kw_only=True)
class Step:
    """One step: what it does by its `kind`, and the ids of those it leads to (`end` where it is over)."""

    id: str
    kind: str
    declared: StepDeclaration
    yes: str
    no: str
    length: Duration | None = None
    at: time | None = None

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Where somebody can come from here."""
        return () if self.kind == EXIT else tuple(dict.fromkeys((self.yes, self.no)))

    @property
    def does(self) -> str:
        """What it does, in a few words."""
        said = self.declared
        if self.kind == WAIT:
            return _waits(said)
        if self.kind == WAIT_FOR:
            within = written_length(said.within)
            return _("wait for {type}, at most {length}", type=said.wait_for, length=within)
        if self.kind == BRANCH:
            return _("if {condition}", condition=said.branch)
        return (
            EXIT if self.kind == EXIT else ", ".join(f"{name}: {value}" for name, value in said.said.items())
        )

    @property
    def leads(self) -> str:
        """Where it leads, in a few words."""
        if self.kind == EXIT:
            return ""
        return self.yes if self.yes == self.no else _("yes: {yes}, no: {no}", yes=self.yes, no=self.no)


def _waits(said: StepDeclaration) -> str:
    """How long a step waits, or until what time of day."""
    long = written_length(said.wait)
    if said.wait and said.at:
        return _("wait {length} until {time}", length=long, time=said.at)
    return _("wait {length}", length=long) if said.wait else _("wait until {time}", time=said.at)


@frozen
class Graph:
    """The steps of a declaration without faults, by their ids, in the file's order; of a version that was
    started, with what they are `pinned` to."""

    declared: JourneyDeclaration
    steps: Mapping[str, Step]
    pinned: Pins = field(factory=dict)

    @property
    def first(self) -> str:
        """The id of the first step."""
        return next(iter(self.steps))

    @property
    def acts(self) -> Iterator[Step]:
        """The steps that the engine does."""
        return (step for step in self.steps.values() if step.kind == ACT)

    @property
    def again_after(self) -> Duration | None:
        """How long after the end of a passage the next may begin; None for never."""
        return re_entry(self.declared.re_enter)


def graph_of(declared: JourneyDeclaration, pinned: Pins = MappingProxyType({})) -> Graph:
    """The declaration as a graph. Raises `Invalid` for a length or time of day that is none."""
    steps = {}
    for at, step in enumerate(declared.steps):
        below = declared.steps[at + 1].id if at + 1 < len(declared.steps) else END
        steps[step.id] = _step(step, step.next or below)
    return Graph(declared, steps, pinned)


@lru_cache(maxsize=128)
def graph_in(text: str) -> Graph:
    """The graph of a version's text, which was checked when its journey was started. A version never changes,
    and each pass asks for it several times."""
    data = tomllib.loads(text)
    pinned = data.pop(PINNED, {})
    steps = tuple(_step_declaration(each) for each in data.pop("steps", ()))
    return graph_of(JourneyDeclaration(**{**data, "steps": steps}), pinned)


def kinds_of(step: StepDeclaration) -> list[str]:
    """What a step says that it is: exactly one, if it is right."""
    found = [WAIT] if step.wait or (step.at and not step.said) else []
    found += [WAIT_FOR] if step.wait_for else []
    found += [BRANCH] if step.branch else []
    found += [EXIT] if step.exit else []
    return [*found, ACT] if step.said else found


def re_entry(text: str) -> Duration | None:
    """How long after the end of a passage the next may begin. Raises `Invalid`."""
    if text == NEVER:
        return None
    if not text.startswith(_AFTER):
        raise Invalid(phrase('"{text}" is not known', text=text), hint='Write "never" or "after 90 days".')
    return length(text.removeprefix(_AFTER))


def length(text: str) -> Duration:
    """A length of time. Raises `Invalid`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise Invalid(str(error), hint='Write "6 hours", "3 days" or "1 month".') from None


def time_of_day(text: str) -> time:
    """A time of day. Raises `Invalid`."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise Invalid(phrase('"{text}" is not a time of day', text=text), hint='Write it as "09:00".')
    return time(int(found[1]), int(found[2]))


def _step(said: StepDeclaration, after: str) -> Step:
    kind = (kinds_of(said) or [ACT])[0]
    long = said.within if kind == WAIT_FOR else said.wait
    forks = kind in (BRANCH, WAIT_FOR)
    return Step(
        id=said.id, kind=kind, declared=said,
        yes=(said.yes or after) if forks else after, no=(said.no or after) if forks else after,
        length=length(long) if long else None, at=time_of_day(said.at) if said.at else None,
    )  # fmt: skip


def _step_declaration(data: Mapping[str, Any]) -> StepDeclaration:
    own = {each.name for each in fields(StepDeclaration)} - {"said"}
    said = {key: value for key, value in data.items() if key not in own}
    return StepDeclaration(**{key: value for key, value in data.items() if key in own}, said=said)
