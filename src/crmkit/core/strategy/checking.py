"""What is odd about a strategy, though it can be understood: worth a note, and no error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.jobs import Finding
from crmkit.core.strategy.rules import Rule, rules_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate


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
            yield Finding("note", f'The rule "{name}" serves no goal', f'Say which: goal = "{goals[0]}"')
    served = {rule.goal for rule in rules.values()}
    for goal in goals:
        if goal not in served:
            yield Finding("note", f'No rule serves the goal "{goal}"', f'Say so in a rule: goal = "{goal}"')


def notes_on_consent(kernel: Kernel) -> Iterator[Finding]:
    """Marketing purposes that rules write for and that have no wording. Asks the database nothing."""
    from crmkit.core.effects.going_live import unworded

    for purpose in unworded(kernel, [rule for rule in rules_of(kernel) if isinstance(rule, Rule)]):
        yield Finding(
            "note",
            f'Rules write for the purpose "{purpose}", and it has no wording: what did customers agree to?',
            f'Say so under [purposes.{purpose}]: wording = "I want …"',
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
                whom = "nobody" if count == 0 else "everybody"
                yield Finding(
                    "note",
                    f'The condition of the rule "{name}" holds for {whom} now',
                    f"See it: crm rules explain {name}",
                )


def _count(kernel: Kernel, connection: sa.Connection, who: Predicate) -> int:
    now = kernel.clock.now()
    prepared = kernel.statements.prepare(who, now=now)
    counted = sa.select(sa.func.count()).select_from(prepared.select.subquery())
    return int(connection.execute(counted, prepared.values(now)).scalar_one())
