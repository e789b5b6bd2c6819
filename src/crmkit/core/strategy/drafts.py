"""Rules that nobody has written into `crm.toml`, such as that of a campaign's file: judged, asked for
whom they would be, and what the gates would say of them. Nothing of it is kept or done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from crmkit.core.config.faults import Faults
from crmkit.core.config.rules import RuleDeclaration, SourcedDeclaration
from crmkit.core.config.structure import converter
from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.messages.params import Sending
from crmkit.core.messages.versions import ensure_versions
from crmkit.core.model.strategy import DROPPED, HELD, WITHHELD
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase
from crmkit.core.predicates.predicate import parse
from crmkit.core.strategy.arms import arms_of
from crmkit.core.strategy.events import events_of
from crmkit.core.strategy.gates import ORDER, pass_through
from crmkit.core.strategy.proposing import EVER, in_arms, members_of, period_of, why_at_rest
from crmkit.core.strategy.rendering import Letters
from crmkit.core.strategy.rules import Rule, compiled
from crmkit.core.strategy.zones import customers_by_zone, zones_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor


@frozen
class DueTurn:
    """Whose turn it is, upon which occasion (`2026-05-04`, `seq:7`, `ever`), and since when (µs UTC)."""

    customer_id: int
    occasion: str
    due_at: int


@frozen(kw_only=True)
class Foreseen:
    """What would become of one turn now: `state` is `act`, `held` (until the instant `until`), `withheld` or
    `dropped`; `gate` decided it, for `reason`. `arm` is the customer's group where the rule is measured."""

    customer_id: int
    occasion: str
    state: str
    gate: str | None = None
    reason: str | None = None
    until: int | None = None
    arm: str | None = None

    @property
    def reaches(self) -> bool:
        """Whether it is done, now or when the hour has come."""
        return self.state not in (DROPPED, WITHHELD) and (self.state != HELD or self.until is not None)


@frozen
class RuleDraft:
    """The rule that `said` would be under `[rules.NAME]`, of one actor. With none of the keys that say when
    (`run`, `on`), it is for whom somebody else says."""

    kernel: Kernel
    actor: Actor
    name: str
    said: Mapping[str, Any]

    @property
    def gates(self) -> Sequence[str]:
        """The names of the gates in the order in which they are asked about each customer."""
        return ORDER

    @property
    def is_timed(self) -> bool:
        """Whether it says when."""
        return bool(self.said.get("run") or self.said.get("on"))

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """(keys, what is wrong there, what to do) of everything that keeps it from being a rule."""
        try:
            self.rule()
        except Faults as error:
            for each in error.faults:
                meant = phrase('Did you mean "{near}"?', near=each.suggestion) if each.suggestion else ""
                yield (
                    each.keys,
                    joined(" ", filter(None, (".".join(map(str, each.keys)), each.message))),
                    meant,
                )
        except CrmError as error:
            keys = self._named_in(error)
            yield keys, error.message.removeprefix(f'rule "{self.name}": '), error.hint or ""

    def rule(self) -> Rule:
        """It, understood. Raises `Invalid` and `NotFound` for what is wrong."""
        cls = RuleDeclaration if self.is_timed else SourcedDeclaration
        declared = converter(self.kernel.config.directory).structure(dict(self.said), cls)
        return compiled(self.kernel, self.name, declared)

    def pinned(self) -> Mapping[str, Any]:
        """What it says, with what its action has filled in, such as the versions of templates, which are kept
        from now on: later edits of a template leave it alone."""
        step = self.rule().steps[0]
        found = {**self.said, **_filled(step)}
        if step.variants:
            said = self.said.get("variants", {})
            found["variants"] = {
                name: {**said[name], **_filled(each)} for name, each in step.variants.items()
            }
        each_step = (step, *step.variants.values())
        given = [each.params(each.given) for each in each_step]
        names = {each.template for each in given if isinstance(each, Sending)}
        with self.kernel.unit(self.actor) as tx:
            ensure_versions(self.kernel, tx, map(self.kernel.templates.get, sorted(names)))
        return found

    def turns(self, since: int) -> Sequence[DueTurn]:
        """Whose turn it is now by what it says, and was not at the instant `since`; no gate is asked. Of a
        rule with `on` those upon all events of late."""
        rule, now = self.rule(), self.kernel.clock.now()
        if why_at_rest(rule.declared, self.kernel, now) is not None:
            return ()
        with self.kernel.reading() as connection:
            if rule.on is not None:
                return tuple(self._upon_events(connection, rule, now))
            return tuple(self._by_the_clock(connection, rule, now, since))

    def latest_turn(self) -> int | None:
        """The latest instant up to now at which it was somebody's turn by the clock, whichever clock."""
        rule, now = self.rule(), self.kernel.clock.now()
        if rule.schedule is None:
            return None
        dues = [period.due_at for tz in self._zones(rule) if (period := rule.schedule.latest(now, tz))]
        return max(dues, default=None)

    def next_turn(self, after: int) -> int | None:
        """The next instant after `after` at which it is somebody's turn by the clock; None where none is."""
        rule = self.rule()
        if rule.schedule is None:
            return None
        return min(rule.schedule.next(after, tz).due_at for tz in self._zones(rule))

    def foresee(self, turns: Sequence[tuple[int, str]]) -> Sequence[Foreseen]:
        """What would become of these turns, (customer, occasion), now: every gate is asked as when a plan is
        made. Nothing is kept, and nothing can be done meanwhile."""
        rule = self.rule()
        with self.kernel.planning() as connection, without_collector():
            now = self.kernel.clock.now()
            ids = {turn[0] for turn in turns}
            arms = arms_of(self.kernel, connection, rule, ids, now)
            letters = Letters(self.kernel, connection)
            proposed = list(in_arms(rule, rule.steps[0], sorted(set(turns)), arms, letters))
            pass_through(self.kernel, connection, proposed, now)
        return tuple(
            Foreseen(
                customer_id=each.customer_id, occasion=each.occasion, state=each.state, gate=each.gate,
                reason=each.reason, until=each.until, arm=each.arm,
            )
            for each in proposed
        )  # fmt: skip

    def _zones(self, rule: Rule) -> Sequence[ZoneInfo]:
        if not rule.declared.in_their_time:
            return [self.kernel.tz]
        with self.kernel.reading() as connection:
            return zones_of(self.kernel, connection)

    def _by_the_clock(self, connection: sa.Connection, rule: Rule, now: int, since: int) -> Iterator[DueTurn]:
        """Zone after zone, where it goes by each customer's clock."""
        step = rule.steps[0]
        zones: Sequence[tuple[ZoneInfo, set[int] | None]] = [(self.kernel.tz, None)]
        if rule.declared.in_their_time:
            zones = list(customers_by_zone(self.kernel, connection, now))
        for tz, ids in zones:
            period = period_of(rule, step, now, tz)
            if period is None or period.due_at <= since:
                continue
            occasion = EVER if rule.declared.once == EVER else period.occasion
            for id_ in self._meeting(connection, rule, now, tz):
                if ids is None or id_ in ids:
                    yield DueTurn(id_, occasion, period.due_at)

    def _meeting(self, connection: sa.Connection, rule: Rule, now: int, tz: ZoneInfo) -> Iterator[int]:
        who = rule.steps[0].who
        if who is not None and tz is not self.kernel.tz:
            who = attrs.evolve(who, context=self.kernel.context_in(tz))
        return members_of(self.kernel, connection, who, now)

    def _upon_events(self, connection: sa.Connection, rule: Rule, now: int) -> Iterator[DueTurn]:
        found = events_of(self.kernel, connection, rule, now)
        among = set(members_of(self.kernel, connection, rule.who, now)) if found and rule.who else None
        for customer_id, seq in found:
            if among is None or customer_id in among:
                yield DueTurn(customer_id, EVER if rule.declared.once == EVER else f"seq:{seq}", now)

    def _named_in(self, error: CrmError) -> tuple[str | int, ...]:
        """The key that an error is about: the one whose name or value it quotes."""
        for key, value in self.said.items():
            if quoted(key) in error.message or (isinstance(value, str) and quoted(value) in error.message):
                return (key,)
        return ("who",) if "who" in self.said and self._is_wrong(str(self.said["who"])) else ()

    def _is_wrong(self, who: str) -> bool:
        try:
            parse(who, self.kernel.context)
        except CrmError:
            return True
        return False


def draft(kernel: Kernel, actor: Actor, name: str, said: Mapping[str, Any]) -> RuleDraft:
    """The rule of that name, such as `campaign:spring`. Raises `Invalid` for one with several steps."""
    if said.get("do"):
        raise Invalid(
            phrase("{name}: a draft of a rule has one action", name=quoted(name)), hint="Leave out do."
        )
    return RuleDraft(kernel, actor, name, said)


def _filled(step: Any) -> dict[str, Any]:
    return {name.removesuffix("_"): step.given[name] for name in step.filled}
