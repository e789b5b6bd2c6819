"""What people ask of the ledger, and what they decide about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.effects.checks import effect_checks
from crmkit.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.core.effects.outside import Outside

Open = Callable[..., Crm]


def findings(crm: Crm) -> list[str]:
    """What the doctor says about the ledger."""
    return [finding.message for check in effect_checks() for finding in check.run(crm)]


def test_listing(outside: Outside) -> None:
    """By state, rule, customer and plan, the newest first, page by page."""
    done, refused = outside.enter("", "refused")
    (other,) = outside.enter("", customers=(2,), origin="rule:other", plan_id=3)
    outside.hand_over()
    effects = outside.crm.effects

    def numbers(**given: object) -> list[int]:
        return [each.number for each in effects.list(**given)]  # type: ignore[arg-type]

    assert numbers() == [other, refused, done]
    assert numbers(state="done") == [done]
    assert numbers(state=("done", "failed"), customer="Anna") == [refused, done]
    assert numbers(rule="other") == [other]
    assert (numbers(customer="Bea"), numbers(plan=3)) == ([other], [other])
    assert (numbers(limit=1), numbers(after=other, limit=1)) == ([other], [refused])
    found = effects.get(done)
    assert (found.says, found.rule, found.recipient, found.ref) == (
        "courier: ",
        None,
        "anna/../x",
        f"effect:{done}",
    )
    with pytest.raises(Invalid, match='"dome" is none of the states') as raised:
        effects.list(state="dome")
    assert raised.value.hint == 'Did you mean "done"?'
    with pytest.raises(NotFound, match="no effect 99"):
        effects.get(99)


def test_who_may(outside: Outside) -> None:
    """Deciding needs the right to apply plans; what is of customers whom one does not see is not there."""
    people, (number,) = outside.crm.people, outside.enter("doubt")
    outside.hand_over()
    viewer = outside.crm.acting_as(str(people.add("Vera", role="viewer").id))
    assert viewer.effects.get(number).state == "unconfirmed"
    decisions: list[Callable[[], object]] = [
        lambda: viewer.effects.resolve(number, "done"),
        lambda: viewer.effects.retry(number),
        viewer.effects.hand_over,
    ]
    for decide in decisions:
        with pytest.raises(NotAllowed):
            decide()
    seller = outside.crm.acting_as(str(people.add("Sara", role="seller").id))
    assert seller.effects.list() == ()
    with pytest.raises(NotFound):
        seller.effects.resolve(number, "done")
    outside.crm.customers.save(CustomerDraft(id=1, owner_id=seller.actor.id))
    assert seller.effects.resolve(number, "done").state == "done"


def test_a_retry_really_sends(outside: Outside, clock: FakeClock) -> None:
    """What was given up has another 48 hours, and counts on."""
    (number,) = outside.enter("refused")
    outside.hand_over()
    outside.change(number, params="{}", give_up_at=1)
    clock.advance(days=30)
    found = outside.crm.effects.retry(number)
    assert (found.state, found.attempts, found.due_at) == ("pending", 1, clock.now())
    assert outside.hand_over().done == 1
    assert outside.row(number).attempts == 2
    with pytest.raises(Conflict, match=f"Effect {number} is done, and not failed"):
        outside.crm.effects.retry(number)


def test_what_cannot_be_retried(outside: Outside, opened: Open) -> None:
    """What does not reach outside, what is of nobody any more, and what no plugin knows."""
    internal = outside.enter("", action="tag.add", state="failed", due_at=None)[0]
    gone = outside.enter("", state="failed", due_at=None, customers=(2,))[0]
    outside.crm.privacy.erase(2)
    for number, said in ((internal, "does not reach outside"), (gone, "was erased since")):
        with pytest.raises(Conflict, match=said):
            outside.crm.effects.retry(number)
    (failed,) = outside.enter("", state="failed", due_at=None)
    with pytest.raises(Conflict, match="is not in use"):
        opened(plugins=()).effects.retry(failed)


def test_a_person_settles_doubt(outside: Outside) -> None:
    """It has arrived, and the timeline tells it; it has not; or it is sent again, as a person says."""
    done, failed, again = outside.enter("doubt", "doubt", "doubt")
    outside.hand_over()
    effects = outside.crm.effects
    assert effects.resolve(done, "done").state == "done"
    assert effects.resolve(failed, "failed").reason == "no answer"
    outside.change(again, params="{}")
    assert effects.resolve(again, "retry").state == "pending"
    assert outside.hand_over().done == 1
    assert outside.delivered() == [again]
    table = outside.crm.tables.interaction
    with outside.crm.reading() as execute:
        noted = [row.source_ref for row in execute(table.select().order_by(table.c.seq))]
    assert noted == [str(done), str(again)]
    with pytest.raises(Conflict, match="and not unconfirmed"):
        effects.resolve(done, "retry")
    with pytest.raises(Invalid, match="sent"):
        effects.resolve(done, "sent")


def test_the_doctor(outside: Outside, opened: Open, clock: FakeClock) -> None:
    """In doubt, failed, waiting for a plugin, and left lying: each is said, with what to do."""
    assert findings(outside.crm) == []
    outside.enter("doubt", "doubt", "refused", "nothing")
    outside.hand_over()
    outside.enter("")
    assert findings(outside.crm) == [
        "2 effects are unconfirmed: nobody knows whether they have arrived",
        "1 effect has failed within a week",
    ]
    clock.advance(days=8)
    assert findings(opened(plugins=())) == [
        "2 effects are unconfirmed: nobody knows whether they have arrived",
        "1 effect waits for the plugin that brings the action courier",
        "1 effect has been due for more than an hour",
    ]


def test_what_was_rehearsed_is_a_state_of_its_own(outside: Outside) -> None:
    """A list of what was done leaves out what only went into files, and the other way round."""
    (number,) = outside.enter("")
    outside.hand_over()
    effects, effect = outside.crm.effects, outside.crm.tables.effect
    assert not effects.list(state="rehearsed")
    with outside.crm.transaction() as tx:
        tx.execute(effect.update().values(rehearsed=1))
    assert [each.number for each in effects.list(state="rehearsed")] == [number]
    assert not effects.list(state="done")
    assert [each.number for each in effects.list(state=("done", "rehearsed"))] == [number]
