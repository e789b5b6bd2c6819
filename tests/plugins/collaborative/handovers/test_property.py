"""The state machine of handovers against a small reference: who may do what, and what time does."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import pytest
from attrs import define, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, Invalid
from crmkit.core.clock import FakeClock
from crmkit.plugins.collaborative.api import Handover, Handovers
from crmkit.plugins.collaborative.handovers.watching import watch
from tests.plugins.collaborative.handovers.conftest import HOUR

TOML = '[plugins.collaborative.handovers]\ngrace = "1 hour"\n[roles.narrow]\npermissions = []\n'
FITTERS: Final = {"Piotr", "Ewa"}
BOSS: Final = "Ola"
PEOPLE: Final = ("Anna", "Piotr", "Ewa", BOSS)
OPS: Final = ("accept", "refuse", "keep", "break", "withdraw", "pass", "take back")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.sampled_from(PEOPLE), st.sampled_from(["Piotr", "Anna", "team"])),
        st.tuples(st.sampled_from(OPS), st.sampled_from(PEOPLE), st.integers(0, 3)),
        st.tuples(st.sampled_from(OPS), st.sampled_from(PEOPLE), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.just(""), st.sampled_from([1, 4, 5, 20, 29])),
    ),
    min_size=4,
    max_size=14,
)


@define
class Promise:
    """What the reference knows of one promise, made at `made` and to be kept within a day."""

    giver: str
    who: str | None
    team: bool
    made: int
    state: str = "offered"
    dropped: bool = False
    former: str = ""
    late: bool = False
    explained: bool = False
    next: Promise | None = None
    by: int = 0
    accept_by: int = 0

    @property
    def receivers(self) -> set[str]:
        """Who may answer and keep it."""
        return FITTERS if self.team else {str(self.who)}

    def over(self, now: int) -> bool:
        """Whether its time is over: an hour of grace is given."""
        return now > self.by + HOUR


@define
class Reference:
    """All that was promised, by rules that fit on a page."""

    now: int
    promises: list[Promise] = field(factory=list)

    def make(self, giver: str, to: str, by: int) -> bool:
        """A new one; what one hands to oneself is accepted."""
        if by <= self.now:
            return False
        who = None if to == "team" else to
        made = Promise(giver=giver, who=who, team=who is None, made=self.now, by=by)
        made.accept_by = min(by, self.now + 4 * HOUR)
        made.state = "accepted" if who == giver else "offered"
        self.promises.append(made)
        return True

    def act(self, op: str, actor: str, each: Promise) -> bool:
        """Whether `actor` may; then it is done."""
        receives = actor == BOSS or actor in each.receivers
        gives = actor in (BOSS, each.giver)
        over, state = each.over(self.now), each.state
        if op == "accept" and state in ("offered", "dropped") and receives and not over:
            if each.team and actor == BOSS:
                return False
            each.who = actor if each.team else each.who
            return self._to(each, "accepted", late=self.now > each.accept_by)
        if op == "refuse" and state == "offered" and receives:
            return self._to(each, "refused", late=self.now > each.accept_by)
        if op == "keep" and state == "accepted" and not over and receives:
            return self._to(each, "kept")
        if op == "keep" and (state == "broken" or (state == "accepted" and over)) and not each.late:
            each.late = receives or gives
            return each.late and self._to(each, "broken")
        if op == "break" and (state == "broken" or (state == "accepted" and over)):
            return self._explain(each, may=(receives or gives) and not each.explained)
        if op == "break" and state == "accepted":
            return self._explain(each, may=receives)
        if (
            op == "withdraw"
            and gives
            and (state in ("offered", "refused", "dropped") or (state == "accepted" and not over))
        ):
            each.former = state
            if state == "offered" and self.now > each.accept_by:
                each.former = "dropped"
            return self._to(each, "withdrawn", late=each.former == "dropped")
        if op == "pass":
            return self._pass(each, actor, receives=receives, gives=gives)
        return op == "take back" and self._take_back(each, actor, receives=receives, gives=gives)

    def _explain(self, each: Promise, *, may: bool) -> bool:
        each.explained = each.explained or may
        return may and self._to(each, "broken")

    def _pass(self, each: Promise, actor: str, *, receives: bool, gives: bool) -> bool:
        returned = each.state in ("refused", "dropped")
        if not (gives if returned else receives and each.state == "accepted" and not each.over(self.now)):
            return False
        if not self.make(actor, "Ewa", each.by):
            return False
        each.former, each.next = each.state, self.promises[-1]
        return self._to(each, "passed")

    def _take_back(self, each: Promise, actor: str, *, receives: bool, gives: bool) -> bool:
        state, over = each.state, each.over(self.now)
        if state in ("accepted", "refused") and receives:
            each.who = None if each.team else each.who
            each.dropped = False
            return self._to(each, "offered")
        if state == "kept" or (state == "broken" and not over):
            each.late = each.late and not receives
            each.explained = each.explained and not receives
            return receives and self._to(each, "accepted")
        if state == "withdrawn" and gives:
            return self._to(each, each.former)
        if state == "passed" and (receives or gives) and each.next is not None:
            if each.next.state == "offered":
                if actor not in (BOSS, each.next.giver):
                    return False
                self.act("withdraw", actor, each.next)
            elif each.next.state != "withdrawn":
                return False
            return self._to(each, each.former)
        return False

    def watch(self) -> None:
        """Time alone."""
        for each in self.promises:
            if each.state == "offered" and each.accept_by < self.now:
                self._to(each, "dropped", late=True)
            elif each.state == "accepted" and each.over(self.now):
                self._to(each, "broken")

    def _to(self, each: Promise, state: str, *, late: bool = False) -> bool:
        each.state, each.dropped = state, each.dropped or late
        return True


def _act(handovers: Handovers, op: str, number: int) -> None:
    if op == "accept":
        handovers.accept(number)
    elif op == "refuse":
        handovers.refuse(number, "no")
    elif op == "keep":
        handovers.keep(number)
    elif op == "break":
        handovers.break_promise(number, "no van")
    elif op == "withdraw":
        handovers.withdraw(number, "not needed")
    elif op == "pass":
        handovers.pass_on(number, to="Ewa")
    else:
        handovers.take_back(number)


def _step(
    crm: Crm, clock: FakeClock, reference: Reference, step: tuple[str, str, Any], numbers: list[int]
) -> None:
    """The same step in both; either both do it, or neither."""
    op, actor, what = step
    if op == "wait":
        clock.advance(hours=what)
        reference.now = clock.now()
        if what > 4:
            reference.watch()
            watch(crm)
        return
    handovers, done, expected = crm.acting_as(actor).service(Handovers), False, False
    if op != "make" and not numbers:
        return
    at = what % len(numbers) if op != "make" else 0
    with suppress(Invalid):
        if op == "make":
            to = {"team": "Fitters"} if what == "team" else {"to": what}
            handovers.make("Rye Ltd", "Bread", by=clock.now() + 24 * HOUR, **to)
        else:
            _act(handovers, op, numbers[at])
        done = True
    if op == "make":
        expected = reference.make(actor, what, clock.now() + 24 * HOUR)
    else:
        expected = reference.act(op, actor, reference.promises[at])
    assert done == expected, (step, reference.promises[at])
    newest = crm.service(Handovers).list(all=True, limit=len(reference.promises) or 1)
    numbers[:] = sorted(each.id for each in newest)[: len(reference.promises)]


def _seen(crm: Crm, handover: Handover) -> tuple[object, ...]:
    name = None if handover.employee_id is None else crm.people.get(handover.employee_id).name
    return (handover.state, name, handover.dropped_at is not None, handover.done_late)


@pytest.fixture
def crm_toml() -> str:
    """Always open, with an hour of grace."""
    return TOML


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_as_the_reference_says(bakery: Crm, clock: FakeClock, steps: list[tuple[str, str, Any]]) -> None:
    """Whoever does whatever whenever: both allow the same, and lead to the same."""
    reference, numbers = Reference(now=clock.now()), list[int]()
    for step in steps:
        _step(bakery, clock, reference, step, numbers)
        found = [bakery.service(Handovers).get(each) for each in numbers]
        assert [_seen(bakery, each) for each in found] == [
            (each.state, each.who, each.dropped, each.late) for each in reference.promises
        ], step
        for each in found:
            settled = each.state in ("kept", "withdrawn", "passed") or each.done_late
            assert (each.settled_at is not None) >= settled
            assert (each.next_at is not None) == (each.state in ("offered", "accepted"))
            assert (each.accepted_at is not None) >= (each.state in ("accepted", "kept", "broken"))
            assert (each.broken_at is not None) == (each.state == "broken")
