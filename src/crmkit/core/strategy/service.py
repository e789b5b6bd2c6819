"""`crm.strategy`: rules, plans, and why anything was done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import NotFound
from crmkit.core.messages.versions import ensure_versions, templates_of
from crmkit.core.model.strategy import ACT
from crmkit.core.nearest import did_you_mean
from crmkit.core.people.current import allowed
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import phrase
from crmkit.core.segments.stays import notice
from crmkit.core.strategy import plans as kept
from crmkit.core.strategy.gates import pass_through
from crmkit.core.strategy.proposing import PER_ENTRY, Proposal, proposals
from crmkit.core.strategy.rules import Broken, Rule, compiled, digest_of, rules_of
from crmkit.core.strategy.sourced import declared_by_source
from crmkit.core.strategy.telling import tell_sources
from crmkit.core.strategy.why import decisions

if TYPE_CHECKING:
    from datetime import date

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.strategy import Act, Applicable, ApplyReport, Decision, Plan
    from crmkit.core.model.trials import Backtest, Simulation, TriedAct
    from crmkit.core.strategy.drafts import RuleDraft
    from crmkit.core.strategy.reporting import RuleReport

READ: Final = "customers.read"
APPLY: Final = "strategy.apply"


class Strategy:
    """What the business's rules lead to, for one actor."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def rules(self) -> Sequence[Rule | Broken]:
        """Every rule of the file that is not set aside, those that go first before others; and those that are
        broken. What plugins bring is not among them: `every_rule` has it too."""
        return tuple(each for each in self._rules.values() if ":" not in each.name)

    def every_rule(self) -> Sequence[Rule | Broken]:
        """As `rules`, with those that plugins bring, such as `campaign:spring`."""
        return tuple(self._rules.values())

    def rule(self, name: str) -> Rule:
        """One rule. Raises `NotFound` with the nearest name, and what is wrong with a broken one."""
        return self._found(self._rules, name)

    def _found(self, rules: Mapping[str, Rule | Broken], name: str) -> Rule:
        if name not in rules:
            if name in self._kernel.config.rules:
                raise NotFound(
                    phrase('The rule "{name}" is set aside', name=name),
                    hint="Take enabled = false out of crm.toml to have it.",
                )
            hint = did_you_mean(name, rules, phrase("See them: crm rules list"))
            raise NotFound(phrase('There is no rule "{name}"', name=name), hint=hint)
        rule = rules[name]
        if isinstance(rule, Broken):
            raise rule.error
        return rule

    def check(self, name: str, said: Mapping[str, Any]) -> None:
        """Raise what is wrong with a rule that a plugin might bring under this name, such as
        `campaign:spring`; `said` is what `SourcedRule` has."""
        compiled(self._kernel, name, declared_by_source(self._kernel, name, said))

    def plan(self, *names: str) -> Plan:
        """Make a plan of what the rules (all of them, or those named) would do now.

        Nothing is done, and nothing can be: while it is made, only reading is possible. The same again is
        the same plan. A broken rule among all of them is left out; one that is named raises its error.
        """
        return self.plan_apart(names or [rule.name for rule in self.rules() if isinstance(rule, Rule)])[0]

    def plan_apart(self, *groups: Collection[str]) -> Sequence[Plan]:
        """Make a plan for each of these groups of rules, which decide together: of two that want the same,
        or the last slot of contact, the one that goes first gets it, whichever plan it is in."""
        kernel = self._kernel
        kernel.require(self._actor, APPLY)
        rules = self._rules
        chosen = {self._found(rules, name).name for group in groups for name in group}
        wanted = [rule for rule in rules.values() if isinstance(rule, Rule) and rule.name in chosen]
        self._notice_entries(wanted)
        proposed = self._proposed(wanted)
        numbers = []
        with without_collector(), kernel.unit(self._actor) as tx:
            for group in groups:
                names = [rule.name for rule in wanted if rule.name in group]
                theirs = [each for each in proposed if each.rule.name in names]
                numbers.append(kept.plan_number(kernel, tx, names, theirs, digest_of(kernel, names)))
            tell_sources(kernel, tx, proposed)
            ensure_versions(kernel, tx, templates_of(kernel, proposed))
        return tuple(map(self.get, numbers))

    def count_due(self, *names: str) -> Mapping[str, int]:
        """How many acts a plan of these rules (of all, if none is named) would have now, for each rule.

        Nothing is kept. Whoever would be noticed to enter a condition counts.
        """
        self._kernel.require(self._actor, READ)
        wanted = [self.rule(name) for name in names] or [r for r in self.rules() if isinstance(r, Rule)]
        counts = dict.fromkeys((rule.name for rule in wanted), 0)
        for each in self._proposed(wanted, enter_now=True):
            counts[each.rule.name] += each.state == ACT
        return counts

    def applicable(self, customers: Collection[int], *names: str) -> Sequence[Applicable]:
        """Which rules (of all, or of those named) apply now to these customers and what the gates say, in the
        order of the rules. Customers are ids; those whom the actor does not see are left out.

        Nothing is written or done. Each rule is asked as if it were alone: that another one goes first, or
        takes the last slot of contact, or that a whole plan has more acts than `max_acts`, does not count.
        Broken rules are left out. Raises `NotFound`, `NotAllowed`.
        """
        from crmkit.core.strategy.applicable import applicable

        kernel = self._kernel
        wanted = [self.rule(name) for name in names] or [r for r in self.rules() if isinstance(r, Rule)]
        with kernel.planning() as connection:
            actor = allowed(kernel, connection, self._actor, READ)
            seen = frozenset(seen_among(connection, kernel, actor, sorted(set(customers))))
            return tuple(applicable(kernel, connection, wanted, seen, kernel.clock.now())) if seen else ()

    def simulate(
        self,
        *names: str,
        until: date | None = None,
        keep: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Simulation:
        """What the rules (all of them, or those named) will do until the end of the day `until`, within a
        year if None, should nothing but the time go on: over the record, the limits and the quiet hours.

        Nothing is written or done. `keep` keeps every act. `progress` is told how far it has come, and how
        far it goes, in microseconds. Raises `NotFound`, `NotAllowed`, `Invalid`.
        """
        from crmkit.core.strategy.simulating import simulate

        self._kernel.require(self._actor, APPLY)
        wanted = [name if name in self._kernel.config.rules else self.rule(name).name for name in names]
        found = simulate(self._kernel, wanted, until=until, keep=keep, progress=progress)
        return evolve(found, acts=self._seen(found.acts))

    def backtest(
        self,
        name: str,
        *,
        file: str | Path | None = None,
        since: date | None = None,
        until: date | None = None,
        step: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Backtest:
        """What a rule would have done from the day `since` (a year ago, if None) to before the day `until`
        (today), by what was known then, and what happened next. Nothing is written or done.

        The rule is one of `crm.toml`, also one that is set aside, or what `file` says of it. `step` (such as
        `7 days`) looks at it less often than it has turns. Raises `NotFound`, `NotAllowed`, `Invalid`, and
        `PredicateError` for a condition that asks for what has no past.
        """
        from crmkit.core.strategy.backtesting import backtest
        from crmkit.core.strategy.unsaved import declaration_in, length_in

        self._kernel.require(self._actor, APPLY)
        declared = declaration_in(self._kernel, name, Path(file) if file is not None else None)
        length = None if step is None else length_in(step)
        found = backtest(
            self._kernel, name, declared, since=since, until=until, step=length, progress=progress
        )
        return evolve(found, acts=self._seen(found.acts))

    def draft(self, name: str, said: Mapping[str, Any]) -> RuleDraft:
        """The rule that `said` would be under `[rules.NAME]`: what is wrong with it, for whom it would be,
        and what the gates would say of them. Nothing of it is kept or done. Raises `NotAllowed`."""
        from crmkit.core.strategy.drafts import draft

        self._kernel.require(self._actor, READ)
        return draft(self._kernel, self._actor, name, said)

    def plans(self, limit: int = 20) -> Sequence[Plan]:
        """The newest plans first."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return tuple(kept.plans(self._kernel, connection, limit))

    def waiting(self) -> Sequence[Plan]:
        """The plans that wait for somebody to apply them, the oldest first."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return tuple(kept.waiting(self._kernel, connection))

    def get(self, number: int) -> Plan:
        """One plan. Raises `NotFound`."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return kept.plan(self._kernel, connection, number)

    def open(self, number: int) -> Mapping[str, tuple[int, int]]:
        """For each rule of a plan that has any: (acts still to do, acts held back). Raises `NotFound`."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            kept.plan(self._kernel, connection, number)
            return kept.open_counts(self._kernel, connection, number)

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

        Acts for customers whom the actor does not see are left. Who is archived, restricted or erased by now
        is left out, and counted with the reason. Raises `Conflict` when what decides the rules has changed
        since, or the plan was applied or replaced; `NotFound`, `NotAllowed`.

        What reaches outside is entered in the ledger, and what is due of it is handed over at once; inside a
        transaction it is left to the worker.
        """
        from crmkit.core.effects.handing_over import hand_over_all
        from crmkit.core.strategy.applying import Applying

        self._kernel.require(self._actor, APPLY)
        report = Applying(self._kernel, self._actor, number, tuple(only), tuple(excepted)).run()
        if not report.pending or self._kernel.current is not None:
            return report
        return evolve(report, handed=hand_over_all(self._kernel, number))

    def report(self, name: str, since: int | None = None, *, ahead: bool = True) -> RuleReport:
        """Whether a rule works: its groups compared, of customers whom it has met first at `since` or later.

        Before anything has begun it says what could be seen at all, for which everybody is asked about the
        rule; without `ahead` it does not.
        The numbers are of all customers, also those whom the actor does not see. Raises `NotFound`, and
        `Invalid` for a rule without groups.
        """
        from crmkit.core.strategy.prospect import prospect
        from crmkit.core.strategy.reporting import NOT_BEGUN, report

        rule, now = self.rule(name), self._kernel.clock.now()
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            made = report(self._kernel, connection, rule, since, now)
        if made.state != NOT_BEGUN or not ahead:
            return made
        met = {each.customer_id for each in self._proposed([rule], enter_now=True) if each.stands}
        if rule.is_sourced and not (met or rule.meant):
            return made
        with self._kernel.reading() as connection:
            return evolve(made, prospect=prospect(self._kernel, connection, rule, now, len(met)))

    def report_all(self) -> RuleReport:
        """Whether all rules together work: those whom `[control]` leaves alone, against everybody else.

        By assignment, in the period so far. Customers who were archived or restricted before it, were erased,
        or were merged out of two groups since are left out; who was archived since counts. The numbers are
        of all customers, also those whom the actor does not see. Raises `Invalid` where nobody is left alone.
        """
        from crmkit.core.strategy.everybody import report_all

        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return report_all(self._kernel, connection, self._kernel.clock.now())

    def why(self, customer: int | str, limit: int = 50) -> Sequence[Decision]:
        """Every decision about a customer, the newest first: what was done, is planned, or was left out."""
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, READ)
            id_ = resolve(connection, self._kernel, actor, customer)
            return decisions(self._kernel, connection, id_, limit)

    def run_due(self) -> bool:
        """The worker's pass: plan what has come due, and apply what need not ask; whether more may be due at
        once.

        Doing it twice is doing it once.
        """
        from crmkit.core.strategy.running import Running

        self._kernel.require(self._actor, APPLY)
        return Running(self._kernel, self).run()

    @property
    def _rules(self) -> Mapping[str, Rule | Broken]:
        """Of the file they are the same for ever; what plugins bring may change at any time."""
        if not self._kernel.loaded.rule_sources:
            return self._of_the_file
        return {rule.name: rule for rule in rules_of(self._kernel)}

    @cached_property
    def _of_the_file(self) -> Mapping[str, Rule | Broken]:
        return {rule.name: rule for rule in rules_of(self._kernel)}

    def _proposed(self, rules: Sequence[Rule], *, enter_now: bool = False) -> Sequence[Proposal]:
        kernel = self._kernel
        with kernel.planning() as connection, without_collector():
            now = kernel.clock.now()
            proposed = list(proposals(kernel, connection, rules, now, enter_now=enter_now))
            pass_through(kernel, connection, proposed, now)
        return proposed

    def _seen(self, acts: tuple[TriedAct, ...]) -> tuple[TriedAct, ...]:
        """Those for customers whom the actor sees."""
        customers = sorted({each.customer_id for each in acts})
        with self._kernel.reading() as connection:
            seen = frozenset(seen_among(connection, self._kernel, self._actor, customers))
        return tuple(each for each in acts if each.customer_id in seen)

    def _notice_entries(self, rules: Sequence[Rule]) -> None:
        """Bring up to date who is in the conditions whose entries are what the rules act upon."""
        for rule in rules:
            if rule.declared.once == PER_ENTRY and rule.who is not None:
                with self._kernel.unit(self._actor) as tx:
                    notice(self._kernel, tx, rule.origin, rule.who, None)
