"""Rules whose acts reach outside: what waits or is in doubt counts, and an undo holds it back."""

from __future__ import annotations

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Conflict
from crmkit.core.undo.values import UndoReceipt
from tests.core.effects.conftest import Open
from tests.core.effects.outside import Outside

_RULE = '[rules.sending]\nrun = "daily at 09:00"\ncourier = "{how}"\n'
_NOT_AGAIN = 'not_again_for = "30 days"\n'


def _with_rule(opened: Open, outside: Outside, how: str, more: str = "") -> Crm:
    outside.crm = opened(toml=_RULE.format(how=how) + more)
    return outside.crm


@pytest.mark.parametrize("how", ["doubt", "busy"])
def test_what_may_arrive_counts_as_done(opened: Open, outside: Outside, clock: FakeClock, how: str) -> None:
    """Nobody gets a second one because the first still waits, or is in doubt."""
    crm = _with_rule(opened, outside, how, _NOT_AGAIN)
    crm.strategy.apply(crm.strategy.plan().number)
    clock.advance(days=1)
    made = crm.strategy.plan()
    assert dict(made.rules[0].dropped) == {"not again yet": 3}
    assert crm.strategy.acts(made.number)[0].reason == "begun on 2026-05-04, not again for 30 days"


def test_a_rehearsal_counts_until_it_is_real(opened: Open, outside: Outside, clock: FakeClock) -> None:
    """Gone live, whoever was only rehearsed for gets theirs."""
    crm = _with_rule(opened, outside, "", _NOT_AGAIN)
    crm.rehearsal.begin_again()
    crm.strategy.apply(crm.strategy.plan().number)
    clock.advance(days=1)
    assert crm.strategy.plan().acts == 0
    crm.rehearsal.end()
    assert crm.strategy.plan().acts == 3


def test_what_failed_in_a_rehearsal_is_done_when_it_is_real(opened: Open, outside: Outside) -> None:
    """A mistake that a rehearsal has shown costs nobody their letter; the real one is not sent beside it."""
    crm = _with_rule(opened, outside, "nothing", 'once = "ever"\n')
    crm.rehearsal.begin_again()
    assert crm.strategy.apply(crm.strategy.plan().number).handed.failed == 3
    assert crm.strategy.plan().acts == 0
    crm.rehearsal.end()
    crm = _with_rule(opened, outside, "", 'once = "ever"\n')
    assert crm.strategy.apply(crm.strategy.plan().number).handed.done == 3
    with pytest.raises(Conflict, match="effect 4 is the real one"):
        crm.effects.retry(1)


def test_what_comes_back_of_an_undone_plan_stays(opened: Open, outside: Outside, clock: FakeClock) -> None:
    """On its way while the plan was undone, and to be tried again: it never goes out."""
    crm = _with_rule(opened, outside, "busy")
    made = crm.strategy.plan()
    receipts: list[UndoReceipt] = []

    def undo() -> None:
        if not receipts:
            receipts.append(crm.undo.undo(made.ref))

    outside.during().append(undo)
    try:
        crm.strategy.apply(made.number)
    finally:
        outside.during().clear()
    assert {each.reason for each in receipts[0].left} == {"it is being handed over right now"}
    for number in (1, 2, 3):
        outside.change(number, params='{"how": ""}')
    clock.advance(hours=1)
    assert outside.hand_over().skipped == 3
    assert outside.row(1).reason == f"{made.ref} was taken back"
    assert outside.delivered() == []


def test_an_undo_tells_of_what_is_in_doubt(opened: Open, outside: Outside) -> None:
    """It may have arrived; and it is not sent again by a plan that was undone."""
    crm = _with_rule(opened, outside, "doubt")
    made = crm.strategy.plan()
    crm.strategy.apply(made.number)
    left = crm.undo.undo(made.ref).left
    assert [each.customer_id for each in left] == [1, 2, 3]
    assert {each.reason for each in left} == {"nobody knows whether it has reached the world outside"}
    with pytest.raises(Conflict, match="which was undone"):
        crm.effects.resolve(1, "retry")
    assert crm.effects.resolve(1, "failed").state == "failed"


def test_the_last_plan_is_the_one_that_was_applied_last(
    opened: Open, outside: Outside, clock: FakeClock
) -> None:
    """Also while all of it still waits; and never one that was undone, though its letters are out."""
    crm = _with_rule(opened, outside, "")
    sent = crm.strategy.plan()
    crm.strategy.apply(sent.number)
    clock.advance(days=1)
    crm = _with_rule(opened, outside, "busy")
    waits = crm.strategy.plan()
    crm.strategy.apply(waits.number)
    for made in (waits, sent):
        last = crm.undo.last()
        assert last is not None
        assert last.ref == made.ref
        crm.undo.undo(made.ref)
    assert crm.undo.last() is None


def test_today_forgets_what_failed_long_ago(outside: Outside, clock: FakeClock) -> None:
    """For a week it is the day's work; nobody can settle it, so it must not stay there for ever."""

    def said() -> list[str]:
        return [each.what for each in outside.crm.today().due if "handed over" in each.what]

    outside.enter("refused")
    outside.hand_over()
    assert said() == ["1 could not be handed over"]
    clock.advance(days=8)
    assert said() == []
