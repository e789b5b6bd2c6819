"""A rule read back as plain sentences, for whoever wrote it and whoever has to answer for it."""

from __future__ import annotations

from collections.abc import Iterator

from crmkit.core.errors import CrmError
from crmkit.core.language import _, ngettext, number
from crmkit.core.predicates.lengths import length
from crmkit.core.predicates.sentences import clause
from crmkit.core.strategy.events import USUAL_AGE
from crmkit.core.strategy.rules import Rule, Step
from crmkit.core.strategy.schedules import duration
from crmkit.core.strategy.turns import when


def explained(rule: Rule) -> str:
    """What the rule does, in sentences."""
    return " ".join(_sentences(rule))


def _sentences(rule: Rule) -> Iterator[str]:
    declared = rule.declared
    yield _done(rule)
    if declared.once == "ever":
        yield _("Once ever for each customer.")
    elif declared.once != "per occasion":
        yield _("Once each time a customer comes to be one of them.")
    if declared.not_again_for:
        yield _("Then not again for {length}.", length=_long(declared.not_again_for))
    if declared.starts:
        yield _("From {day} on.", day=declared.starts)
    if declared.ends:
        yield _("Until {day}.", day=declared.ends)
    if rule.on is not None:
        yield _("What is older than {length} it leaves alone.", length=_long(declared.max_age or USUAL_AGE))
    if declared.max_acts is not None:
        most = number(declared.max_acts)
        yield _("If there are more than {number} at once, it stops and asks.", number=most)
    yield from _learned(rule)
    if declared.goal:
        yield _("It serves the goal {goal}.", goal=declared.goal)
    if declared.ask_first:
        yield _("A plan waits for a person.")
    else:
        yield _("It acts by itself, once a person has applied its first plan.")


def _done(rule: Rule) -> str:
    """When, for whom and what."""
    what = "; ".join(map(_does, rule.steps))
    whom = clause(rule.who) if rule.who else None
    if rule.on is not None:
        if whom is None:
            return _("Upon each “{type}” of any customer: {what}.", type=rule.on, what=what)
        said = {"type": rule.on, "condition": whom, "what": what}
        return _("Upon each “{type}” of a customer for whom {condition}: {what}.", **said)
    turn = when(rule.declared.run)
    if whom is None:
        return _("{schedule}, for every customer: {what}.", schedule=turn, what=what)
    said = {"schedule": turn, "condition": whom, "what": what}
    return _("{schedule}, for every customer for whom {condition}: {what}.", **said)


def _learned(rule: Rule) -> Iterator[str]:
    """What it compares, and what counts."""
    declared = rule.declared
    if declared.control_group:
        share = declared.control_group
        yield _("{share} of them, chosen by chance, are left alone to compare with.", share=share)
    if declared.weights:
        yield ngettext(
            "It is done in {count} way ({names}), and chance says which one a customer gets.",
            "It is done in {count} ways ({names}), and chance says which one a customer gets.",
            len(declared.weights), names=", ".join(declared.weights),
        )  # fmt: skip
    if rule.outcome and declared.within:
        said = {"type": rule.outcome, "length": _long(declared.within)}
        if declared.wanted == "less":
            yield _("What counts is “{type}” within {length}, and fewer is better.", **said)
        else:
            yield _("What counts is “{type}” within {length}.", **said)


def _does(step: Step) -> str:
    try:
        what = step.action.says(step.params(step.given))
    except (CrmError, TypeError, ValueError, AttributeError):
        what = step.action.name
    if step.only_if is None:
        return what
    return _("{what}, if {condition}", what=what, condition=clause(step.only_if))


def _long(text: str) -> str:
    return length(duration(text))
