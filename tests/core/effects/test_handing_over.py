"""Handing over: what is due leaves the house once, and each row says what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Conflict
from crmkit.core.model.strategy import HandedOver
from crmkit.core.worker import Worker
from tests.core.effects.outside import Outside

Open = Callable[..., Crm]
HOUR = 3_600_000_000


def notes(outside: Outside) -> list[tuple[str, str | None]]:
    """(text, effect) of each note on the timelines."""
    table = outside.crm.tables.interaction
    with outside.crm.reading() as execute:
        rows = execute(sa.select(table.c.payload, table.c.source_ref).order_by(table.c.seq))
        return [(row.payload, row.source_ref) for row in rows]


def test_each_answer_has_its_state(outside: Outside) -> None:
    """Done, refused for good, later, in doubt: what the courier says is what the row says."""
    done, refused, busy, doubt = outside.enter("", "refused", "busy", "doubt")
    assert outside.hand_over() == HandedOver(done=1, failed=1, unconfirmed=1, later=1)
    rows = [outside.row(number) for number in (done, refused, busy, doubt)]
    assert [(row.state, row.reason) for row in rows] == [
        ("done", None),
        ("failed", "no such address"),
        ("pending", "busy"),
        ("unconfirmed", "no answer"),
    ]
    assert [row.due_at is None for row in rows] == [True, True, False, True]
    assert [row.settled_at is None for row in rows] == [False, False, True, False]
    assert (rows[0].result, rows[0].recipient, rows[0].attempts) == ("to anna/../x", "anna/../x", 1)
    assert rows[0].contact_at == outside.crm.clock.now()
    assert outside.delivered() == [done]
    assert outside.hand_over() == HandedOver()


def test_what_arrived_is_noted_with_it(outside: Outside) -> None:
    """The action writes the timeline in the unit of work that settles the row; only of what arrived."""
    done, _ = outside.enter("", "refused")
    outside.hand_over()
    assert notes(outside) == [('{"text":"sent to anna/../x"}', str(done))]


def test_what_cannot_be_noted_has_arrived_all_the_same(outside: Outside) -> None:
    """A failure to write the timeline undoes nothing that has happened, and costs the others nothing."""
    first, unnoted, last = outside.enter("", "unnoted", "")
    assert outside.hand_over().done == 3
    said = "handed over, but it could not be noted: RuntimeError: no pen (courier.py:"
    assert outside.row(unnoted).reason.startswith(said)
    assert [ref for _, ref in notes(outside)] == [str(first), str(last)]


def test_only_what_is_due_goes(outside: Outside, clock: FakeClock) -> None:
    """What is for later waits; a pass of one plan leaves the others alone."""
    outside.enter("", due_at=clock.now() + HOUR)
    (of_plan,) = outside.enter("", plan_id=7)
    outside.enter("")
    assert outside.hand_over(plan=7).done == 1
    assert outside.delivered() == [of_plan]
    assert outside.hand_over().done == 1
    clock.advance(hours=1)
    assert outside.hand_over().done == 1


def test_a_pass_is_bounded(outside: Outside) -> None:
    """So many and no more, the oldest first."""
    numbers = outside.enter(*[""] * 5)
    assert outside.hand_over(limit=2).done == 2
    assert outside.delivered() == numbers[:2]


def test_not_inside_a_transaction(outside: Outside) -> None:
    """What has left the house could not be rolled back."""
    outside.enter("")
    with outside.crm.transaction(), pytest.raises(Conflict, match="inside a transaction"):
        outside.hand_over()
    assert outside.delivered() == []


def test_the_worker_does_it(outside: Outside) -> None:
    """The job `effects` hands over what is due, for crmkit itself."""
    outside.enter("", customers=(1, 2, 3))
    Worker(outside.crm.kernel).drain()
    assert outside.states() == {"done": 3}


def test_a_break_in_the_middle(outside: Outside, clock: FakeClock) -> None:
    """What was answered before is settled; of what was taken nobody knows, and it is not tried again; what
    was not taken has not left, and is."""
    numbers = outside.enter("", "breaks", "")
    assert outside.hand_over() == HandedOver(done=1, unconfirmed=1, later=1)
    rows = [outside.row(number) for number in numbers]
    assert [row.reason for row in rows] == [
        None,
        "ConnectionError: line broke",
        "ConnectionError: line broke",
    ]
    assert [row.state for row in rows] == ["done", "unconfirmed", "pending"]
    assert outside.hand_over() == HandedOver()
    clock.advance(minutes=2)
    assert outside.hand_over() == HandedOver(done=1)
    assert outside.delivered() == [numbers[0], numbers[2]]


def test_a_break_of_what_can_be_repeated(outside: Outside, clock: FakeClock) -> None:
    """Where the other side notices repetitions, the rest is tried again."""
    done, broken, rest = outside.enter("", "breaks", "", action="courier.again")
    assert outside.hand_over() == HandedOver(done=1, later=2)
    outside.change(broken, params="{}")
    clock.advance(minutes=2)
    assert outside.hand_over().done == 2
    assert outside.delivered() == [done, broken, rest]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("mute", "courier.courier gave no answer"),
        ("nonsense", "courier.courier answered with \"'delivered'\""),
    ],
)
def test_no_answer_is_a_doubt(outside: Outside, how: str, reason: str) -> None:
    """Nothing, or nonsense: nobody knows whether it arrived, and the reason names the action."""
    before, odd = outside.enter("", how)
    assert outside.hand_over() == HandedOver(done=1, unconfirmed=1)
    assert outside.row(before).state == "done"
    assert (outside.row(odd).state, outside.row(odd).reason) == ("unconfirmed", reason)


def test_the_first_answer_counts(outside: Outside) -> None:
    """What is said about the same parcel once more changes nothing."""
    (number,) = outside.enter("twice")
    outside.hand_over()
    assert (outside.row(number).state, outside.row(number).result) == ("done", "first")


def test_nothing_to_hand_over(outside: Outside, clock: FakeClock) -> None:
    """What the action refuses to prepare has failed, what it forgets too; what only goes wrong is tried
    again, and costs the others nothing."""
    refused, silent, unprepared, done = outside.enter("nothing", "silent", "unprepared", "")
    assert outside.hand_over() == HandedOver(done=1, failed=2, later=1)
    assert outside.row(refused).reason == "nothing to send"
    assert outside.row(silent).reason == "courier.courier has prepared nothing"
    assert outside.row(unprepared).reason.startswith("RuntimeError: no ink (courier.py:")
    assert outside.delivered() == [done]
    outside.change(unprepared, params="{}")
    clock.advance(minutes=2)
    assert outside.hand_over().done == 1


def test_parameters_of_another_version(outside: Outside) -> None:
    """Parameters that the action does not take any more: failed, with the reason."""
    (number,) = outside.enter("")
    outside.change(number, params='{"speed": 3}')
    assert outside.hand_over().failed == 1
    assert "does not understand its parameters" in outside.row(number).reason


def test_preparing_only_reads(outside: Outside, clock: FakeClock) -> None:
    """An action that writes while it prepares is refused; nothing is written, nothing goes out."""
    (number,) = outside.enter("writes")
    assert outside.hand_over() == HandedOver(later=1)
    assert "Nothing is written while a plan is made" in outside.row(number).reason
    assert outside.crm.customers.get(1).tags == ()
    assert outside.delivered() == []


def test_later_and_later(outside: Outside, clock: FakeClock) -> None:
    """The pause grows from try to try; after 48 hours it is given up, and says how often it was tried."""
    (number,) = outside.enter("busy")
    pauses: list[float] = []
    while outside.row(number).state == "pending" and len(pauses) < 50:
        clock.set(max(clock.now(), outside.row(number).due_at))
        start = clock.now()
        outside.hand_over()
        pauses.append(((outside.row(number).due_at or start) - start) / 60_000_000)
    expected = [1, 5, 15, 60, 180, 180]
    assert [0.8 * each <= pause <= 1.2 * each for each, pause in zip(expected, pauses, strict=False)] == [
        True
    ] * 6
    row = outside.row(number)
    assert (row.state, row.attempts) == ("failed", len(pauses))
    assert row.reason == f"given up after {len(pauses)} tries in 48 hours: busy"
    assert 47 * HOUR <= row.settled_at - row.created_at <= 52 * HOUR
    assert outside.delivered() == []


def test_later_by_so_much(outside: Outside, clock: FakeClock) -> None:
    """The other side may say when to come again."""
    (number,) = outside.enter("soon")
    outside.hand_over()
    assert outside.row(number).due_at == clock.now() + 5_000_000


def test_what_was_never_due_is_not_given_up(outside: Outside, clock: FakeClock) -> None:
    """The 48 hours begin with the first try, not when it was entered."""
    (number,) = outside.enter("busy", due_at=clock.now() + 100 * HOUR)
    clock.advance(hours=101)
    outside.hand_over()
    assert outside.row(number).state == "pending"


def test_an_action_whose_plugin_is_gone(outside: Outside, opened: Open, clock: FakeClock) -> None:
    """It waits, and says for what, however long that takes; then it goes out."""
    (number,) = outside.enter("")
    without = Outside(opened(plugins=()), outside.folder)
    for _ in range(3):
        assert without.hand_over() == HandedOver(later=1)
        assert without.hand_over() == HandedOver()
        clock.advance(days=1)
    row = without.row(number)
    assert (row.state, row.attempts, row.give_up_at) == ("pending", 0, None)
    assert row.reason == "waits for the plugin that brings the action courier"
    assert outside.hand_over().done == 1


def test_customers_who_are_not_what_they_were(outside: Outside) -> None:
    """Erased, archived: left out, with the reason. Merged: it goes to whom they are now, once."""
    erased, archived, merged = outside.enter("", customers=(1, 2, 3))
    crm = outside.crm
    survivor = crm.customers.save(CustomerDraft(name="Cela")).id
    crm.privacy.erase(1)
    crm.customers.archive(2)
    crm.merging.merge(survivor, 3)
    assert outside.hand_over() == HandedOver(done=1, skipped=2)
    rows = [outside.row(number) for number in (erased, archived, merged)]
    assert [(row.state, row.reason) for row in rows] == [
        ("skipped", "erased"),
        ("skipped", "archived"),
        ("done", None),
    ]
    assert rows[2].customer_id == survivor


def test_erased_on_the_way(outside: Outside) -> None:
    """Who is erased while others are on their way is left out of the next batch; what is known is settled."""
    numbers = outside.enter("", customers=(1, 2))
    outside.during().append(lambda: outside.crm.privacy.erase(2) if outside.row(2).customer_id else None)
    try:
        outside.hand_over(limit=1)
    finally:
        outside.during().clear()
    assert outside.hand_over() == HandedOver(skipped=1)
    assert outside.delivered() == numbers[:1]


def test_erased_or_merged_at_the_door(outside: Outside) -> None:
    """What was said of whoever is erased is not kept; whoever is merged has it noted at the other."""
    crm = outside.crm
    erased, merged = outside.enter("", customers=(1, 3))

    def happen() -> None:
        if outside.row(erased).customer_id is not None:
            crm.privacy.erase(1)
            crm.merging.merge(2, 3)

    outside.during().append(happen)
    try:
        assert outside.hand_over() == HandedOver(done=2)
    finally:
        outside.during().clear()
    gone = outside.row(erased)
    assert (gone.customer_id, gone.recipient, gone.result, gone.reason) == (None, None, None, None)
    assert outside.row(merged).customer_id == 2
    with crm.reading() as execute:
        noted = crm.tables.interaction.c
        assert execute(sa.select(noted.customer_id).where(noted.source == "send:sending")).all() == [(2,)]


def test_a_late_answer_is_dropped(
    outside: Outside, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever was taken for dead and answers after all changes nothing: the row is no longer theirs."""
    numbers = outside.enter("", "")

    def stall() -> None:
        clock.advance(hours=1)
        assert outside.hand_over() == HandedOver(recovered=2)

    outside.during().append(stall)
    with caplog.at_level(logging.WARNING, "crmkit.effects"):
        try:
            assert outside.hand_over() == HandedOver()
        finally:
            outside.during().clear()
    assert "too late" in caplog.text
    assert outside.states() == {"unconfirmed": 2}
    assert "interrupted while it was handed over" in outside.row(numbers[0]).reason
    assert notes(outside) == []


def test_a_lease_is_renewed(outside: Outside, clock: FakeClock) -> None:
    """A slow courier who answers now and then is not taken for dead."""
    outside.enter(*[""] * 6)

    def dawdle() -> None:
        clock.advance(minutes=4)
        outside.hand_over()

    outside.during().append(dawdle)
    try:
        assert outside.hand_over().done == 6
    finally:
        outside.during().clear()
    assert outside.states() == {"done": 6}


def test_whoever_only_claimed_leaves_nothing_behind(outside: Outside, clock: FakeClock) -> None:
    """Claimed and no more: it is due again when the lease is over, and not before."""
    (number,) = outside.enter("")
    outside.change(number, state="claimed", lease_until=clock.now() + 300_000_000, token=1)
    assert outside.hand_over() == HandedOver()
    clock.advance(minutes=6)
    assert outside.hand_over() == HandedOver(done=1, recovered=1)
    assert outside.row(number).token == 2


def test_interrupted_while_it_was_handed_over(outside: Outside, clock: FakeClock) -> None:
    """What may have arrived is unconfirmed, unless the other side notices repetitions."""
    once, again = outside.enter("")[0], outside.enter("", action="courier.again")[0]
    for number in (once, again):
        outside.change(number, state="handing_over", lease_until=clock.now() - 1, token=1, attempts=1)
    assert outside.hand_over() == HandedOver(recovered=2)
    clock.advance(minutes=2)
    assert outside.hand_over() == HandedOver(done=1)
    assert [outside.row(number).state for number in (once, again)] == ["unconfirmed", "done"]


@pytest.mark.parametrize("hours", [-1, 24])
def test_the_clock_is_set(outside: Outside, clock: FakeClock, hours: int) -> None:
    """Back by an hour or forward by a day, also in the middle: nothing goes out twice."""
    numbers = outside.enter(*[""] * 4)
    outside.enter("", due_at=clock.now() + 48 * HOUR)
    moves = [hours]

    def move() -> None:
        if moves:
            clock.advance(hours=moves.pop())

    outside.during().append(move)
    try:
        outside.hand_over()
    finally:
        outside.during().clear()
    clock.advance(hours=-hours)
    outside.hand_over()
    clock.advance(hours=2)
    outside.hand_over()
    assert outside.delivered() == numbers
    assert outside.states() == {"done": 4, "pending": 1}


def test_the_gates_are_asked_once_more(opened: Open, outside: Outside) -> None:
    """Marketing to somebody who has not agreed is left out, with the reason."""
    crm = opened(toml='[purposes.offers]\ntype = "marketing"\n')
    marketing = Outside(crm, outside.folder)
    (number,) = marketing.enter("", channel="email", purpose="offers")
    assert marketing.hand_over() == HandedOver(skipped=1)
    assert "agreed" in marketing.row(number).reason or "consent" in marketing.row(number).reason
    assert marketing.delivered() == []
