"""What the rules would do now, before any gate is asked: who, which step, upon which occasion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa
from attrs import define, field

from crmkit.core.errors import Invalid
from crmkit.core.instants import local_date
from crmkit.core.model.strategy import ACT
from crmkit.core.predicates.duration import Duration
from crmkit.core.strategy.rendering import Letters
from crmkit.core.strategy.rules import Rule, Step

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate

EVER: Final = "ever"
ENTRIES: Final = "rule:"


@define
class Proposal:
    """One act that a rule proposes; gates change `state`, and say which they are and why."""

    rule: Rule
    step: Step
    occasion: str
    customer_id: int
    given: Mapping[str, Any]
    state: str = ACT
    gate: str | None = None
    reason: str | None = None
    params: Any = field(default=None)

    @property
    def says(self) -> str:
        """What it does, in a few words."""
        return self.step.action.says(self.params)


def proposals(
    kernel: Kernel, connection: sa.Connection, rules: Iterable[Rule], now: int
) -> Iterator[Proposal]:
    """What is due now and was not done yet, by rule, step and customer."""
    letters = Letters(kernel, connection)
    for rule in rules:
        if not is_active(rule, kernel, now):
            continue
        for step in rule.steps:
            due = sorted(_due(kernel, connection, rule, step, now))
            done = _done(kernel, connection, rule, step)
            open_ = [each for each in due if each not in done]
            yield from _made(rule, step, open_, letters)


def is_active(rule: Rule, kernel: Kernel, now: int) -> bool:
    """Whether the day lies between the rule's first and last."""
    today, declared = local_date(now, kernel.tz), rule.declared
    return not (
        (declared.starts is not None and today < declared.starts)
        or (declared.ends is not None and today > declared.ends)
    )


def duration(text: str) -> Duration:
    """The length of time that a setting gives, which was checked when it was read."""
    amount, unit = text.split(" ")
    return Duration(int(amount), unit.removesuffix("s"))


def _due(
    kernel: Kernel, connection: sa.Connection, rule: Rule, step: Step, now: int
) -> Iterator[tuple[int, str]]:
    """(customer, occasion) of everybody whose turn it is."""
    if rule.on is not None:
        yield from _upon_events(kernel, connection, rule, step, now)
        return
    assert rule.schedule is not None
    period = rule.schedule.latest(now, kernel.tz)
    if period is None:
        return
    entries = _entries(kernel, connection, rule) if rule.declared.once == "per entry" else {}
    for id_ in members(kernel, connection, step.who, now):
        if rule.declared.once == "per entry":
            if id_ in entries:
                yield id_, f"entry:{entries[id_]}"
        else:
            yield id_, EVER if rule.declared.once == EVER else period.occasion


def members(kernel: Kernel, connection: sa.Connection, who: Predicate | None, now: int) -> Iterator[int]:
    """The ids of those who meet the condition; of everybody, if None."""
    if who is None:
        return iter(connection.execute(sa.select(kernel.tables.customer.c.id)).scalars())
    return kernel.statements.prepare(who, now=now).ids(connection, now)


def _upon_events(
    kernel: Kernel, connection: sa.Connection, rule: Rule, step: Step, now: int
) -> Iterator[tuple[int, str]]:
    """Events that came in lately, were known when they happened, and were not corrected.

    What is imported as history is known as of its own day, and fires nothing.
    """
    interaction = kernel.tables.interaction
    since = duration(rule.declared.max_age).before(now, kernel.tz)
    chosen = sa.select(interaction.c.customer_id, interaction.c.seq).where(
        interaction.c.type == rule.on,
        interaction.c.occurred_at >= since,
        interaction.c.known_at == interaction.c.recorded_at,
        interaction.c.superseded_by.is_(None),
        interaction.c.customer_id.is_not(None),
    )
    events = connection.execute(chosen).all()
    if not events:
        return
    among = None if step.who is None else set(members(kernel, connection, step.who, now))
    for customer_id, seq in events:
        if among is None or customer_id in among:
            yield customer_id, EVER if rule.declared.once == EVER else f"seq:{seq}"


def _entries(kernel: Kernel, connection: sa.Connection, rule: Rule) -> Mapping[int, int]:
    """When each of those who are in the rule's condition entered it, as noticed."""
    stay = kernel.tables.segment_stay
    chosen = sa.select(stay.c.customer_id, stay.c.entered_at).where(
        stay.c.segment == f"{ENTRIES}{rule.name}", stay.c.left_at.is_(None)
    )
    return {row[0]: row[1] for row in connection.execute(chosen)}


def _done(kernel: Kernel, connection: sa.Connection, rule: Rule, step: Step) -> set[tuple[int, str]]:
    effect = kernel.tables.effect
    chosen = sa.select(effect.c.customer_id, effect.c.occasion).where(
        effect.c.origin == rule.origin, effect.c.step == step.id
    )
    return {(row[0], row[1]) for row in connection.execute(chosen)}


def _made(rule: Rule, step: Step, due: Sequence[tuple[int, str]], letters: Letters) -> Iterator[Proposal]:
    cls = step.action.params
    if not step.is_rendered:
        params = _params(rule, step, step.given)
        for customer_id, occasion in due:
            yield Proposal(rule, step, occasion, customer_id, step.given, params=params)
        return
    names = [each.name for each in attrs.fields(cls) if each.name in step.action.rendered]
    for (customer_id, occasion), texts in letters.each(due, {n: step.given.get(n) for n in names}):
        proposal = Proposal(rule, step, occasion, customer_id, {**step.given, **texts})
        if isinstance(texts.get(""), Invalid):
            proposal.state, proposal.gate, proposal.reason = "dropped", "template", texts[""].message
            proposal.given = step.given
        proposal.params = _params(rule, step, proposal.given)
        yield proposal


def _params(rule: Rule, step: Step, given: Mapping[str, Any]) -> Any:
    try:
        return step.action.params(**given)
    except (TypeError, ValueError) as error:
        raise Invalid(f'rule "{rule.name}", step "{step.id}": {error}') from None
