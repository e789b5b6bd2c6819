"""A rule read back as plain sentences, for whoever wrote it and whoever has to answer for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from crmkit.core.errors import CrmError
from crmkit.core.predicates.sentences import clause
from crmkit.core.strategy.events import USUAL_AGE
from crmkit.core.strategy.rules import Rule, Step

# Another language is another mapping with the same keys.
ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "run": "{schedule}, for {who}: {what}.",
        "on": "Upon each “{type}” of {who}: {what}.",
        "all": "every customer",
        "who": "every customer for whom {condition}",
        "anybody": "any customer",
        "somebody": "a customer for whom {condition}",
        "if": "{what}, if {condition}",
        "ever": "Once ever for each customer.",
        "entry": "Once each time a customer comes to be one of them.",
        "again": "Then not again for {duration}.",
        "from": "From {day} on.",
        "until": "Until {day}.",
        "apart": "{share} of them, chosen by chance, are left alone to compare with.",
        "variants": "It is done in {number} ways ({names}), and chance says which one a customer gets.",
        "outcome": "What counts is “{type}” within {duration}.",
        "less": "What counts is “{type}” within {duration}, and fewer is better.",
        "goal": "It serves the goal {goal}.",
        "ask": "A plan waits for a person.",
        "self": "It acts by itself, once a person has applied its first plan.",
        "most": "If there are more than {number} at once, it stops and asks.",
        "age": "What is older than {duration} it leaves alone.",
    }
)


def explained(rule: Rule, phrases: Mapping[str, str] = ENGLISH) -> str:
    """What the rule does, in sentences."""
    return " ".join(_sentences(rule, phrases))


def _sentences(rule: Rule, say: Mapping[str, str]) -> Iterator[str]:
    declared = rule.declared
    all_, some = ("all", "who") if rule.on is None else ("anybody", "somebody")
    who = say[some].format(condition=clause(rule.who)) if rule.who else say[all_]
    what = "; ".join(_does(step, say) for step in rule.steps)
    if rule.on is not None:
        yield say["on"].format(type=rule.on, who=who, what=what)
    else:
        schedule = declared.run[:1].upper() + declared.run[1:]
        yield say["run"].format(schedule=schedule, who=who, what=what)
    if declared.once != "per occasion":
        yield say["ever" if declared.once == "ever" else "entry"]
    if declared.not_again_for:
        yield say["again"].format(duration=declared.not_again_for)
    if declared.starts:
        yield say["from"].format(day=declared.starts)
    if declared.ends:
        yield say["until"].format(day=declared.ends)
    if rule.on is not None:
        yield say["age"].format(duration=declared.max_age or USUAL_AGE)
    if declared.max_acts is not None:
        yield say["most"].format(number=f"{declared.max_acts:,}")
    if declared.control_group:
        yield say["apart"].format(share=declared.control_group)
    if declared.weights:
        yield say["variants"].format(number=len(declared.weights), names=", ".join(declared.weights))
    if rule.outcome:
        yield say["less" if declared.wanted == "less" else "outcome"].format(
            type=rule.outcome, duration=declared.within
        )
    if declared.goal:
        yield say["goal"].format(goal=declared.goal)
    yield say["ask" if declared.ask_first else "self"]


def _does(step: Step, say: Mapping[str, str]) -> str:
    try:
        what = step.action.says(step.params(step.given))
    except (CrmError, TypeError, ValueError, AttributeError):
        what = step.action.name
    if step.only_if is None:
        return what
    return say["if"].format(what=what, condition=clause(step.only_if))
