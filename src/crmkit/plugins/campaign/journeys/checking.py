"""What is wrong with a journey's file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit import CrmError
from crmkit.plugin import N_, did_you_mean, joined, parse_schedule, phrase
from crmkit.plugins.campaign.files import Condition, Fault
from crmkit.plugins.campaign.journeys.graph import (
    ACT,
    BRANCH,
    END,
    EXIT,
    WAIT,
    WAIT_FOR,
    Graph,
    graph_of,
    kinds_of,
    length,
    re_entry,
    time_of_day,
)
from crmkit.plugins.campaign.journeys.model import SOURCE, JourneyDeclaration, StepDeclaration
from crmkit.plugins.campaign.journeys.rules import rule_said

if TYPE_CHECKING:
    from crmkit import Crm

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
# The keys that only steps of certain kinds have.
_ONLY: Final = {
    "at": (WAIT,), "where": (WAIT_FOR,), "within": (WAIT_FOR,), "yes": (BRANCH, WAIT_FOR),
    "no": (BRANCH, WAIT_FOR), "variants": (ACT,),
}  # fmt: skip
_ACTION: Final = N_(
    'Give it one of: an action such as send_email = "come-back", wait, wait_for, branch, exit.'
)


def faults_of(crm: Crm, name: str, declared: JourneyDeclaration) -> Iterator[Fault]:
    """What is wrong with it, each with the keys of its place: first what stands in it, and where nothing is
    wrong with that, how its steps hang together, and what the engine says of its actions."""
    found = [*_of_entry(crm, declared), *_of_steps(crm, declared)]
    if not found:
        graph = graph_of(declared)
        found = list(_of_ways(graph))
        if not found:
            found = list(
                _asked((), lambda: crm.strategy.check(f"{SOURCE}:{name}", rule_said(graph, [(1, graph)])))
            )
    yield from found


def conditions_of(declared: JourneyDeclaration) -> Iterator[Condition]:
    """The conditions on who comes in, who has reached the goal, and which way is gone."""
    yield ("who",), declared.who, ""
    yield ("goal",), declared.goal, ""
    if declared.on:
        yield ("on",), declared.where, declared.on
    for at, step in enumerate(declared.steps):
        yield ("steps", at, "branch"), step.branch, ""
        if step.wait_for:
            yield ("steps", at, "wait_for"), step.where, step.wait_for


def _of_entry(crm: Crm, declared: JourneyDeclaration) -> Iterator[Fault]:
    if not (declared.who.strip() or declared.on):
        yield (), phrase("nobody comes in"), phrase('Say who, or on = "INTERACTION TYPE".')
    if declared.on and declared.run:
        yield ("run",), phrase("is for who alone: with on, people come in when it happens"), ""
    if declared.where and not declared.on:
        yield ("where",), phrase("is a condition on the interaction of on, and there is none"), ""
    if declared.on:
        yield from _asked(("on",), lambda: crm.predicates.each(declared.on, where=declared.where))
    for key in ("who", "goal"):
        text = str(getattr(declared, key))
        if text.strip():
            yield from _asked((key,), lambda text=text: crm.predicates.parse(text))  # type: ignore[misc]
    if declared.run:
        yield from _asked(("run",), lambda: parse_schedule(declared.run))
    yield from _asked(("re_enter",), lambda: re_entry(declared.re_enter))


def _of_steps(crm: Crm, declared: JourneyDeclaration) -> Iterator[Fault]:
    ids = Counter(each.id for each in declared.steps)
    if not declared.steps:
        yield (
            ("steps",),
            phrase("a journey has no steps"),
            phrase("Add [[steps]], each with an id and what happens."),
        )
    elif not any(ACT in kinds_of(each) for each in declared.steps):
        yield ("steps",), phrase("nothing is ever done"), phrase("Give one of the steps an action.")
    for at, step in enumerate(declared.steps):
        if not _ID.fullmatch(step.id) or step.id == END:
            letters = phrase(
                'An id is of small letters, digits, "-" and "_"; "end" is where a journey is over.'
            )
            yield ("steps", at, "id"), phrase('"{step}" cannot be an id', step=step.id), letters
        if ids[step.id] > 1:
            yield ("steps", at, "id"), phrase('"{step}" is the id of several steps', step=step.id), ""
        for key, message, hint in _of_step(crm, step):
            yield ("steps", at, *key), message, hint
        for leads in ("next", "yes", "no"):
            target = str(getattr(step, leads))
            if target and target != END and target not in ids:
                hint = did_you_mean(target, ids, phrase("There are: {names}", names=", ".join([*ids, END])))
                yield ("steps", at, leads), phrase('there is no step "{target}"', target=target), hint


def _of_step(crm: Crm, step: StepDeclaration) -> Iterator[Fault]:
    kinds = kinds_of(step)
    if len(kinds) != 1:
        what = (
            phrase("is several things at once: {kinds}", kinds=", ".join(kinds))
            if kinds
            else phrase("does nothing")
        )
        yield (), phrase('step "{step}" {what}', step=step.id, what=what), phrase(_ACTION)
        return
    kind = kinds[0]
    for key, of in _ONLY.items():
        if getattr(step, key) and kind not in of:
            yield (
                (key,),
                phrase("is not for a step that is {kind}", kind=kind),
                phrase("It is for {kinds}.", kinds=joined(phrase(" and "), of)),
            )
    if kind in (BRANCH, WAIT_FOR, EXIT) and step.next:
        yield (
            ("next",),
            phrase("is not for a step that is {kind}", kind=kind),
            phrase("Say yes and no.") if kind != EXIT else "",
        )
    if "only_if" in step.said:
        yield ("only_if",), phrase("is not for journeys"), phrase("Put a branch before the step.")
    if kind == WAIT_FOR and not step.within:
        yield ("wait_for",), phrase("for how long at most?"), phrase('Say within = "7 days".')
    if kind == BRANCH and not (step.yes or step.no):
        yield ("branch",), phrase("leads nowhere else"), phrase('Say yes = "STEP", no = "STEP" or both.')
    yield from _of_values(crm, step)


def _of_values(crm: Crm, step: StepDeclaration) -> Iterator[Fault]:
    if step.wait_for:
        yield from _asked(("wait_for",), lambda: crm.predicates.each(step.wait_for, where=step.where))
    if step.branch:
        yield from _asked(("branch",), lambda: crm.predicates.parse(step.branch))
    for key, text in (("wait", step.wait), ("within", step.within)):
        if text:
            yield from _asked((key,), lambda text=text: length(text))  # type: ignore[misc]
    if step.at:
        yield from _asked(("at",), lambda: time_of_day(step.at))


def _of_ways(graph: Graph) -> Iterator[Fault]:
    places = {id_: at for at, id_ in enumerate(graph.steps)}
    reached, to_see = {graph.first}, [graph.first]
    while to_see:
        for target in graph.steps[to_see.pop()].leads_to:
            if target != END and target not in reached:
                reached.add(target)
                to_see.append(target)
    for id_ in graph.steps:
        if id_ not in reached:
            yield (
                ("steps", places[id_]),
                phrase('nobody ever comes to the step "{id}"', id=id_),
                phrase("Lead a step to it."),
            )
    for id_ in _circling(graph):
        hint = phrase("Put a wait into it.")
        yield (
            ("steps", places[id_]),
            phrase('from the step "{id}" one comes back to it without any wait', id=id_),
            hint,
        )


def _circling(graph: Graph) -> Iterator[str]:
    """The first step of each circle in which no time passes."""
    done: set[str] = set()
    for start in graph.steps:
        seen, to_see = set[str](), [start]
        while to_see:
            step = graph.steps[to_see.pop()]
            if step.kind in (WAIT, WAIT_FOR):
                continue
            for target in step.leads_to:
                if target == start and not done & {start, *seen}:
                    done |= {start, *seen}
                    yield start
                elif target != END and target not in seen:
                    seen.add(target)
                    to_see.append(target)


def _asked(keys: tuple[str, ...], ask: Callable[[], object]) -> Iterator[Fault]:
    try:
        ask()
    except CrmError as error:
        yield keys, error.message, error.hint or ""
