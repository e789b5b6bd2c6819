"""Applying a plan: exactly its acts, each entered in the ledger before it is done, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa
from attrs import define, field

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Conflict, CrmError, NotFound
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import (
    ACT,
    APPLIED,
    DONE,
    FAILED,
    HELD,
    PARTLY,
    SKIPPED,
    WAITING,
    ActionItem,
    ApplyReport,
    Performed,
)
from crmkit.core.store.bulk import insert_rows, reserve
from crmkit.core.strategy import gates
from crmkit.core.strategy.plans import act_of, plan
from crmkit.core.strategy.proposing import Proposal
from crmkit.core.strategy.rules import Rule, Step, digest_of, rules_of

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
        wanted = self._wanted(rules)
        while self._batch(rules, wanted):
            pass
        return self._settle(wanted)

    def _rules(self) -> dict[str, Rule]:
        """The rules as they are, which must be as they were."""
        with self.kernel.reading() as connection:
            found = plan(self.kernel, connection, self.number)
        if found.state not in (WAITING, PARTLY):
            raise Conflict(f"Plan {self.number} is {found.state}", hint="Make a new one: crm plan")
        if digest_of(self.kernel)[0] != found.digest:
            raise Conflict(
                f"The rules have changed since plan {self.number} was made",
                hint="Make a new one, and look at it: crm plan",
            )
        rules = {rule.name: rule for rule in rules_of(self.kernel) if isinstance(rule, Rule)}
        self._require_there(found, rules)
        return rules

    def _require_there(self, found: Plan, rules: Mapping[str, Rule]) -> None:
        named = {each.rule for each in found.rules}
        for name in (*self.only, *self.excepted):
            if name not in named:
                raise NotFound(
                    f'Plan {self.number} has no rule "{name}"', hint=f"It has: {', '.join(sorted(named))}"
                )
        for name in sorted(named - set(rules)):
            raise Conflict(f'The rule "{name}" cannot be understood any more', hint="Run: crm check")

    def _wanted(self, rules: Mapping[str, Rule]) -> list[str]:
        return [name for name in (self.only or rules) if name not in self.excepted]

    def _batch(self, rules: Mapping[str, Rule], wanted: Sequence[str]) -> bool:
        """The next so many acts, all in one unit of work; whether there were any."""
        table = self.kernel.tables.plan_act
        # What a rule holds because it is too much is done when it is asked for by name.
        states = (ACT, HELD) if self.only else (ACT,)
        chosen = (
            sa.select(table)
            .where(table.c.plan_id == self.number, table.c.state.in_(states), table.c.rule.in_(wanted))
            .order_by(table.c.id)
            .limit(AT_ONCE)
            .with_for_update()
        )
        with self.kernel.unit(self.actor) as tx:
            rows = tx.execute(chosen).all()
            lines = [self._line(rules, act_of(row)) for row in rows]
            self._judge(tx, lines)
            self._enter(tx, lines)
            self._perform(tx, lines)
            self._write(tx, lines)
        for line in lines:
            self._count(line)
        return bool(rows)

    def _line(self, rules: Mapping[str, Rule], act: Act) -> _Line:
        rule = rules[act.rule]
        step = next(each for each in rule.steps if each.id == act.step)
        params = _params(step, act.params)
        return _Line(act, Proposal(rule, step, act.occasion, act.customer_id, act.params, params=params))

    def _judge(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        """Ask the gates again, and leave out what another plan has done in the meantime."""
        gates.ask_again(self.kernel, tx.connection, [line.proposal for line in lines], tx.at)
        there = _on_record(tx.connection, lines)
        for line in lines:
            proposal = line.proposal
            if proposal.state != ACT:
                line.state, line.reason = SKIPPED, proposal.reason
            elif (proposal.rule.origin, proposal.step.id, proposal.occasion, proposal.customer_id) in there:
                line.state, line.reason = SKIPPED, "done before"

    def _enter(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        """Write the ledger: a row for each act, before anything is done."""
        open_ = [line for line in lines if line.state == ACT]
        numbers = reserve(tx.connection, "effect", "id", len(open_)) if open_ else ()
        rows = []
        for line, number in zip(open_, numbers, strict=True):
            line.effect, proposal = number, line.proposal
            rows.append((
                number, proposal.rule.origin, proposal.step.id, proposal.occasion, proposal.customer_id,
                self.number, proposal.step.action.name, _text(proposal), "pending", None, None,
                self.actor.name, tx.at, None,
            ))  # fmt: skip
        insert_rows(tx.connection, "effect", _EFFECT, rows)

    def _perform(self, tx: Transaction, lines: Sequence[_Line]) -> None:
        for group in _by_step([line for line in lines if line.state == ACT]):
            try:
                self._attempt(group)
            except Exception as error:  # noqa: BLE001 - a plugin's executor may raise anything
                if len(group) == 1:
                    group[0].state, group[0].reason = FAILED, _told(error)
                    continue
                # One of them is at fault: each gets its own turn, and the others are done.
                for line in group:
                    self._perform(tx, [line])

    def _attempt(self, group: Sequence[_Line]) -> None:
        """Perform one step for all its customers; what it wrote is undone when it fails."""
        action = group[0].proposal.step.action
        items = [
            ActionItem(
                effect=line.effect, customer_id=line.act.customer_id, params=line.proposal.params,
                rule=line.act.rule, source=f"plan:{self.number}",
            )
            for line in group
        ]  # fmt: skip
        with self.kernel.unit(self.actor) as tx, self.kernel.acting_in(tx, self.actor) as (crm, own):
            answers = list(action.perform(items, crm, own) or ())
        for line in group:
            line.state = DONE
        for answer in answers:
            line = group[answer.index]
            if isinstance(answer, Refusal):
                line.state, line.reason = FAILED, answer.reason
            elif isinstance(answer, Performed):
                line.result = answer.result

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

    def _settle(self, wanted: Sequence[str]) -> ApplyReport:
        """The plan's new state; and the rules have now been let act by somebody."""
        tables = self.kernel.tables
        left_over = (
            sa.select(sa.func.count())
            .select_from(tables.plan_act)
            .where(tables.plan_act.c.plan_id == self.number, tables.plan_act.c.state.in_((ACT, HELD)))
        )
        with self.kernel.unit(self.actor) as tx:
            left = int(tx.execute(left_over).scalar_one())
            state = PARTLY if left else APPLIED
            tx.execute(
                tables.plan.update()
                .where(tables.plan.c.id == self.number)
                .values(state=state, applied_at=tx.at)
            )
            known = set(tx.execute(sa.select(tables.rule.c.name)).scalars())
            new = [{"name": name, "first_applied_at": tx.at} for name in wanted if name not in known]
            if new:
                tx.execute(tables.rule.insert(), new)
        return ApplyReport(
            plan=self.number, done=self.done, skipped=dict(self.skipped), failed=dict(self.failed), left=left,
            state=state,
        )  # fmt: skip


def _params(step: Step, kept: Mapping[str, Any]) -> Any:
    """The parameters as they were planned; what is no template has its own type in the file."""
    names = [each.name for each in attrs.fields(step.action.params)]
    given = {name: step.given.get(name) for name in names if name in step.given}
    given |= {name: kept[name] for name in step.action.rendered if name in kept and step.is_rendered}
    return step.action.params(**given)


def _text(proposal: Proposal) -> str:
    from crmkit.core.strategy.plans import as_text

    return as_text(proposal.params)


def _on_record(connection: sa.Connection, lines: Sequence[_Line]) -> set[tuple[str, str, str, int]]:
    select = "SELECT origin, step, occasion, customer_id FROM effect WHERE customer_id"
    ids = sorted({line.act.customer_id for line in lines})
    return {(row[0], row[1], row[2], row[3]) for row in rows_among(connection, select, ids)}


def _by_step(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Acts of one step of one rule together, each customer once in a group."""
    groups: dict[tuple[str, str], list[_Line]] = {}
    for line in lines:
        groups.setdefault((line.act.rule, line.act.step), []).append(line)
    yield from groups.values()


def _told(error: Exception) -> str:
    return error.message if isinstance(error, CrmError) else f"{type(error).__name__}: {error}"
