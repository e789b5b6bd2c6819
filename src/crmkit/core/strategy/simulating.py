"""Simulating: what the rules will do, if nothing but the time goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from heapq import heapify, heapreplace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import Invalid
from crmkit.core.instants import day_bounds, local_date
from crmkit.core.model.trials import Simulation, TriedAct
from crmkit.core.phrase import phrase
from crmkit.core.predicates.tree import Attribute, FieldValue, HasTag, walk
from crmkit.core.strategy.rules import Broken, Rule, rules_of
from crmkit.core.strategy.tallying import Tally, is_act, months, tried
from crmkit.core.strategy.virtual import KnownLetters, virtual
from crmkit.core.strategy.zones import zones_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.predicates.predicate import Predicate
    from crmkit.core.strategy.proposing import Proposal
    from crmkit.core.strategy.virtual import Virtual

USUAL_DAYS: Final = 365
# Steps that one person may go at one instant.
_MOST_STEPS: Final = 100
MOST_DAYS: Final = 3 * 366
Progress = Callable[[int, int], None]
_STILL: Final = phrase(
    "Only time goes on: nobody buys, joins or changes their mind, and every plan is applied at once."
)


def simulate(
    kernel: Kernel,
    names: Collection[str] = (),
    *,
    until: date | None = None,
    keep: bool = False,
    progress: Progress | None = None,
) -> Simulation:
    """What the rules (all of them, or those named) will do until the end of the day `until` (in a year, if
    None), turn after turn, on a clock of its own; nothing is written.

    It begins with what a plan would say now. `keep` keeps every act.
    """
    start = kernel.clock.now()
    today = local_date(start, kernel.tz)
    last = until or today + timedelta(days=USUAL_DAYS - 1)
    if not today <= last <= today + timedelta(days=MOST_DAYS):
        raise Invalid(
            phrase("{last} is not within the next three years", last=last),
            hint="Name a later day: --until DATE",
        )
    sources = [each for each in kernel.loaded.rule_sources if not names or _brings(each, names)]
    with virtual(kernel, letters=KnownLetters, sources=sources, tried=names) as own, without_collector():
        rules, left_out = _rules(own.kernel, names)
        run = _Run(own, rules, sources, names, keep=keep)
        run.go(start, day_bounds(last, kernel.tz)[1] - 1, progress)
        customer = own.kernel.tables.customer
        customers = own.connection.execute(sa.select(sa.func.count()).select_from(customer)).scalar_one()
    return Simulation(
        since=today, until=last, months=tuple(months(today, last)),
        rules=tuple(tally.told() for tally in run.tallies.values()),
        people=len(run.per_person), customers=int(customers),
        per_person=_counted(run.per_person), contacts=_counted(run.contacts), left_out=left_out,
        notes=(_STILL, *_echoes(rules)), acts=tuple(run.acts),
    )  # fmt: skip


class _Run:
    """The turns of some rules, one after the other."""

    def __init__(
        self,
        own: Virtual,
        rules: Sequence[Rule],
        sources: Sequence[RuleSource],
        names: Collection[str],
        *,
        keep: bool,
    ) -> None:
        self._own, self._sources, self._names, self._keep = own, sources, names, keep
        self._rules = [rule for rule in rules if not rule.is_sourced]
        self.tallies = {rule.name: Tally(rule.name, own.kernel.tz) for rule in rules}
        self.per_person: Counter[int] = Counter()
        self.contacts: Counter[int] = Counter()
        self.acts: list[TriedAct] = []

    def go(self, start: int, end: int, progress: Progress | None) -> None:
        """Every turn from `start` to `end`."""
        tz = self._own.kernel.tz
        under_way = [rule for rule in self._rules if rule.schedule and rule.schedule.latest(start, tz)]
        zones = zones_of(self._own.kernel, self._own.connection)
        agenda = chain([(start, under_way)], _agenda(self._rules, start, end, zones))
        now, due = next(agenda)
        last = (end + 1, list[Rule]())
        upcoming = next(agenda, last)
        while now <= end:
            self._at(due, now)
            if progress is not None:
                progress(now - start, end - start)
            wakes = self._wakes(now)
            if wakes is not None and wakes < upcoming[0]:
                now, due = wakes, []
            else:
                now, due = upcoming
                upcoming = next(agenda, last)

    def _at(self, due: Sequence[Rule], now: int) -> None:
        """One instant: what sources bring goes on until nobody's turn has come."""
        if not self._sources:
            self._turn(due, now)
            return
        for again in range(_MOST_STEPS):
            self._own.advance(self._sources, now)
            sourced = [rule for rule in self._sourced() if self._own.has_turns(rule, now)]
            if not sourced and (again or not due):
                return
            self._turn([*sourced, *(() if again else due)], now)
            if not sourced:
                return

    def _sourced(self) -> Iterator[Rule]:
        for rule in rules_of(self._own.kernel):
            if isinstance(rule, Rule) and rule.is_sourced and (not self._names or rule.name in self._names):
                yield rule

    def _wakes(self, now: int) -> int | None:
        """When one of the sources has something to do next."""
        crm = self._own.crm
        wakes = [source.next_at(crm, now) for source in self._sources if source.next_at is not None]
        return min((each for each in wakes if each is not None and each > now), default=None)

    def _turn(self, due: Sequence[Rule], now: int) -> None:
        proposed = self._own.turn(due, now)
        groups: dict[str, list[Proposal]] = {rule.name: [] for rule in due}
        for each in proposed:
            groups.setdefault(each.rule.name, []).append(each)
            if is_act(each):
                self.per_person[each.customer_id] += 1
                self.contacts[each.customer_id] += each.contact is not None
        for name, group in groups.items():
            if group or ":" not in name:
                self.tallies.setdefault(name, Tally(name, self._own.kernel.tz)).count(group, now)
        if self._keep:
            self.acts.extend(tried(proposed, now))


def _agenda(
    rules: Sequence[Rule], start: int, end: int, zones: Sequence[ZoneInfo]
) -> Iterator[tuple[int, list[Rule]]]:
    """The instants at which anything comes due, each with the rules that do, in their order. The first of
    `zones` is the business's."""
    heap = [(_next(rule, start, zones), at) for at, rule in enumerate(rules) if rule.schedule]
    heapify(heap)
    while heap and heap[0][0] <= end:
        now, due = heap[0][0], []
        while heap[0][0] == now:
            rule = rules[heap[0][1]]
            due.append(rule)
            heapreplace(heap, (_next(rule, now, zones), heap[0][1]))
        yield now, due


def _next(rule: Rule, now: int, zones: Sequence[ZoneInfo]) -> int:
    """When the rule comes due next, by whichever clock."""
    assert rule.schedule is not None
    clocks = zones if rule.declared.in_their_time else zones[:1]
    return min(rule.schedule.next(now, tz).due_at for tz in clocks)


def _brings(source: RuleSource, names: Collection[str]) -> bool:
    """Whether one of these rules is the source's."""
    return any(name.startswith(f"{source.name}:") for name in names)


def _rules(kernel: Kernel, names: Collection[str]) -> tuple[list[Rule], dict[str, str]]:
    """Those that come due by a schedule; and of the others, why they are left out. Names were checked."""
    found: list[Rule] = []
    left_out: dict[str, str] = {}
    for rule in rules_of(kernel, names):
        if names and rule.name not in names:
            continue
        if isinstance(rule, Broken):
            left_out[rule.name] = rule.error.message
        elif rule.is_sourced:
            continue  # asked for again at every instant: they come and go
        elif rule.on is not None:
            left_out[rule.name] = phrase(
                "it acts upon each {type}, and nobody knows those to come", type=rule.on
            )
        else:
            found.append(rule)
    return found, left_out


def _counted(by_customer: Mapping[int, int]) -> dict[int, int]:
    return dict(sorted(Counter(count for count in by_customer.values() if count).items()))


def _echoes(rules: Sequence[Rule]) -> Iterator[str]:
    """Where what a rule does would change whom rules mean: nothing of it is seen here."""
    decided = {claim for rule in rules for step in rule.steps if (claim := _claim(step))}
    for rule in rules:
        asked = {word for step in rule.steps if step.who for word in _asked(step.who)}
        for claim in sorted(asked & decided):
            yield phrase(
                'The rule "{rule}" asks for {claim}, which the acts themselves change: it will act less '
                "often, or more often, than is shown.",
                rule=rule.name,
                claim=claim.replace(":", " "),
            )


def _claim(step: Any) -> str | None:
    try:
        return step.action.claims(step.params(step.given)) if step.action.claims else None
    except Exception:  # noqa: BLE001 - a plugin's function may stumble over texts that are not rendered yet
        return None


def _asked(who: Predicate) -> Iterator[str]:
    """What a condition asks for, as actions claim it."""
    for node in walk(who.tree):
        match node:
            case HasTag(tag):
                yield f"tag:{tag}"
            case FieldValue():
                yield f"field:{node.name}"
            case Attribute(name):
                yield name
