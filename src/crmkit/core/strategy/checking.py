"""What is odd about a strategy, though it can be understood: worth a note, and no error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.errors import CrmError
from crmkit.core.jobs import Finding
from crmkit.core.phrase import Phrase, nphrase, phrase
from crmkit.core.predicates.sentences import clause
from crmkit.core.strategy.gates.consent import MARKETING
from crmkit.core.strategy.rules import Rule, Step, rules_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.strategy.prospect import Prospect


def notes_on_goals(kernel: Kernel) -> Iterator[Finding]:
    """Rules that serve no goal, where there are goals; and goals that no rule serves, where there are rules.

    Asks the database nothing.
    """
    rules = {name: each for name, each in kernel.config.rules.items() if each.enabled}
    goals = [goal.name for goal in kernel.words.goals]
    if not goals or not rules:
        return
    for name, rule in rules.items():
        if not rule.goal:
            yield Finding(
                "note",
                phrase('The rule "{name}" serves no goal', name=name),
                phrase('Say which: goal = "{goal}"', goal=goals[0]),
            )
    served = {rule.goal for rule in rules.values()}
    for goal in goals:
        if goal not in served:
            yield Finding(
                "note",
                phrase('No rule serves the goal "{goal}"', goal=goal),
                phrase('Say so in a rule: goal = "{goal}"', goal=goal),
            )


def notes_on_collisions(kernel: Kernel) -> Iterator[Finding]:
    """Rules of which one never has its way: an earlier one decides the same thing for the same customers.

    Asks the database nothing.
    """
    first: dict[tuple[str, str, str], str] = {}
    for rule, step in _steps(kernel):
        claim = _of_params(step, step.action.claims)
        if claim is None or (rule.is_sourced and not rule.meant):
            continue
        whom = clause(step.who) if step.who else rule.meant
        other = first.setdefault((rule.on or "", whom, claim), rule.name)
        if other != rule.name:
            yield Finding(
                "note",
                phrase(
                    'The rules "{other}" and "{name}" decide the same ({claim}) for the same customers; '
                    'where both are due, "{other}" goes first',
                    other=other,
                    name=rule.name,
                    claim=claim,
                ),
                "Make one of them, or give them different conditions.",
            )


def notes_on_purposes(kernel: Kernel) -> Iterator[Finding]:
    """Purposes of marketing for which rules write, and which do not say what people agree to.

    Asks the database nothing.
    """
    touched = {
        touch.purpose: rule.name
        for rule, step in _steps(kernel)
        if (touch := _of_params(step, step.action.touches)) is not None
    }
    for word in kernel.words.purposes:
        if word.name in touched and word.type == MARKETING and not word.wording.strip():
            yield Finding(
                "note",
                phrase(
                    'The rule "{rule}" writes for the purpose "{name}", which has no wording: nobody can '
                    "tell what people agreed to",
                    rule=touched[word.name],
                    name=word.name,
                ),
                phrase('Add to [purposes.{name}]: wording = "…"', name=word.name),
            )


def notes_on_reach(kernel: Kernel) -> Iterator[Finding]:
    """Rules whose condition holds for nobody now, or for everybody; one count for each rule."""
    conditions = [(rule.name, rule.who) for rule in rules_of(kernel) if isinstance(rule, Rule) and rule.who]
    if not conditions:
        return
    with kernel.reading() as connection:
        customer = kernel.tables.customer
        everybody = connection.execute(sa.select(sa.func.count()).select_from(customer)).scalar_one()
        for name, who in conditions if everybody else ():
            count = _count(kernel, connection, who)
            if count in (0, everybody):
                yield Finding(
                    "note",
                    phrase(
                        'The condition of the rule "{name}" holds for nobody now'
                        if count == 0
                        else 'The condition of the rule "{name}" holds for everybody now',
                        name=name,
                    ),
                    phrase("See it: crm rules explain {name}", name=name),
                )


def notes_on_groups(kernel: Kernel) -> Iterator[Finding]:
    """Rules whose groups are too small to learn anything by comparing them; two counts for each."""
    from crmkit.core.strategy.prospect import prospect

    measured = [rule for rule in rules_of(kernel) if isinstance(rule, Rule) and rule.declared.is_measured]
    # Of a plugin's rule that does not say it, nobody knows whom it is for.
    rules = [rule for rule in measured if rule.meant or not rule.is_sourced]
    if not rules:
        return
    with kernel.reading() as connection:
        for rule in rules:
            try:
                ahead = prospect(kernel, connection, rule, kernel.clock.now())
            except CrmError:  # a word that it was started with is gone, which is told elsewhere
                continue
            if ahead.is_too_small and ahead.customers:  # before there is anybody, nothing can be told
                yield Finding(
                    "note",
                    nphrase(
                        'The rule "{name}" is for {count} customer now: too few to tell from its groups '
                        "whether it works, unless it changes very much",
                        'The rule "{name}" is for {count} customers now: too few to tell from its groups '
                        "whether it works, unless it changes very much",
                        ahead.customers,
                        name=rule.name,
                    ),
                    _needed(rule.name, ahead),
                )


def _needed(rule: str, ahead: Prospect) -> Phrase:
    """How many would be enough to show a change, where that can be told, and where to look."""
    if not ahead.needed:
        return phrase("See: crm rules report {name}", name=rule)
    if ahead.wanted == "less":
        return phrase(
            "About {needed:,} would show a fall by a quarter; see: crm rules report {name}",
            needed=ahead.needed,
            name=rule,
        )
    return phrase(
        "About {needed:,} would show a rise by a quarter; see: crm rules report {name}",
        needed=ahead.needed,
        name=rule,
    )


def _steps(kernel: Kernel) -> Iterator[tuple[Rule, Step]]:
    for rule in rules_of(kernel):
        if isinstance(rule, Rule):
            for step in rule.steps:
                yield rule, step


def _of_params(step: Step, ask: Callable[[Any], Any] | None) -> Any:
    """What the action says of the step as it is written; None where it cannot say."""
    try:
        return ask(step.params(step.given)) if ask is not None else None
    except Exception:  # noqa: BLE001 - a plugin's function may stumble over texts that are not rendered yet
        return None


def _count(kernel: Kernel, connection: sa.Connection, who: Predicate) -> int:
    now = kernel.clock.now()
    prepared = kernel.statements.prepare(who, now=now)
    counted = sa.select(sa.func.count()).select_from(prepared.select.subquery())
    return int(connection.execute(counted, prepared.values(now)).scalar_one())
