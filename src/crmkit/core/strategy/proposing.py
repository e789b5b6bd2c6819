"""What the rules would do now, before any gate is asked: who, which step, upon which occasion."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve

from crmkit.core.customers.sets import rows_among
from crmkit.core.effects.rehearsal import is_rehearsing
from crmkit.core.errors import Invalid
from crmkit.core.instants import local_date
from crmkit.core.language import in_english
from crmkit.core.model.strategy import ACT, DROPPED, HELD, WITHHELD
from crmkit.core.predicates.tree import Birthday, walk
from crmkit.core.strategy.arms import arms_of
from crmkit.core.strategy.events import events_of
from crmkit.core.strategy.foresight import foreseen_members
from crmkit.core.strategy.rendering import Letters
from crmkit.core.strategy.zones import customers_by_zone

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.core.config.rules import RuleDeclaration
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.strategy.gates.contacts import Contact
    from crmkit.core.strategy.rules import Rule, Step
    from crmkit.core.strategy.schedules import Period

# Of so many customers each is asked about; of more, all are asked for.
_FEW: Final = 50
EVER: Final = "ever"
PER_ENTRY: Final = "per entry"
TEMPLATE: Final = "template"
# Whose turn it is: (customer, occasion).
Turn = tuple[int, str]


@define
class Proposal:
    """One act that a rule proposes; gates change `state`, and say which they are and why.

    `says` tells what it does, in a few words; `until` is when what is held goes on by itself; `contact` is
    how it reaches the customer, if it does. `arm` is their group, where the rule is measured.
    """

    rule: Rule
    step: Step
    occasion: str
    customer_id: int
    params: Any
    says: str = ""
    state: str = ACT
    gate: str | None = None
    reason: str | None = None
    until: int | None = None
    contact: Contact | None = None
    arm: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it is to be done, now or by itself later; or would be, if it were not withheld."""
        return self.state in (ACT, WITHHELD) or self.until is not None

    def reopen(self) -> None:
        """Take back what a gate said."""
        self.state, self.gate, self.reason, self.until, self.contact = ACT, None, None, None, None

    def drop(self, gate: str, reason: str) -> None:
        """Leave it out."""
        self.state, self.gate, self.reason, self.until = DROPPED, gate, reason, None

    def hold(self, gate: str, reason: str, until: int | None = None) -> None:
        """Keep it back: until that instant, or until a person says so."""
        self.state, self.gate, self.reason, self.until = HELD, gate, reason, until

    def withhold(self, gate: str, reason: str) -> None:
        """Do nothing, and put on record that it would have been done."""
        self.state, self.gate, self.reason = WITHHELD, gate, reason


def proposals(
    kernel: Kernel,
    connection: sa.Connection,
    rules: Iterable[Rule],
    now: int,
    letters: Letters | None = None,
    among: Collection[int] | None = None,
    *,
    enter_now: bool = False,
) -> Iterator[Proposal]:
    """What is due now and was not done yet, by rule, step and customer; `letters` fill in their texts.

    With `among` for these customers only. Who meets the condition of a rule that acts per entry, and was not
    noticed in it yet, is left to the next look, or with `enter_now` enters now: not for what is kept, as the
    next look would be another entry.
    """
    letters = letters or Letters(kernel, connection)
    for rule in rules:
        if why_not_active(rule, kernel, now) is not None:
            continue
        for step in rule.steps:
            due = sorted(set(_due(kernel, connection, rule, step, now, among, enter_now=enter_now)))
            done = entered(connection, rule.origin, step.id, due)
            turns = [each for each in due if each not in done]
            if rule.on is not None or rule.is_sourced:
                turns = _meeting(kernel, connection, step.who, turns, now)
            arms = arms_of(kernel, connection, rule, {turn[0] for turn in turns}, now)
            yield from in_arms(rule, step, turns, arms, letters)


def why_not_active(rule: Rule, kernel: Kernel, now: int) -> str | None:
    """Why the rule is at rest on this day; None where it is not."""
    return why_at_rest(rule.declared, kernel, now)


def why_at_rest(declared: RuleDeclaration, kernel: Kernel, now: int) -> str | None:
    """As `why_not_active`, of a rule as it is written."""
    today = local_date(now, kernel.tz)
    if declared.starts is not None and today < declared.starts:
        return f"the rule starts on {declared.starts}"
    if declared.ends is not None and today > declared.ends:
        return f"the rule ended on {declared.ends}"
    return None


def entered(connection: sa.Connection, origin: str, step: str, turns: Collection[Turn]) -> set[Turn]:
    """Those turns of one step that are in the ledger already, whatever came of them; of a business that is
    live, what it rehearsed is none of them."""
    if not turns:
        return set()
    occasions = [occasion for _, occasion in turns]
    select = (
        "SELECT customer_id, occasion FROM effect "
        "WHERE origin = ? AND step = ? AND occasion >= ? AND occasion <= ? AND rehearsed <= ? AND customer_id"
    )
    ids = sorted({customer_id for customer_id, _ in turns})
    span = min(occasions), max(occasions), int(is_rehearsing(connection))
    rows = rows_among(connection, select, ids, origin, step, *span)
    return {(row[0], row[1]) for row in rows}


def has_turns(kernel: Kernel, connection: sa.Connection, rule: Rule, now: int) -> bool:
    """Whether it is anybody's turn who has not had it, as the source of the rule says."""
    asked = (untaken(kernel, connection, rule, step, now).limit(1) for step in rule.steps)
    return any(connection.execute(each).first() is not None for each in asked)


def still_theirs(
    connection: sa.Connection, rule: Rule, step: Step, turns: Sequence[Turn], now: int
) -> set[Turn]:
    """Those of these turns that the source of the rule still says: since a plan was made, somebody may have
    left."""
    if rule.turns is None:
        return set(turns)
    said = rule.turns(step.id, now).subquery("turn")
    chosen = sa.select(said.c[0], said.c[1]).where(said.c[0].in_({customer_id for customer_id, _ in turns}))
    return {(row[0], row[1]) for row in connection.execute(chosen)}


def untaken(kernel: Kernel, connection: sa.Connection, rule: Rule, step: Step, now: int) -> sa.Select[Any]:
    """(customer, occasion) of those whose turn it is, as the source of the rule says, and who are not in the
    ledger for it."""
    assert rule.turns is not None
    effect, turn = kernel.tables.effect, rule.turns(step.id, now).subquery("turn")
    customer_id, occasion = turn.c[0], turn.c[1]
    taken = sa.select(effect.c.id).where(
        effect.c.origin == rule.origin, effect.c.step == step.id, effect.c.customer_id == customer_id,
        effect.c.occasion == occasion, effect.c.rehearsed <= int(is_rehearsing(connection)),
    )  # fmt: skip
    return sa.select(customer_id, occasion).where(~taken.exists())


def _due(
    kernel: Kernel,
    connection: sa.Connection,
    rule: Rule,
    step: Step,
    now: int,
    among: Collection[int] | None,
    *,
    enter_now: bool,
) -> Iterator[Turn]:
    if rule.turns is None and rule.on is None and not rule.declared.in_their_time:
        return _upon_schedule(kernel, connection, rule, step, now, among, enter_now=enter_now)
    turns: Iterable[Turn]
    if rule.turns is not None:
        rows = connection.execute(untaken(kernel, connection, rule, step, now))
        turns = [(row[0], row[1]) for row in rows]
    elif rule.on is not None:
        turns = _upon_events(kernel, connection, rule, now)
    else:
        turns = _by_their_clocks(kernel, connection, rule, step, now)
    return iter(turns) if among is None else (turn for turn in turns if turn[0] in among)


def _upon_schedule(
    kernel: Kernel,
    connection: sa.Connection,
    rule: Rule,
    step: Step,
    now: int,
    among: Collection[int] | None,
    *,
    enter_now: bool,
) -> Iterator[Turn]:
    period = period_of(rule, step, now, kernel.tz)
    if period is None:
        return
    once = rule.declared.once
    entries = _entries(kernel, connection, rule) if once == PER_ENTRY else {}
    for id_ in members_of(kernel, connection, step.who, now, among):
        if once != PER_ENTRY:
            yield id_, EVER if once == EVER else period.occasion
        elif id_ in entries or enter_now:
            yield id_, f"entry:{entries.get(id_, now)}"


def period_of(rule: Rule, step: Step, now: int, tz: tzinfo) -> Period | None:
    """The turn of the rule's schedule that it is; None where there is none, or its day is over and the
    condition asks what day it is: a birthday is not kept on the day after, nor twice."""
    period = rule.schedule.latest(now, tz) if rule.schedule else None
    if period is None or local_date(period.due_at, tz) == local_date(now, tz):
        return period
    asks_the_day = step.who is not None and any(
        isinstance(node, Birthday) and not node.within for node in walk(step.who.tree)
    )
    return None if asks_the_day else period


def _by_their_clocks(
    kernel: Kernel, connection: sa.Connection, rule: Rule, step: Step, now: int
) -> Iterator[Turn]:
    """As `_upon_schedule`, zone after zone: for each customer by the day and hour where they are."""
    once = rule.declared.once
    for tz, ids in customers_by_zone(kernel, connection, now):
        period = period_of(rule, step, now, tz)
        if period is None:
            continue
        who = step.who and evolve(step.who, context=kernel.context_in(tz))
        there = [id_ for id_ in members_of(kernel, connection, who, now) if id_ in ids]
        for id_ in there:
            yield id_, EVER if once == EVER else period.occasion


def _upon_events(kernel: Kernel, connection: sa.Connection, rule: Rule, now: int) -> Iterator[Turn]:
    """The turns of all that happened lately, whether or not its customers meet the condition."""
    for customer_id, seq in events_of(kernel, connection, rule, now):
        yield customer_id, EVER if rule.declared.once == EVER else f"seq:{seq}"


def _meeting(
    kernel: Kernel, connection: sa.Connection, who: Predicate | None, turns: list[Turn], now: int
) -> list[Turn]:
    """The turns of those who meet the condition; of a few customers, each is asked about."""
    ids = {turn[0] for turn in turns}
    if who is None or not ids:
        return turns
    meeting = set(members_of(kernel, connection, who, now, ids))
    return [turn for turn in turns if turn[0] in meeting]


def members_of(
    kernel: Kernel,
    connection: sa.Connection,
    who: Predicate | None,
    now: int,
    among: Collection[int] | None = None,
) -> Iterator[int]:
    """The ids of those who meet the condition, of `among` these if given; of everybody, if None."""
    if among is not None and kernel.past is None:
        if who is None:
            return iter(among)
        if len(among) <= _FEW:
            single = kernel.statements.prepare(who, now=now, one=True)
            return (id_ for id_ in among if single.holds(connection, now, id_))
    if kernel.past is not None:
        found = kernel.past.members(kernel, connection, who, now)
    elif who is None:
        found = iter(connection.execute(sa.select(kernel.tables.customer.c.id)).scalars())
    elif (foreseen := foreseen_members(kernel, who, now)) is not None:
        found = iter(connection.execute(foreseen).scalars())
    else:
        found = kernel.statements.prepare(who, now=now).ids(connection, now)
    return found if among is None else (id_ for id_ in found if id_ in among)


def _entries(kernel: Kernel, connection: sa.Connection, rule: Rule) -> Mapping[int, int]:
    """When each of those who are in the rule's condition entered it, as noticed."""
    stay = kernel.tables.segment_stay
    chosen = sa.select(stay.c.customer_id, stay.c.entered_at).where(
        stay.c.segment == rule.origin, stay.c.left_at.is_(None)
    )
    return {row[0]: row[1] for row in connection.execute(chosen)}


def in_arms(
    rule: Rule, step: Step, turns: Sequence[Turn], arms: Mapping[int, str], letters: Letters
) -> Iterator[Proposal]:
    """The proposals in the order of their turns, whichever group they are of: the order decides who gets
    what only one can have, and must not differ between groups."""
    by_variant: dict[str | None, list[Turn]] = {}
    for turn in turns:
        name = arms.get(turn[0])
        by_variant.setdefault(name if name in step.variants else None, []).append(turn)
    made = [_made(rule, step.of(name), each, letters) for name, each in by_variant.items()]
    for proposal in heapq.merge(*made, key=lambda each: (each.customer_id, each.occasion)):
        proposal.arm = arms.get(proposal.customer_id)
        yield proposal


def _made(rule: Rule, step: Step, turns: Sequence[Turn], letters: Letters) -> Iterator[Proposal]:
    if not step.templates:
        params = step.params(step.given)
        says = _said(step, params)
        for customer_id, occasion in turns:
            yield Proposal(rule, step, occasion, customer_id, params, says)
        return
    for (customer_id, occasion), texts in letters.each(turns, step.templates):
        proposal = Proposal(rule, step, occasion, customer_id, None)
        try:
            if isinstance(texts, Invalid):
                raise texts
            proposal.params = step.params({**step.given, **texts})
        except Invalid as error:
            proposal.params = step.params(step.given)
            proposal.drop(TEMPLATE, error.message)
        proposal.says = _said(step, proposal.params)
        yield proposal


def _said(step: Step, params: Any) -> str:
    """What is kept with the plan: whoever reads it may speak another language than whoever made it."""
    with in_english():
        return step.action.says(params)
