"""Applying a plan: exactly its acts, each entered in the ledger before it is done, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.errors import Conflict, CrmError, NotFound, PluginError
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import (
    ACT,
    APPLIED,
    DONE,
    EMPTY,
    FAILED,
    HELD,
    PARTLY,
    SKIPPED,
    WAITING,
    ActionItem,
    ApplyReport,
    Performed,
)
from crmkit.core.normalise.text import quoted
from crmkit.core.store.bulk import insert_rows, reserve
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy import gates
from crmkit.core.strategy.plans import act_of, as_text, open_counts, plan
from crmkit.core.strategy.proposing import Proposal, entered
from crmkit.core.strategy.rules import Rule, digest_of, rules_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.strategy import Act, Plan
    from crmkit.core.store.unit import Transaction

AT_ONCE: Final = 2_000
_EFFECT: Final = (
    "id", "origin", "step", "occasion", "customer_id", "plan_id", "action", "params", "state", "reason",
    "result", "actor", "created_at", "settled_at",
)  # fmt: skip


@define
class _Line:
    """An act on its way through the ledger."""

    act: Act
    proposal: Proposal
    effect: int = 0
    state: str = ACT
    reason: str | None = None
    result: str | None = None


@define
class Applying:
    """One application of a plan on somebody's behalf, in units of work that each stand for themselves."""

    kernel: Kernel
    actor: Actor
    number: int
    only: Collection[str] = ()
    excepted: Collection[str] = ()
    done: int = 0
    skipped: Counter[str] = field(factory=Counter)
    failed: Counter[str] = field(factory=Counter)

    def run(self) -> ApplyReport:
        """Apply it. Killed anywhere, it goes on where it stopped when it is asked for again."""
        rules = self._rules()
        while self._batch(rules):
            pass
        return self._settle()

    def _rules(self) -> dict[str, Rule]:
        """The plan's rules that are wanted now, as they are, which must be as they were."""
        with self.kernel.reading() as connection:
            found = plan(self.kernel, connection, self.number)
        _require_open(found)
        if digest_of(self.kernel)[0] != found.digest:
            raise Conflict(
                f"What decides the rules has changed since plan {self.number} was made",
                hint="Make a new one, and look at it: crm plan",
            )
        named = [each.rule for each in found.rules]
        for name in (*self.only, *self.excepted):
            if name not in named:
                raise NotFound(f'Plan {self.number} has no rule "{name}"', hint=f"It has: {', '.join(named)}")
        rules = {rule.name: rule for rule in rules_of(self.kernel) if isinstance(rule, Rule)}
        wanted = [
            name for name in named if name not in self.excepted and (not self.only or name in self.only)
        ]
        for name in wanted:
            if name not in rules:
                raise Conflict(f'The rule "{name}" cannot be understood any more', hint="Run: crm check")
        return {name: rules[name] for name in wanted}

    def _batch(self, rules: Mapping[str, Rule]) -> bool:
        """The next so many acts, all in one unit of work; whether there were any."""
        table, customer = self.kernel.tables.plan_act, self.kernel.tables.customer
        # What a rule holds because it is too much is done when it is asked for by name.
        states = (ACT, HELD) if self.only else (ACT,)
        chosen = sa.select(table).where(
            table.c.plan_id == self.number, table.c.state.in_(states), table.c.rule.in_(list(rules))
        )
        # Customers whom the actor does not see are left for somebody who does.
        visible = self.kernel.visible(self.actor)
        if visible is not None:
            chosen = chosen.where(table.c.customer_id.in_(sa.select(customer.c.id).where(visible)))
        with self.kernel.unit(self.actor) as tx:
            self._take(tx)
            rows = tx.execute(chosen.order_by(table.c.id).limit(AT_ONCE)).all()
            lines = [self._line(rules, act_of(row)) for row in rows]
            self._judge(tx, lines)
            self._enter(tx, lines)
            self._perform(tx, lines)
            self._write(tx, lines)
            self._prove(tx, rules, lines)
        for line in lines:
            self._count(line)
        return bool(rows)

    def _take(self, tx: Transaction) -> None:
        """Be the only one that applies; the plan may have come to its end while this one waited."""
        one_at_a_time(tx.connection, PLAN_LOCK)
        found = plan(self.kernel, tx.connection, self.number)
        if found.state != APPLIED:
            _require_open(found)

    def _line(self, rules: Mapping[str, Rule], act: Act) -> _Line:
        rule = rules[act.rule]
        step = next(each for each in rule.steps if each.id == act.step)
        # As they were planned: the texts are kept, and what is no template has its own type in the file.
        params = step.params({**step.given, **{name: act.params[name] for name in step.templates}})
        return _Line(act, Proposal(rule, step, act.occasion, act.customer_id, params))

    def _judge(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        """Ask the gates again, and leave out what another plan has done in the meantime."""
        gates.ask_again(self.kernel, tx.connection, [line.proposal for line in lines], tx.at)
        there = _entered(tx.connection, lines)
        for line in lines:
            proposal = line.proposal
            if proposal.state != ACT:
                line.state, line.reason = SKIPPED, proposal.reason
            elif (line.act.rule, line.act.step, line.act.customer_id, line.act.occasion) in there:
                line.state, line.reason = SKIPPED, "done before, by another plan"

    def _enter(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        """Write the ledger: a row for each act, before anything is done."""
        open_ = [line for line in lines if line.state == ACT]
        numbers = reserve(tx.connection, "effect", "id", len(open_)) if open_ else ()
        rows = []
        for line, number in zip(open_, numbers, strict=True):
            line.effect, proposal = number, line.proposal
            rows.append((
                number, proposal.rule.origin, proposal.step.id, proposal.occasion, proposal.customer_id,
                self.number, proposal.step.action.name, as_text(proposal.params), "pending", None, None,
                self.actor.name, tx.at, None,
            ))  # fmt: skip
        insert_rows(tx.connection, "effect", _EFFECT, rows)

    def _perform(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        for group in _by_step([line for line in lines if line.state == ACT]):
            self._attempt(tx, group)

    def _attempt(self, tx: Transaction, group: Sequence[_Line]) -> None:
        """Perform one step for all its customers; where that fails, for halves of them, until it is plain
        whose fault it is: the others' acts are done."""
        try:
            answers = self._answers(tx, group)
        except Exception as error:  # noqa: BLE001 - a plugin's executor may raise anything
            if len(group) == 1:
                group[0].state, group[0].reason = FAILED, _told(error)
                return
            half = len(group) // 2
            self._attempt(tx, group[:half])
            self._attempt(tx, group[half:])
            return
        for line in group:
            line.state = DONE
        for line, answer in answers:
            if isinstance(answer, Refusal):
                line.state, line.reason = FAILED, answer.reason
            else:
                line.result = answer.result

    def _answers(self, tx: Transaction, group: Sequence[_Line]) -> list[tuple[_Line, Refusal | Performed]]:
        """What the action says of each; what it wrote is undone when it fails, or answers nonsense."""
        action = group[0].proposal.step.action
        source = f"plan:{self.number}"
        items = [
            ActionItem(
                effect=line.effect, customer_id=line.act.customer_id, params=line.proposal.params,
                rule=line.act.rule, source=source,
            )
            for line in group
        ]  # fmt: skip
        # What others have logged must not be undone with what this one writes.
        tx.flush()
        with self.kernel.unit(self.actor), self.kernel.acting_in(tx, self.actor) as (crm, own):
            answers = list(action.perform(items, crm, own) or ())
            for answer in answers:
                if not isinstance(answer, Refusal | Performed) or not 0 <= answer.index < len(group):
                    raise PluginError(f"The action {action.name} answered with {quoted(repr(answer))}")
        return [(group[answer.index], answer) for answer in answers]

    def _write(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        effect, act = self.kernel.tables.effect, self.kernel.tables.plan_act
        settled = [
            {"b_id": line.effect, "state": line.state, "reason": line.reason, "result": line.result,
             "settled_at": tx.at}
            for line in lines if line.effect
        ]  # fmt: skip
        if settled:
            tx.execute(effect.update().where(effect.c.id == sa.bindparam("b_id")), settled)
        told = [{"b_id": line.act.number, "state": line.state, "reason": line.reason} for line in lines]
        if told:
            tx.execute(act.update().where(act.c.id == sa.bindparam("b_id")), told)

    def _count(self, line: _Line) -> None:
        if line.state == DONE:
            self.done += 1
        else:
            counter = self.failed if line.state == FAILED else self.skipped
            counter[line.reason or line.state] += 1

    def _prove(self, tx: Transaction, rules: Mapping[str, Rule], lines: Sequence[_Line]) -> None:
        """Note which rules have acted, as they are now, on somebody's word."""
        table = self.kernel.tables.rule
        for name in sorted({line.act.rule for line in lines if line.state == DONE}):
            values = {"digest": rules[name].digest, "proven_at": tx.at}
            if not tx.execute(table.update().where(table.c.name == name).values(**values)).rowcount:
                tx.execute(table.insert().values(name=name, **values))

    def _settle(self) -> ApplyReport:
        """The plan's new state."""
        table = self.kernel.tables.plan
        with self.kernel.unit(self.actor) as tx:
            self._take(tx)
            left = sum(map(sum, open_counts(self.kernel, tx.connection, self.number).values()))
            state = PARTLY if left else APPLIED
            tx.execute(table.update().where(table.c.id == self.number).values(state=state, applied_at=tx.at))
        return ApplyReport(
            plan=self.number, done=self.done, skipped=dict(self.skipped), failed=dict(self.failed), left=left,
            state=state,
        )  # fmt: skip


def _require_open(found: Plan) -> None:
    if found.state == EMPTY:
        raise Conflict(f"Plan {found.number} has nothing to do", hint="Make a new one: crm plan")
    if found.state not in (WAITING, PARTLY):
        raise Conflict(f"Plan {found.number} is {found.state}", hint="Make a new one: crm plan")


def _entered(connection: sa.Connection, lines: Sequence[_Line]) -> set[tuple[str, str, int, str]]:
    """Those of the acts that are in the ledger already: (rule, step, customer, occasion)."""
    return {
        (group[0].act.rule, group[0].act.step, *turn)
        for group in _by_step(lines)
        for turn in entered(
            connection,
            group[0].proposal.rule.origin,
            group[0].act.step,
            [(line.act.customer_id, line.act.occasion) for line in group],
        )
    }


def _by_step(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    groups: dict[tuple[str, str], list[_Line]] = {}
    for line in lines:
        groups.setdefault((line.act.rule, line.act.step), []).append(line)
    yield from groups.values()


def _told(error: Exception) -> str:
    return error.message if isinstance(error, CrmError) else f"{type(error).__name__}: {error}"
