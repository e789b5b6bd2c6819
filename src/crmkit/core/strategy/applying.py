"""Applying a plan: exactly its acts, each entered in the ledger before it is done, once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.customers.sets import change_among, without_collector
from crmkit.core.effects.entering import Entry, enter
from crmkit.core.effects.rehearsal import is_rehearsing
from crmkit.core.errors import Conflict, NotFound
from crmkit.core.model.strategy import (
    ACT,
    APPLIED,
    DONE,
    DROPPED,
    EMPTY,
    ENTERED,
    FAILED,
    HELD,
    PARTLY,
    PENDING,
    SKIPPED,
    WAITING,
    WITHHELD,
    ApplyReport,
)
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import reserve
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy import gates
from crmkit.core.strategy.beginning import begin
from crmkit.core.strategy.gates.control_groups import why_withheld
from crmkit.core.strategy.performing import Line, by_step, perform
from crmkit.core.strategy.plans import is_withholding, open_counts, plan
from crmkit.core.strategy.proposing import Proposal, entered, still_theirs
from crmkit.core.strategy.rules import Rule, Step, digest_of, rules_of
from crmkit.core.strategy.telling import tell_sources

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.strategy import Plan
    from crmkit.core.store.unit import Transaction

AT_ONCE: Final = 2_000


@define
class Applying:
    """One application of a plan on somebody's behalf, in units of work that each stand for themselves."""

    kernel: Kernel
    actor: Actor
    number: int
    only: Collection[str] = ()
    excepted: Collection[str] = ()
    done: int = 0
    pending: int = 0
    withheld: int = 0
    skipped: Counter[str] = field(factory=Counter)
    failed: Counter[str] = field(factory=Counter)
    # The numbers of the plan's acts lie behind `after` and up to `last`.
    after: int = 0
    last: int = 0

    def run(self) -> ApplyReport:
        """Apply it. Killed anywhere, it goes on where it stopped when it is asked for again."""
        rules = self._rules()
        table = self.kernel.tables.plan_act
        span = sa.select(sa.func.min(table.c.id) - 1, sa.func.max(table.c.id))
        with self.kernel.reading() as connection:
            row = connection.execute(span.where(table.c.plan_id == self.number)).one()
        self.after, self.last = (row[0] or 0, row[1] or 0)
        with without_collector():
            while self._batch(rules):
                pass
        return self._settle()

    def _rules(self) -> dict[str, Rule]:
        """The plan's rules that are wanted now, as they are, which must be as they were."""
        with self.kernel.reading() as connection:
            found = plan(self.kernel, connection, self.number)
        _require_open(found)
        named = [each.rule for each in found.rules]
        if digest_of(self.kernel, named)[0] != found.digest:
            raise Conflict(
                phrase("What decides the rules has changed since plan {number} was made", number=self.number),
                hint="Make a new one, and look at it: crm plan",
            )
        for name in (*self.only, *self.excepted):
            if name not in named:
                raise NotFound(
                    phrase('Plan {number} has no rule "{name}"', number=self.number, name=name),
                    hint=phrase("It has: {named}", named=", ".join(named)),
                )
        rules = {rule.name: rule for rule in rules_of(self.kernel) if isinstance(rule, Rule)}
        wanted = [
            name for name in named if name not in self.excepted and (not self.only or name in self.only)
        ]
        for name in wanted:
            if name not in rules:
                raise Conflict(
                    phrase('The rule "{name}" cannot be understood any more', name=name),
                    hint="Run: crm check",
                )
        return {name: rules[name] for name in wanted}

    def _batch(self, rules: Mapping[str, Rule]) -> bool:
        """The next so many acts, all in one unit of work; whether there were any."""
        with self.kernel.unit(self.actor) as tx:
            self._take(tx)
            lines = self._lines(rules, tx.execute(self._next(rules)).all())
            self._judge(tx, lines)
            self._enter(tx, [line for line in lines if line.state == ACT])
            self._tell(tx, lines)
            tell_sources(self.kernel, tx, [line.proposal for line in lines])
            self._prove(tx, rules, lines)
        for line in lines:
            self._count(line)
            self.after = line.number
        return bool(lines)

    def _next(self, rules: Mapping[str, Rule]) -> sa.Select[Any]:
        """The next acts to do, of customers whom the actor sees; the others are left for somebody else."""
        table = self.kernel.tables.plan_act
        # What a rule holds because it is too much is done when it is asked for by name; what waits for an
        # hour of the day is entered now, and handed over then. What is withheld is entered as well.
        is_wanted = table.c.state.in_((ACT, WITHHELD))
        held = table.c.state == HELD
        chosen = (
            sa.select(
                table.c.id,
                table.c.rule,
                table.c.step,
                table.c.occasion,
                table.c.customer_id,
                table.c.params,
                table.c.arm,
            )
            # As an expression it keeps SQLite from sorting all the acts of a plan for each batch of them.
            .where(table.c.id > self.after, table.c.id <= self.last)
            .where(sa.func.coalesce(table.c.plan_id, 0) == self.number, table.c.rule.in_(list(rules)))
            .where(sa.or_(is_wanted, held if self.only else sa.and_(held, table.c.until.is_not(None))))
        )
        chosen = chosen.where(*self.kernel.seen(self.actor, table.c.customer_id))
        return chosen.order_by(table.c.id).limit(AT_ONCE)

    def _take(self, tx: Transaction) -> None:
        """Be the only one that applies; the plan may have come to its end while this one waited."""
        one_at_a_time(tx.connection, PLAN_LOCK)
        found = plan(self.kernel, tx.connection, self.number)
        if found.state != APPLIED:
            _require_open(found)

    def _lines(self, rules: Mapping[str, Rule], rows: Sequence[Any]) -> list[Line]:
        steps = {(rule.name, step.id): step for rule in rules.values() for step in rule.steps}
        # Of a step without templates all acts have the same parameters.
        known: dict[tuple[str, str, str | None, str], tuple[Step, Any]] = {}
        lines = []
        for number, rule, id_, occasion, customer_id, given, arm in rows:
            planned = known.get((rule, id_, arm, given))
            if planned is None:
                step = steps[rule, id_].of(arm)
                planned = known[rule, id_, arm, given] = step, _planned(step, given)
            proposal = Proposal(rules[rule], planned[0], occasion, customer_id, planned[1], arm=arm)
            lines.append(Line(number, proposal, given))
        return lines

    def _judge(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """Ask the gates again, and leave out what another plan has done in the meantime."""
        gates.ask_again(self.kernel, tx.connection, [line.proposal for line in lines], tx.at)
        for group in by_step(lines):
            first = group[0].proposal
            turns = [(line.proposal.customer_id, line.proposal.occasion) for line in group]
            there = entered(tx.connection, first.rule.origin, first.step.id, turns)
            theirs = still_theirs(tx.connection, first.rule, first.step, turns, tx.at)
            twice: set[tuple[int, str]] = set()
            for line, turn in zip(group, turns, strict=True):
                if line.proposal.state == DROPPED:
                    line.state, line.reason = SKIPPED, line.proposal.reason
                elif turn in there:
                    line.state, line.reason = SKIPPED, "done before, by another plan"
                elif turn not in theirs:
                    line.state, line.reason = SKIPPED, "no longer their turn"
                elif turn in twice:
                    line.state, line.reason = SKIPPED, "the same customer, merged since the plan was made"
                twice.add(turn)

    def _enter(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """Do what is ours to do, and enter all of it in the ledger, which commits with it.

        Their numbers are theirs before anything is done.
        """
        numbers = reserve(tx.connection, "effect", "id", len(lines)) if lines else ()
        for line, number in zip(lines, numbers, strict=True):
            line.effect = number
            line.reason = why_withheld(self.kernel, line.proposal.arm)
            if line.reason is not None:
                line.state = WITHHELD
        source = f"plan:{self.number}"
        ours = [line for line in lines if line.state == ACT and not line.is_external]
        perform(self.kernel, self.actor, tx, source, ours)
        rehearsing = is_rehearsing(tx.connection) if any(line.state == WITHHELD for line in lines) else False
        enter(tx.connection, [self._entry(line, tx.at, rehearsing) for line in lines], tx.at)

    def _entry(self, line: Line, at: int, rehearsing: bool) -> Entry:
        proposal, action, is_external = line.proposal, line.proposal.step.action, line.is_external
        touch = action.touches(proposal.params) if action.touches else None
        due_at = (proposal.until or at) if is_external else None
        is_withheld = line.state == WITHHELD
        return Entry(
            number=line.effect, origin=proposal.rule.origin, step=proposal.step.id,
            occasion=proposal.occasion, customer_id=proposal.customer_id, plan_id=self.number,
            action=action.name, params=line.given, actor=self.actor.name,
            state=PENDING if is_external and not is_withheld else line.state, reason=line.reason,
            result=line.result, channel=touch.channel if touch else None,
            purpose=touch.purpose if touch else None, due_at=None if is_withheld else due_at,
            contact_at=due_at if touch else None, arm=proposal.arm,
            # As the act would be: it takes the address, and counts for nothing once it is rehearsed.
            recipient=proposal.contact.address if is_withheld and proposal.contact else None,
            rehearsed=is_withheld and is_external and rehearsing,
        )  # fmt: skip

    def _tell(self, tx: Transaction, lines: Sequence[Line]) -> None:
        """What the plan's own lines say from now on: of what is entered, the ledger knows."""
        entered_now = [line.number for line in lines if line.effect]
        change_among(tx.connection, "UPDATE plan_act SET state = ? WHERE id", entered_now, ENTERED)
        act = self.kernel.tables.plan_act
        left = [{"b_id": line.number, "reason": line.reason} for line in lines if not line.effect]
        if left:
            tx.execute(act.update().where(act.c.id == sa.bindparam("b_id")).values(state=SKIPPED), left)

    def _count(self, line: Line) -> None:
        if line.state == DONE:
            self.done += 1
        elif line.state == ACT:
            self.pending += 1
        elif line.state == WITHHELD:
            self.withheld += 1
        else:
            counter = self.failed if line.state == FAILED else self.skipped
            counter[line.reason or line.state] += 1

    def _prove(self, tx: Transaction, rules: Mapping[str, Rule], lines: Sequence[Line]) -> None:
        """Note which rules have acted, as they are now, on somebody's word; and their groups, if any."""
        table = self.kernel.tables.rule
        for name in sorted(
            {line.proposal.rule.name for line in lines if line.state in (ACT, DONE, WITHHELD)}
        ):
            begun = begin(self.kernel, tx, self.number, rules[name])
            values = {"digest": rules[name].digest, "proven_at": tx.at, **begun}
            if not tx.execute(table.update().where(table.c.name == name).values(**values)).rowcount:
                tx.execute(table.insert().values(name=name, **values))

    def _settle(self) -> ApplyReport:
        """The plan's new state."""
        table = self.kernel.tables.plan
        with self.kernel.unit(self.actor) as tx:
            self._take(tx)
            left = sum(map(sum, open_counts(self.kernel, tx.connection, self.number).values()))
            is_open = left or is_withholding(self.kernel, tx.connection, self.number)
            state = PARTLY if is_open else APPLIED
            tx.execute(table.update().where(table.c.id == self.number).values(state=state, applied_at=tx.at))
        return ApplyReport(
            plan=self.number, done=self.done, pending=self.pending, withheld=self.withheld,
            skipped=dict(self.skipped), failed=dict(self.failed), left=left, state=state,
        )  # fmt: skip


def _require_open(found: Plan) -> None:
    if found.state == EMPTY:
        raise Conflict(
            phrase("Plan {number} has nothing to do", number=found.number), hint="Make a new one: crm plan"
        )
    if found.state not in (WAITING, PARTLY):
        raise Conflict(
            phrase("Plan {number} is {state}", number=found.number, state=found.state),
            hint="Make a new one: crm plan",
        )


def _planned(step: Step, given: str) -> Any:
    """The parameters as they were planned: texts are kept, and the rest has its own type in the file."""
    texts = json.loads(given) if step.templates else {}
    return step.params({**step.given, **{name: texts[name] for name in step.templates}})
