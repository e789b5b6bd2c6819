"""Leaving the house: few at once, as quickly as they may, and only what nobody has stopped since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy as sa

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.effects.rating import Rates
from crmkit.core.errors import Conflict, Invalid, NotFound, StoreError
from crmkit.core.model.strategy import HandedOver
from crmkit.plugin import Rate
from tests.core.effects.outside import Outside

Open = Callable[..., Crm]
SECOND = 1_000_000
AT_ONCE = 8
_PURPOSE = '[purposes.orders]\ntype = "service"\n'
_RULE = '[rules.sending]\nrun = "daily at 09:00"\ncourier = ""\n'


@contextmanager
def at_door(outside: Outside, number: int, happens: Callable[[], object]) -> Iterator[None]:
    """Have this happen while the courier is at the door of that number."""
    doors: list[int] = []

    def knock() -> None:
        doors.append(1)
        if len(doors) == number:
            happens()

    outside.during().append(knock)
    try:
        yield
    finally:
        outside.during().clear()


def by_pigeon(opened: Open, outside: Outside, toml: str = _PURPOSE) -> Outside:
    """The business with a purpose, and addresses for its customers."""
    found = Outside(opened(toml=toml), outside.folder)
    for id_, name in ((1, "anna"), (2, "bea")):
        point = ContactPoint(kind="email", value=f"{name}@example.org")
        found.crm.customers.save(CustomerDraft(id=id_, contact_points=(point,)))
    return found


def settled(outside: Outside) -> int:
    """How many effects have come to an end."""
    states = outside.states()
    return sum(states.get(each, 0) for each in ("done", "failed", "unconfirmed", "skipped", "withheld"))


def test_whoever_hoards_is_stopped(outside: Outside) -> None:
    """An action that takes all it can and answers nothing gets no more: what it took is in doubt, nothing
    else has left."""
    outside.enter("hoards", *[""] * 20)
    assert outside.hand_over() == HandedOver(unconfirmed=AT_ONCE, later=21 - AT_ONCE)
    assert outside.row(1).reason == "courier.courier gave no answer"
    assert outside.delivered() == []


def test_a_list_at_a_time(outside: Outside) -> None:
    """An action may make a list of what it gets, deliver it, and answer then: it is asked again for the
    rest, and never has more on its way than it says."""
    numbers = outside.enter(*["list"] * 20)
    assert outside.hand_over() == HandedOver(done=20)
    assert outside.delivered() == numbers


def test_a_pause_stops_what_is_on_its_way(outside: Outside, clock: FakeClock) -> None:
    """Within those that are at the door at once; it goes on when it is resumed, also after 48 hours."""
    numbers, effects = outside.enter(*[""] * 40), outside.crm.effects
    with at_door(outside, 3, effects.pause):
        outside.hand_over()
    assert 3 <= len(outside.delivered()) <= AT_ONCE
    assert outside.states() == {"done": len(outside.delivered()), "pending": 40 - len(outside.delivered())}
    assert outside.hand_over() == HandedOver()
    clock.advance(days=3)
    assert outside.hand_over() == HandedOver()
    assert effects.resume().what == "everything"
    outside.hand_over()
    assert sorted(outside.delivered()) == numbers
    assert settled(outside) == 40
    with pytest.raises(Conflict, match="not paused"):
        effects.resume()


def test_a_pause_of_one_channel_or_rule(opened: Open, outside: Outside, clock: FakeClock) -> None:
    """The others go on; a pause that ends by itself needs nobody."""
    there = by_pigeon(opened, outside, _PURPOSE + _RULE)
    effects = there.crm.effects
    (pigeon,) = there.enter("", channel="courier.pigeon", purpose="orders")
    (ruled,), (other,) = there.enter("", origin="rule:sending"), there.enter("")
    effects.pause(channel="pigeon", until=clock.now() + 60 * SECOND)
    effects.pause(rule="sending")
    assert [each.what for each in effects.paused()] == ["the channel courier.pigeon", "the rule sending"]
    there.hand_over()
    assert there.delivered() == [other]
    clock.advance(minutes=1)
    there.hand_over()
    assert there.delivered() == [other, pigeon]
    effects.resume(rule="sending")
    there.hand_over()
    assert there.delivered() == [other, pigeon, ruled]
    with pytest.raises(NotFound, match="no rule"):
        effects.pause(rule="sendin")
    with pytest.raises(Invalid, match="over"):
        effects.pause(until=clock.now())


def test_cancelled_is_final(outside: Outside, clock: FakeClock) -> None:
    """What waits never goes; what comes back from its way is not tried again. The log says who did it."""
    outside.enter("busy", *[""] * 20, plan_id=7)
    effects = outside.crm.effects
    with at_door(outside, 1, lambda: effects.cancel(plan=7)):
        outside.hand_over()
    clock.advance(days=1)
    outside.hand_over()
    assert outside.row(1).state == "skipped"
    assert {row.reason for row in outside.rows().values() if row.state == "skipped"} == {
        f"cancelled by {outside.crm.actor.name}"
    }
    assert len(outside.delivered()) < AT_ONCE
    assert settled(outside) == 21
    with pytest.raises(Conflict, match="wait"):
        effects.cancel([1])
    with pytest.raises(Conflict):
        effects.retry(1)
    with outside.crm.reading() as execute:
        change = outside.crm.tables.change
        assert execute(sa.select(change.c.action).where(change.c.entity == "effect")).scalars().all() == [
            "cancelled"
        ]


def test_as_quickly_as_it_may(opened: Open, outside: Outside, clock: FakeClock) -> None:
    """A burst of three, then two in a second: what comes too early is told when its turn is, one by one."""
    there = by_pigeon(opened, outside)
    numbers = there.enter(*[""] * 9, channel="courier.pigeon", purpose="orders")
    start = clock.now()
    assert there.hand_over() == HandedOver(done=3, later=6)
    waits = [there.row(number) for number in numbers[3:]]
    assert [row.due_at - start for row in waits] == [each * SECOND // 2 for each in range(1, 7)]
    assert {(row.attempts, row.reason) for row in waits} == {
        (0, "waits for its turn: 2 a second for example.org")
    }
    clock.advance(seconds=1)
    assert there.hand_over().done == 2
    clock.advance(hours=-1)
    assert there.hand_over().done == 0
    clock.advance(hours=1, seconds=1)
    there.hand_over()
    clock.advance(days=1)
    there.hand_over()
    assert sorted(there.delivered()) == numbers


def test_a_clock_set_back_holds_nothing_up(outside: Outside) -> None:
    """A bucket that was used up in the future is empty, and fills again from now on; forward, it is full."""
    rates, rate = Rates("x"), Rate(key="k", per_second=1, burst=2)
    hour = 3_600 * SECOND
    with outside.crm.transaction() as tx:

        def drawn(now: int) -> int:
            from types import SimpleNamespace

            lines = [SimpleNamespace(rates=(rate,), outcome=None) for _ in range(5)]
            rates.draw(tx.connection, lines, now)  # type: ignore[arg-type]
            return sum(line.outcome is None for line in lines)

        assert drawn(10 * hour) == 2
        assert drawn(9 * hour) == 0
        assert drawn(9 * hour + SECOND) == 1
        assert drawn(33 * hour) == 2


def test_another_address_is_prepared_anew(opened: Open, outside: Outside) -> None:
    """Who moved while others were at the door gets it where they are now."""
    there = by_pigeon(opened, outside)
    there.enter(*[""] * AT_ONCE)
    (number,) = there.enter("", customers=(2,), channel="courier.pigeon", purpose="orders", created_at=1)
    there.change(number, origin="send:other")

    def move() -> None:
        point = ContactPoint(kind="email", value="beate@example.net", is_primary=True)
        there.crm.customers.save(CustomerDraft(id=2, name="Beate", contact_points=(point,)))

    with there.crm.transaction() as tx:  # of one kind, so that they are prepared together
        effect = there.crm.tables.effect
        tx.execute(effect.update().values(channel="courier.pigeon", purpose="orders"))
    with at_door(there, 1, move):
        there.hand_over()
    row = there.row(number)
    assert (row.state, row.recipient, row.attempts) == ("done", "beate/../x", 1)
    assert "beate" not in (there.row(1).recipient or "")


def test_plugins_are_asked_again(opened: Open, outside: Outside, clock: FakeClock) -> None:
    """A plugin that has come to object since the plan is heard at the door."""
    there = by_pigeon(opened, outside, _PURPOSE + _RULE)
    (number,) = there.enter("", origin="rule:sending", channel="courier.pigeon", purpose="orders")
    there.objections.append("anna@example.org")
    try:
        assert there.hand_over() == HandedOver(skipped=1)
    finally:
        there.objections.clear()
    assert there.row(number).reason == "the plugin courier: this one is away"


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("", "there is no rule sending any more"),
        (_RULE + "enabled = false\n", "the rule was set aside"),
        (_RULE + "ends = 2026-05-03\n", "the rule ended on 2026-05-03"),
    ],
)
def test_a_rule_at_rest_sends_nothing(opened: Open, outside: Outside, toml: str, reason: str) -> None:
    """Also what it had entered before."""
    there = Outside(opened(toml=toml), outside.folder)
    (number,) = there.enter("", origin="rule:sending")
    assert there.hand_over() == HandedOver(skipped=1)
    assert there.row(number).reason == reason


def test_rehearsing_again_stops_what_is_on_its_way(outside: Outside) -> None:
    """From the next opening on, nothing leaves the house any more."""
    outside.enter(*[""] * 20)
    with at_door(outside, 1, outside.crm.rehearsal.begin_again):
        outside.hand_over()
    assert len(outside.delivered()) == AT_ONCE
    assert {row.rehearsed for row in outside.rows().values() if row.id > AT_ONCE} == {1}


def test_a_worker_that_is_to_end(outside: Outside) -> None:
    """It ends with what is at the door; all else is due again at once, as if nobody had had it."""
    outside.enter(*[""] * 20)
    stop: list[int] = []
    with outside.crm.kernel.until(lambda: bool(stop)), at_door(outside, 2, lambda: stop.append(1)):
        assert outside.hand_over() == HandedOver(done=2)
    rows = [row for row in outside.rows().values() if row.id > 2]
    assert {(row.state, row.attempts, row.give_up_at, row.lease_until) for row in rows} == {
        ("pending", 0, None, None)
    }
    assert outside.hand_over() == HandedOver(done=18)


def test_whoever_waits_for_its_turn_keeps_nobody_else_waiting(
    opened: Open, outside: Outside, clock: FakeClock
) -> None:
    """What is due by another way leaves when it is due, and not once the last by the slow way has left."""
    there = by_pigeon(opened, outside)
    slow = there.enter(*[""] * 9, channel="courier.pigeon", purpose="orders")
    (other,) = there.enter("", due_at=clock.now() + SECOND // 10)
    start = clock.now()
    with there.crm.kernel.until(lambda: clock.now() > start + 60 * SECOND):
        there.hand_over(patient=True)
    assert there.delivered() == [*slow[:3], other, *slow[3:]]
    assert clock.now() < start + 10 * SECOND


class Mending(FakeClock):
    """A clock on which something is mended while somebody sleeps."""

    mend: Callable[[], object] | None = None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.mend is not None:
            self.mend()


@pytest.mark.parametrize("at_answer", [4, None])
def test_what_cannot_be_written_is_written_at_the_end(
    opened: Open, outside: Outside, clock: FakeClock, at_answer: int | None
) -> None:
    """A disk that takes nothing for a while costs no answer: those who are on their way end it, nobody else
    leaves, and what became of each is on record."""
    if not outside.crm.kernel.store.is_sqlite:
        pytest.skip("a disk of the server's is the server's")
    there = Outside(opened(on=(slow := Mending(clock.now()))), outside.folder)
    numbers, answers = there.enter(*["together"] * 20), []

    def disk(is_full: int) -> None:
        connection = there.crm.kernel.store.kept().connection
        connection.driver_connection.execute(f"PRAGMA query_only={is_full}")  # type: ignore[union-attr]

    def happen() -> None:
        answers.append(1)
        if len(answers) == 2:
            disk(is_full=1)
            slow.advance(seconds=2)
            slow.mend = partial(disk, 0)
        elif len(answers) == at_answer:
            disk(is_full=0)

    there.answering().append(happen)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            there.hand_over()
    finally:
        there.answering().clear()
    assert there.delivered() == numbers[:AT_ONCE]
    assert there.states() == {"done": AT_ONCE, "pending": 20 - AT_ONCE}
