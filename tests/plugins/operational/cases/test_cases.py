"""Cases from opening to closing, whoever saves them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crmkit import Conflict, Crm, Invalid, NotAllowed, NotFound
from crmkit.core.clock import FakeClock
from crmkit.core.worker import Worker
from crmkit.plugin import RecordDraft
from crmkit.plugins.operational.api import Cases, Tasks
from crmkit.plugins.operational.cases.working import watch
from crmkit.testing import open_crm
from tests.plugins.operational.cases.conftest import HOUR, MONDAY, counting, staffed

OPENING = MONDAY + HOUR
DAY = 24 * HOUR


def _told(crm: Crm, customer: str = "Anna Nowak") -> list[str]:
    """What is on the timeline, oldest first."""
    return [each.type for each in crm.interactions.timeline(customer, limit=100).interactions][::-1]


def _watch(crm: Crm) -> None:
    while watch(crm):
        pass


def test_a_resolved_case_is_closed_when_the_business_says(tmp_path: Path, clock: FakeClock) -> None:
    """After the days of `close_after`, and not before."""
    toml = '[plugins.operational.cases]\nclose_after = "2 days"\n'
    with open_crm(tmp_path, toml, plugins=["operational"], clock=clock) as crm:
        cases = staffed(crm).service(Cases)
        cases.resolve(cases.open("Anna Nowak", "Oven").id)
        for state in ("resolved", "closed"):
            clock.advance(days=1)
            _watch(crm)
            assert cases.get(1).state == state


def test_the_life_of_a_case(shop_both: Crm, clock: FakeClock) -> None:
    """Opened before the shop opens, answered, waiting, overdue, resolved, closed, and each told once."""
    cases = shop_both.service(Cases)
    case = cases.open("Anna Nowak", " Oven does not heat ", text="Since Sunday")
    assert (case.subject, case.state, case.priority) == ("Oven does not heat", "new", "normal")
    assert (case.clock.respond_by, case.clock.resolve_by) == (OPENING + 4 * HOUR, OPENING + 8 * HOUR + DAY)

    clock.advance(hours=5)  # Monday, one o'clock: four open hours are over
    _watch(shop_both)
    assert cases.get(case.id).clock.overdue == "response"
    case = cases.answer(case.id, "Check the fuse", channel="phone", wait=True)
    assert (case.state, case.clock.overdue, case.clock.response_minutes) == ("waiting", None, 240)
    assert cases.list(overdue=True) == ()

    clock.advance(days=3)  # Thursday, one o'clock; Wednesday was a holiday
    _watch(shop_both)
    case = cases.reopen(case.id)
    assert case.clock.resolve_by == OPENING + 3 * DAY + 8 * HOUR + DAY
    assert (case.clock.paused, case.clock.reopened) == (16 * HOUR, 0)

    clock.advance(days=1, hours=5)  # Friday evening
    _watch(shop_both)
    _watch(shop_both)
    assert cases.get(case.id).clock.overdue == "resolution"
    case = cases.resolve(case.id)
    assert case.clock.resolution_minutes == (4 + 4 + 8) * 60

    clock.advance(days=7)
    _watch(shop_both)
    assert cases.get(case.id).state == "closed"
    expected = ["case.opened", "case.overdue", "call", "case.overdue", "case.resolved", "case.closed"]
    assert _told(shop_both) == expected
    payloads = [each.payload for each in shop_both.interactions.timeline("Anna Nowak").interactions]
    assert [(each.what, each.case) for each in payloads[::-1] if hasattr(each, "what")] == [
        ("response", "case:1"),
        ("resolution", "case:1"),
    ]


def test_it_is_all_the_same_by_records(shop_both: Crm, clock: FakeClock) -> None:
    """What is written by `crm.records`, as people write it, has the same times as what the service does."""
    records, cases = shop_both.records, shop_both.service(Cases)
    by_service = cases.open("Rye Ltd", "No invoice", priority="urgent", channel="email")
    fields = {"subject": "No invoice", "priority": "URGENT", "channel": "email"}
    report = records.save_all("case", [RecordDraft(customer="Rye Ltd", fields=fields)])
    by_records = cases.get(report.ids[0] or 0)
    assert by_records.clock == by_service.clock
    assert by_service.clock.respond_by == OPENING + HOUR // 2

    clock.advance(hours=2)
    records.move("case", by_records.id, "Waiting")
    records.update("case", by_records.id, {"priority": "low"})
    moved = cases.get(by_records.id)
    assert moved.clock.responded_at == clock.now()
    # A shop is promised an answer only.
    assert (moved.clock.respond_by, moved.clock.resolve_by) == (OPENING + 2 * HOUR, None)


def test_history_keeps_its_times(shop: Crm, clock: FakeClock) -> None:
    """A case from the past was resolved when it says, and tells nothing now."""
    fields = {"subject": "Old", "opened_at": MONDAY - 70 * DAY, "resolved_at": MONDAY - 69 * DAY}
    drafts = [RecordDraft(customer="Anna Nowak", state="closed", fields=fields)]
    shop.records.save_all("case", drafts, history=True)
    (case,) = shop.service(Cases).list(all=True)
    assert case.clock.resolved_at == MONDAY - 69 * DAY
    assert (case.clock.responded_at, case.clock.next_at, _told(shop)) == (None, None, [])
    assert case.clock.resolution_minutes == 8 * 60
    _watch(shop)
    assert shop.service(Cases).get(case.id) == case


def test_moves_and_values_that_cannot_be(shop: Crm) -> None:
    """They are refused, and say what there is instead."""
    cases = shop.service(Cases)
    case = cases.open("Anna Nowak", "Oven")
    with pytest.raises(Invalid, match="subject"):
        cases.open("Anna Nowak", "  ")
    with pytest.raises(Invalid, match="from 1 to 5"):
        cases.rate(case.id, 6)
    with pytest.raises(Invalid, match="its own parent"):
        shop.records.update("case", case.id, {"parent": f"case:{case.id}"})
    with pytest.raises(Invalid, match="not one of its choices"):
        cases.open("Anna Nowak", "Oven", priority="huge")
    with pytest.raises(NotFound, match="no case 99"):
        cases.resolve(99)
    cases.resolve(case.id)
    with pytest.raises(Invalid, match='from "resolved" to "waiting"'):
        cases.wait(case.id)
    shop.people.add("Vera", role="viewer")
    with pytest.raises(NotAllowed):
        shop.acting_as("Vera").service(Cases).reopen(case.id)
    assert cases.reopen(case.id).clock.reopened == 1
    assert _told(shop)[-1] == "case.reopened"


def test_two_answers_are_both_kept_and_the_first_counts(shop_both: Crm, clock: FakeClock) -> None:
    """The second neither moves the time of the answer nor opens what was resolved meanwhile."""
    cases = shop_both.service(Cases)
    case = cases.open("Anna Nowak", "Oven")
    clock.advance(hours=2)
    first = cases.answer(case.id, "Check the fuse", resolve=True)
    clock.advance(hours=1)
    second = cases.answer(case.id, "And the plug")
    assert (second.state, second.clock.responded_at) == ("resolved", first.clock.responded_at)
    assert Counter(_told(shop_both)) == Counter({"case.opened": 1, "message": 2, "case.resolved": 1})


def test_answers_at_the_same_moment(shop_both: Crm) -> None:
    """Eight at once: each is on the timeline, and the case is open."""
    from threading import Thread

    case = shop_both.service(Cases).open("Anna Nowak", "Oven")
    failed: list[BaseException] = []

    def answer(number: int) -> None:
        try:
            shop_both.service(Cases).answer(case.id, f"Answer {number}")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [Thread(target=answer, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert _told(shop_both).count("message") == 8
    assert shop_both.service(Cases).get(case.id).state == "open"


def test_one_that_was_answered_a_moment_ago_is_not_overdue(shop: Crm, clock: FakeClock) -> None:
    """The pass writes only what is as it was seen."""
    from crmkit.plugins.operational.cases import working

    cases = shop.service(Cases)
    case = cases.open("Anna Nowak", "Oven")
    clock.advance(hours=10)
    seen = working._due(shop)
    cases.answer(case.id, "Check the fuse")
    draft = working._draft(seen[0], clock.now())
    report = shop.records.save_all("case", [draft])
    assert [each.code for each in report.refused] == ["conflict"]
    _watch(shop)
    assert "case.overdue" not in _told(shop)


def test_solved_on_the_phone(shop_both: Crm) -> None:
    """One call of a method opens, answers and resolves; whoever did it has the case."""
    ola = shop_both.acting_as("Ola")
    case = ola.service(Cases).solve("Anna Nowak", "Oven does not heat", answer="Check the fuse")
    assert (case.state, case.employee_id) == ("resolved", ola.actor.id)
    assert (case.clock.response_minutes, case.clock.resolution_minutes) == (0, 0)
    assert _told(shop_both) == ["case.opened", "call", "case.resolved"]


def test_a_merged_case_goes_on_in_the_other(shop_both: Crm) -> None:
    """It is closed without being resolved, both timelines say so, and opening it again takes it back."""
    cases = shop_both.service(Cases)
    kept, other = cases.open("Anna Nowak", "Oven"), cases.open("Rye Ltd", "Oven again")
    cases.merge(kept.id, other.id)
    merged = cases.get(other.id)
    assert (merged.state, merged.merged_into, merged.clock.resolved_at) == ("closed", "case:1", None)
    assert ("note" in _told(shop_both), "note" in _told(shop_both, "Rye Ltd")) == (True, True)
    with pytest.raises(Conflict, match="merged into case:1 already"):
        cases.merge(kept.id, other.id)
    with pytest.raises(Invalid, match="with itself"):
        cases.merge(kept.id, kept.id)
    again = cases.reopen(other.id)
    assert (again.state, again.merged_into, again.clock.reopened) == ("open", None, 0)


def test_parts_of_a_case(shop: Crm) -> None:
    """A case can be part of another."""
    cases = shop.service(Cases)
    whole = cases.open("Rye Ltd", "All ovens")
    part = cases.open("Rye Ltd", "Oven 1", parent=whole.ref)
    assert [each.id for each in cases.children(whole.id)] == [part.id]


def test_overdue_cases_escalate_by_rules(shop_both: Crm, clock: FakeClock) -> None:
    """A rule on `case.overdue` acts once for each deadline that passes, however often the worker looks."""
    case = shop_both.service(Cases).open("Anna Nowak", "Oven")
    shop_both.strategy.plan()
    clock.advance(days=9)
    for _ in range(3):
        clock.advance(minutes=2)
        Worker(shop_both.kernel).drain()
        plan = shop_both.strategy.plan()
        if plan.acts:
            shop_both.strategy.apply(plan.number)
    assert [each.title for each in shop_both.service(Tasks).list()] == ["A case is overdue"] * 2
    assert shop_both.service(Cases).get(case.id).clock.escalated_at is not None


def test_the_pass_takes_few_statements(shop_both: Crm, clock: FakeClock) -> None:
    """As many for hundreds of overdue cases as for a few."""

    def statements(size: int) -> int:
        drafts = [RecordDraft(customer="Anna Nowak", fields={"subject": "Oven"}) for _ in range(size)]
        shop_both.records.save_all("case", drafts)
        clock.advance(days=20)
        with counting() as counted:
            assert watch(shop_both)
        _watch(shop_both)
        return len(counted)

    few = statements(5)
    assert abs(statements(300) - few) <= 2
    assert few < 40


def test_a_list_takes_few_statements(shop: Crm) -> None:
    """However long it is."""
    from crmkit.plugins.operational.cases.rows import case_rows

    cases = shop.service(Cases)
    drafts = [RecordDraft(customer="Anna Nowak", fields={"subject": "Oven"}, owner="Ola") for _ in range(50)]
    shop.records.save_all("case", drafts)
    with counting() as counted:
        rows = case_rows(cases.list(), shop)
    assert (len(rows), rows[0]["owner"], rows[0]["clock"]) == (50, "Ola", "answer within 4 h")
    assert len(counted) <= 5


def test_whoever_sees_few_customers_sees_few_cases(shop: Crm) -> None:
    """Cases are those of the customers whom the acting person sees; what is first to do comes first."""
    cases = shop.service(Cases)
    first = cases.open("Anna Nowak", "Oven")
    urgent = cases.open("Anna Nowak", "Fire", priority="urgent", owner="Piotr")
    cases.resolve(cases.open("Anna Nowak", "Done").id)
    assert [each.id for each in cases.list()] == [urgent.id, first.id]
    piotr = shop.people.get("Piotr")
    assert [each.id for each in cases.list(owner_id=piotr.id)] == [urgent.id]
    assert len(cases.list(all=True)) == 3


def test_whoever_leaves_leaves_no_case_behind(shop_both: Crm) -> None:
    """Handed over, they are their successor's."""
    case = shop_both.service(Cases).open("Anna Nowak", "Oven", owner="Piotr")
    shop_both.people.deactivate("Piotr")
    with pytest.raises(Invalid, match="no longer works here"):
        shop_both.service(Cases).assign(case.id, "Piotr")
    moved = shop_both.service(Cases).assign(case.id, "Ewa")
    assert moved.employee_id == shop_both.people.get("Ewa").id
    assert shop_both.service(Cases).assign(case.id, None).employee_id is None


def test_the_page_and_the_day(shop: Crm, clock: FakeClock) -> None:
    """What is open stands on the customer's page with its clock, and what runs out in the day's work."""
    cases = shop.service(Cases)
    case = cases.open("Anna Nowak", "Oven", owner="Piotr")
    cases.open("Anna Nowak", "Fire", priority="urgent", owner="Ola")
    sections = {each.title: each.lines for each in shop.customers.profile("Anna Nowak").sections}
    assert ("#1", "Oven (answer within 4 h)") in sections["Open cases"]
    clock.advance(hours=6)
    piotr = [each for each in shop.acting_as("Piotr").today().due if each.group == "Cases"]
    assert [each.what for each in piotr] == ["Oven (answer: overdue by 1 h)"]
    cases.wait(case.id)
    piotr = [each for each in shop.acting_as("Piotr").today().due if each.group == "Cases"]
    assert [each.what for each in piotr] == ["Oven (waits for the customer)"]
    assert len([each for each in shop.today().due if each.group == "Cases"]) == 1


def test_traits_and_conditions(shop_both: Crm, clock: FakeClock) -> None:
    """Open cases, the oldest of them, and cases by any condition."""
    cases = shop_both.service(Cases)
    cases.open("Anna Nowak", "Oven")
    clock.advance(days=3)
    cases.open("Anna Nowak", "Fire")
    cases.resolve(cases.open("Rye Ltd", "Done").id)
    assert shop_both.trait("open_cases", "Anna Nowak") == 2
    assert shop_both.trait("oldest_open_case", "Anna Nowak") == 3
    assert shop_both.trait("open_cases", "Rye Ltd") == 0
    assert shop_both.trait("oldest_open_case", "Rye Ltd") is None
    assert shop_both.predicates.count("open_cases > 1 and count(case where state = 'new') = 2") == 1
