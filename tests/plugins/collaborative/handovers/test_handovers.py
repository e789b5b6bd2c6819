"""Promises from hand to hand: who may do what, whoever saves them, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft, Invalid, NotFound
from crmkit.core.clock import FakeClock
from crmkit.core.worker import Worker
from crmkit.plugins.collaborative.api import Handovers
from crmkit.plugins.collaborative.handovers.watching import watch
from crmkit.plugins.collaborative.handovers.when import parse_by
from tests.plugins.collaborative.handovers.conftest import DAY, FIVE, HOUR, NINE

FRIDAY = FIVE + 4 * DAY


def _by(crm: Crm, name: str | None) -> Handovers:
    return crm.acting_as(name).service(Handovers)


def _told(crm: Crm, customer: str | int = "Łucja Żak") -> list[str]:
    """What is on the timeline, oldest first."""
    return [each.type for each in crm.interactions.timeline(customer, limit=100).interactions][::-1]


def _refused(match: str, call: Callable[..., object], *arguments: Any, **named: Any) -> None:
    with pytest.raises(Invalid, match=match):
        call(*arguments, **named)


def test_a_promise_is_handed_over_and_kept(bakery_both: Crm, clock: FakeClock) -> None:
    """From making to keeping: its times are those of the working hours, and each step is told once."""
    anna, piotr = _by(bakery_both, "Anna"), _by(bakery_both, "Piotr")
    made = anna.make("Łucja Żak", " We deliver on Friday ", by="friday", to="Piotr", told=True)
    assert (made.promise, made.state, made.team) == ("We deliver on Friday", "offered", "Fitters")
    assert (made.by, made.accept_by, made.next_at) == (FRIDAY, NINE + 4 * HOUR, NINE + 4 * HOUR)
    clock.advance(hours=2)
    accepted = piotr.accept(made.id)
    assert (accepted.state, accepted.accept_minutes, accepted.next_at) == ("accepted", 120, FRIDAY)
    assert accepted.accepted_at == clock.now()
    clock.advance(days=3)
    kept = piotr.keep(made.id, "By van")
    assert (kept.state, kept.settled_at, kept.note, kept.next_at) == ("kept", clock.now(), "By van", None)
    assert not watch(bakery_both)
    assert _told(bakery_both) == ["handover.made", "handover.told", "handover.accepted", "handover.kept"]
    assert bakery_both.predicates.count("exists(handover.kept, last 7 days)") == 1


def test_only_who_is_concerned_may_act(bakery_both: Crm, clock: FakeClock) -> None:
    """Another clerk cannot accept, keep, break or withdraw, by the service or by records; an administrator
    can."""
    made = _by(bakery_both, "Anna").make("Rye Ltd", "Oven on Tuesday", by="tomorrow", to="Piotr")
    for name in ("Anna", "Ewa"):
        _refused("Only who was given it", _by(bakery_both, name).accept, made.id)
        _refused("Only who was given it", _by(bakery_both, name).refuse, made.id, "no")
    _refused("Only who gave it", _by(bakery_both, "Piotr").withdraw, made.id)
    _refused("cannot move", _by(bakery_both, "Piotr").keep, made.id)
    records = bakery_both.acting_as("Ewa").records
    for state in ("accepted", "dropped"):
        with pytest.raises(Exception, match=r"Only who|still time"):
            records.move("handover", made.id, state)
    for fields in ({"accepted_at": NINE}, {"settled_at": NINE}, {"next_at": 0}, {"to_tell": "made"}):
        with pytest.raises(Exception, match="set by itself"):
            records.update("handover", made.id, fields)
    with pytest.raises(Exception, match="gives it to somebody else"):
        records.update("handover", made.id, owner="Ewa")
    assert _by(bakery_both, "Ola").accept(made.id).employee_id == made.employee_id
    _refused("accepted already", _by(bakery_both, "Ola").accept, made.id)
    with pytest.raises(Exception, match="so by stays"):
        bakery_both.records.update("handover", made.id, {"by": NINE + 9 * DAY})
    _refused("needs a reason", _by(bakery_both, "Anna").withdraw, made.id)
    _refused("needs a reason", _by(bakery_both, "Piotr").break_promise, made.id, " ")
    _refused("Only who", _by(bakery_both, "Ewa").break_promise, made.id, "no van")
    assert _by(bakery_both, "Piotr").break_promise(made.id, "no van").settled_at == clock.now()
    assert "handover.broken" in _told(bakery_both, "Rye Ltd")


def test_a_refusal_is_on_record(bakery: Crm) -> None:
    """Whoever looks at the customer sees that the promise was handed back, and rules can hear of it."""
    piotr = _by(bakery, "Piotr")
    piotr.refuse(_by(bakery, "Anna").make("Łucja Żak", "Rolls", by="friday", to="Piotr").id, "No flour")
    assert _told(bakery) == ["handover.made", "handover.refused"]
    assert bakery.predicates.members("exists(handover.refused)") == [1]


def test_a_team_is_given_a_promise(bakery: Crm) -> None:
    """One of the team accepts it and has it then; who is not in it cannot, and an administrator says who."""
    made = _by(bakery, "Anna").make("Rye Ltd", "Call back", by="2 days", team="fitters")
    assert (made.employee_id, made.to_team, made.by) == (None, "Fitters", FIVE + 2 * DAY)
    assert [each.id for each in _by(bakery, "Ewa").list(mine=True)] == [made.id]
    assert _by(bakery, "Anna").list(mine=True) == ()
    assert [each.id for each in _by(bakery, "Anna").list(made=True)] == [made.id]
    _refused("Say who", _by(bakery, "Ola").accept, made.id)
    _refused("not in the team", _by(bakery, "Ola").accept, made.id, as_="Anna")
    ewa = bakery.people.get("Ewa").id
    assert _by(bakery, "Ola").accept(made.id, as_="Ewa").employee_id == ewa
    back = _by(bakery, "Ewa").take_back(made.id)
    assert (back.state, back.employee_id, back.accepted_at) == ("offered", None, None)
    assert _by(bakery, "Piotr").refuse(made.id, "All vans are out").state == "refused"
    assert [each.id for each in _by(bakery, "Anna").list(made=True)] == [made.id]
    assert _by(bakery, "Piotr").list(mine=True) == ()
    passed = _by(bakery, "Anna").pass_on(made.id, to="Ewa")
    assert (passed.passed_from, passed.by) == (made.ref, made.by)
    assert _by(bakery, "Anna").get(made.id).passed_to == passed.ref
    with pytest.raises(Exception, match="is in its place"):
        bakery.acting_as("Anna").records.move("handover", made.id, "refused")
    assert _by(bakery, "Anna").take_back(made.id).state == "refused"
    assert _by(bakery, "Ewa").get(passed.id).state == "withdrawn"


def test_who_does_not_see_the_customer_is_not_given_it(bakery: Crm) -> None:
    """Neither at making, nor by passing on, nor by changing the owner; and of a team one has to see them."""
    anna = _by(bakery, "Anna")
    _refused("Jan does not see this customer", anna.make, "Rye Ltd", "Bread", by="friday", to="Jan")
    bakery.people.add_team("Night")
    _refused('Nobody is in the team "Night"', anna.make, "Rye Ltd", "Bread", by="friday", team="Night")
    bakery.people.join("Jan", "Night")
    _refused("Nobody in the team", anna.make, "Rye Ltd", "Bread", by="friday", team="Night")
    made = anna.make("Rye Ltd", "Bread", by="friday", to="Piotr")
    with pytest.raises(Exception, match="does not see"):
        bakery.records.update("handover", made.id, owner="Jan")
    _by(bakery, "Piotr").accept(made.id)
    _refused("does not see", _by(bakery, "Piotr").pass_on, made.id, to="Jan")
    assert _by(bakery, "Piotr").get(made.id).state == "accepted"
    with pytest.raises(NotFound):
        _by(bakery, "Jan").get(made.id)
    assert _by(bakery, "Jan").list(all=True) == ()
    own = bakery.customers.save(CustomerDraft(name="Own", owner_id=bakery.people.get("Jan").id)).id
    assert anna.make(own, "Bread", by="friday", to="Jan").state == "offered"


def test_what_a_promise_must_say(bakery: Crm) -> None:
    """One receiver, a time ahead, a record of the same customer; only an administrator speaks for others."""
    anna = _by(bakery, "Anna")
    for match, given in (
        ("to one employee, or to one team", {"by": "friday"}),
        ("to one employee, or to one team", {"by": "friday", "to": "Piotr", "team": "Fitters"}),
        ("no team", {"by": "friday", "team": "Bakers"}),
        ("no time", {"by": "soon", "to": "Piotr"}),
        ("lies ahead", {"by": "today 08:00", "to": "Piotr"}),
        ("between now", {"by": "today", "to": "Piotr", "accept_by": "tomorrow"}),
        ("could be about", {"by": "friday", "to": "Piotr", "about": "task:7"}),
        ("Only Ewa or an administrator", {"by": "friday", "to": "Piotr", "giver": "Ewa"}),
    ):
        _refused(match, anna.make, "Rye Ltd", "Bread", **given)
    _refused("what is promised", anna.make, "Rye Ltd", " ", by="friday", to="Piotr")
    bakery.people.deactivate("Ewa")
    _refused("no longer works here", anna.make, "Rye Ltd", "Bread", by="friday", to="Ewa")
    task = bakery.records.add("task", "Łucja Żak", {"subject": "Oven"})
    _refused("could be about", anna.make, "Rye Ltd", "Bread", by="friday", to="Piotr", about=task.ref)
    assert anna.make("Łucja Żak", "Bread", by="friday", to="Piotr", about=task.ref).about == task.ref
    own = anna.make("Rye Ltd", "Bread", by="friday", to="Anna")
    assert (own.state, own.accept_minutes) == ("accepted", 0)
    state = {"state": "kept", "owner": "Piotr"}
    with pytest.raises(Exception, match="begins as"):
        bakery.records.add("handover", "Rye Ltd", {"promise": "Bread", "by": FRIDAY}, **state)


def test_by_when(bakery: Crm, clock: FakeClock) -> None:
    """A day is meant until its working hours end, a closed one until 23:59; hours are working hours."""
    for text, at in (
        ("today", FIVE),
        ("Friday", FRIDAY),
        ("fri 14:00", FRIDAY - 3 * HOUR),
        ("2 days", FIVE + 2 * DAY),
        ("1 week", FIVE + 7 * DAY),
        ("saturday", FRIDAY + DAY + 7 * HOUR - HOUR // 60),
        ("9 hours", NINE + DAY + HOUR),
        ("in 30 minutes", NINE + HOUR // 2),
        ("16:30", FIVE - HOUR // 2),
        ("2026-05-08", FRIDAY),
        ("8.5.2026 14:00", FRIDAY - 3 * HOUR),
        ("2026-05-08T14:00", FRIDAY - 3 * HOUR),
        ("2026-05-08 14:00", FRIDAY - 3 * HOUR),
    ):
        assert parse_by(text, bakery) == at, text
    for text in ("someday", "25:00", "2026-02-30", "fri 14:99", "9999999 days", "", "many hours"):
        with pytest.raises(Invalid, match="no time by which"):
            parse_by(text, bakery)


def test_time_drops_and_breaks_exactly_once(bakery_both: Crm, clock: FakeClock) -> None:
    """Nobody accepts: dropped, and back with the giver. Nobody keeps: broken, heard by a rule, each once,
    however often the worker looks; done late it stays broken."""
    crm = bakery_both
    crm.strategy.plan()
    anna, piotr = _by(crm, "Anna"), _by(crm, "Piotr")
    dropped = anna.make("Rye Ltd", "Bread", by="tomorrow", to="Piotr")
    broken = anna.make("Łucja Żak", "Rolls", by="tomorrow", to="Piotr")
    piotr.accept(broken.id)
    clock.advance(hours=4)
    assert not watch(crm)
    assert anna.get(dropped.id).state == "offered"  # to the last microsecond
    clock.advance(seconds=1)
    watch(crm)
    watch(crm)
    found = anna.get(dropped.id)
    assert (found.state, found.dropped_at, found.settled_at) == ("dropped", found.accept_by, None)
    assert [each.id for each in anna.list(made=True, late=True)] == [dropped.id]
    today = [each.what for each in crm.acting_as("Anna").today().due if each.group == "Promises"]
    assert today == ["Bread (dropped: nobody accepted it)"]
    clock.advance(days=2)
    for _ in range(2):
        Worker(crm.kernel).drain()
        clock.advance(minutes=2)
        if (plan := crm.strategy.plan()).acts:
            crm.strategy.apply(plan.number)
    found = anna.get(broken.id)
    assert (found.state, found.broken_at, found.settled_at) == ("broken", found.by, None)
    assert found.told_customer is False
    assert _told(crm).count("handover.broken") == 1
    assert _told(crm, "Rye Ltd").count("handover.dropped") == 1
    assert [each.title for each in crm.records.list("task").records] == ["Say sorry to Łucja Żak"]
    assert [each.id for each in piotr.list(mine=True)] == [broken.id]
    assert [*crm.predicates.members("broken_promises(7 days) = 1 and open_handovers = 0")] == [1]
    assert [*crm.predicates.members("exists(handover where state = 'dropped')")] == [2]
    _refused("stays broken", piotr.take_back, broken.id)
    late = piotr.keep(broken.id)
    assert (late.state, late.done_late, late.settled_at) == ("broken", True, clock.now())
    assert piotr.list(mine=True) == ()
    assert _told(crm).count("handover.broken") == 1
