"""What came of the turns of rules that are tried out, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo

from attrs import define, field

from crmkit.core.instants import local_date
from crmkit.core.model.strategy import HELD, WITHHELD
from crmkit.core.model.trials import SimulatedRule, Stopped, TriedAct
from crmkit.core.strategy.proposing import Proposal


@define
class Tally:
    """One rule's counts, turn after turn."""

    rule: str
    tz: tzinfo
    turns: int = 0
    most: int = 0
    held: int = 0
    months: Counter[str] = field(factory=Counter)
    people: set[int] = field(factory=set)
    met: dict[str, set[int]] = field(factory=dict)
    times: Counter[str] = field(factory=Counter)

    def count(self, proposed: Sequence[Proposal], now: int) -> None:
        """Count one turn of the rule."""
        acts = [each for each in proposed if is_act(each)]
        self.turns += 1
        self.most = max(self.most, len(acts))
        if acts:
            self.months[month_of(now, self.tz)] += len(acts)
        self.people.update(each.customer_id for each in acts)
        for each in proposed:
            if is_act(each):
                continue
            if each.state == HELD:
                self.held += 1
            gate = each.gate or ""
            self.times[gate] += 1
            self.met.setdefault(gate, set()).add(each.customer_id)

    @property
    def stopped(self) -> Mapping[str, Stopped]:
        """By gate, the one that stopped most first."""
        return {gate: Stopped(len(self.met[gate]), times) for gate, times in self.times.most_common()}

    def told(self) -> SimulatedRule:
        """As it is told."""
        return SimulatedRule(
            rule=self.rule, turns=self.turns, acts=dict(self.months), people=len(self.people),
            most=self.most, held=self.held, stopped=self.stopped,
        )  # fmt: skip


def month_of(instant: int, tz: tzinfo) -> str:
    """The month that the instant is in: `2026-05`."""
    return f"{local_date(instant, tz):%Y-%m}"


def months(first: date, last: date) -> Iterator[str]:
    """Every month from the one of `first` to that of `last`."""
    day = first.replace(day=1)
    while day <= last:
        yield f"{day:%Y-%m}"
        day = (day + timedelta(days=32)).replace(day=1)


def is_act(proposal: Proposal) -> bool:
    """Whether it is to be done: what a control group would have had is not."""
    return proposal.stands and proposal.state != WITHHELD


def tried(proposed: Iterable[Proposal], now: int) -> Iterator[TriedAct]:
    """Those that stand, as they are told."""
    for each in proposed:
        if is_act(each):
            yield TriedAct(now, each.rule.name, each.step.id, each.occasion, each.customer_id, each.until)
