"""`crm.strategy`: rules, plans, and why anything was done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.references import resolve
from crmkit.core.errors import NotFound
from crmkit.core.model.strategy import ACT
from crmkit.core.nearest import nearest
from crmkit.core.people.current import allowed
from crmkit.core.segments.stays import notice
from crmkit.core.strategy import plans as kept
from crmkit.core.strategy.gates import pass_through
from crmkit.core.strategy.proposing import ENTRIES, proposals
from crmkit.core.strategy.rules import Broken, Rule, digest_of, rules_of
from crmkit.core.strategy.why import decisions

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.strategy import Act, ApplyReport, Decision, Plan

READ: Final = "customers.read"
APPLY: Final = "strategy.apply"


class Strategy:
    """What the business's rules lead to, for one actor."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def rules(self) -> Sequence[Rule | Broken]:
        """Every rule that is not set aside, those that go first before others; and those that are broken."""
        return tuple(rules_of(self._kernel))

    def rule(self, name: str) -> Rule:
        """One rule. Raises `NotFound` with the nearest name, and what is wrong with a broken one."""
        found = {rule.name: rule for rule in self.rules()}
        if name not in found:
            near = nearest(name, found)
            hint = f'Did you mean "{near}"?' if near else "See them: crm rules list"
            raise NotFound(f'There is no rule "{name}"', hint=hint)
        rule = found[name]
        if isinstance(rule, Broken):
            raise rule.error
        return rule

    def plan(self, *names: str) -> Plan:
        """Make a plan of what the rules (all of them, or those named) would do now.

        Nothing is done, and nothing can be: while it is made, only reading is possible. The same again is
        the same plan. A broken rule among all of them is left out; one that is named raises its error.
        """
        kernel = self._kernel
        kernel.require(self._actor, APPLY)
        wanted = [self.rule(name) for name in names] or [r for r in self.rules() if isinstance(r, Rule)]
        self._notice_entries(wanted)
        with kernel.planning() as connection:
            now = kernel.clock.now()
            proposed = list(proposals(kernel, connection, wanted, now))
            pass_through(kernel, connection, proposed, now)
        with kernel.unit(self._actor) as tx:
            number = kept.plan_number(kernel, tx, [rule.name for rule in wanted], proposed, digest_of(kernel))
        return self.get(number)

    def count_due(self, name: str) -> int:
        """How many acts a plan of this rule alone would have now; nothing is kept."""
        kernel = self._kernel
        kernel.require(self._actor, READ)
        with kernel.planning() as connection:
            now = kernel.clock.now()
            proposed = list(proposals(kernel, connection, [self.rule(name)], now))
            pass_through(kernel, connection, proposed, now)
        return sum(each.state == ACT for each in proposed)

    def plans(self, limit: int = 20) -> Sequence[Plan]:
        """The newest plans first."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return tuple(kept.plans(self._kernel, connection, limit))

    def get(self, number: int) -> Plan:
        """One plan. Raises `NotFound`."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return kept.plan(self._kernel, connection, number)

    def acts(
        self, number: int, *, states: Collection[str] = (), after: int = 0, limit: int | None = None
    ) -> Sequence[Act]:
        """A plan's acts, holds, and those dropped for a new reason, of customers whom the actor sees."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            kept.plan(self._kernel, connection, number)
            visible = self._kernel.visible(self._actor)
            return kept.acts(
                self._kernel, connection, number, states=states, visible=visible, after=after, limit=limit
            )

    def apply(
        self, number: int, *, only: Collection[str] = (), excepted: Collection[str] = ()
    ) -> ApplyReport:
        """Do exactly what plan `number` says: of all its rules, of `only` some, or of all but `excepted`.

        Raises `Conflict` when the rules have changed since, or the plan was applied or replaced; `NotFound`,
        `NotAllowed`. Who is archived, restricted or erased by now is left out, and counted with the reason.
        """
        from crmkit.core.strategy.applying import Applying

        self._kernel.require(self._actor, APPLY)
        return Applying(self._kernel, self._actor, number, tuple(only), tuple(excepted)).run()

    def why(self, customer: int | str, limit: int = 50) -> Sequence[Decision]:
        """Every decision about a customer, the newest first: what was done, is planned, or was left out."""
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, READ)
            id_ = resolve(connection, self._kernel, actor, customer)
            return decisions(self._kernel, connection, id_, limit)

    def proven(self) -> frozenset[str]:
        """The names of the rules that a person has let act before."""
        table = self._kernel.tables.rule
        with self._kernel.reading() as connection:
            return frozenset(connection.execute(sa.select(table.c.name)).scalars())

    def run_due(self) -> None:
        """The worker's pass: rules that need not ask, and have acted before, are planned and applied."""
        names = [
            rule.name for rule in self.rules()
            if isinstance(rule, Rule) and not rule.declared.ask_first and rule.name in self.proven()
        ]  # fmt: skip
        if names:
            made = self.plan(*names)
            if made.acts:
                self.apply(made.number)

    def _notice_entries(self, rules: Sequence[Rule]) -> None:
        """Bring up to date who is in the conditions whose entries are what the rules act upon."""
        for rule in rules:
            if rule.declared.once == "per entry" and rule.who is not None:
                with self._kernel.unit(self._actor) as tx:
                    notice(self._kernel, tx, f"{ENTRIES}{rule.name}", rule.who, None)
