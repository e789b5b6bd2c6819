"""`crm.events`: both logs as one stream, page by page, for whoever may see it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft, Event, Invalid, NotAllowed
from crmkit.testing import FakeClock

ROLES = '[roles.seller]\npermissions = ["customers.read"]\nsees = "own"\n[roles.none]\npermissions = []'


@pytest.fixture
def crm_toml() -> str:
    """A role that sees its own customers, and one that sees nobody."""
    return ROLES


def walked(crm: Crm, limit: int, **asked: object) -> list[Event]:
    """All events, by pages."""
    found: list[Event] = []
    cursor = None
    while True:
        page = crm.events.after(cursor, limit=limit, **asked)  # type: ignore[arg-type]
        found += page.events
        cursor = page.cursor
        if page.is_end:
            return found


def add(crm: Crm, name: str, **values: object) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name, **values)).id  # type: ignore[arg-type]


def test_what_happened_is_told_in_its_order(crm_both: Crm, clock: FakeClock) -> None:
    """A creation, a purchase, a change: by name, whose, when; in whole only where that is asked for."""
    anna = add(crm_both, "Anna Nowak")
    start = crm_both.events.end()
    clock.advance(seconds=1)
    crm_both.interactions.record(anna, "purchase", amount=1250, payload={"order": "A-1"})
    clock.advance(seconds=1)
    crm_both.customers.update(anna, CustomerDraft(lifecycle="customer"))
    page = crm_both.events.after(start)
    assert page.is_end
    bought, changed = page.events
    uid = crm_both.customers.get(anna).uid
    assert (bought.name, bought.customer, bought.customer_id) == ("purchase", uid, anna)
    assert bought.data["amount"] == 1250
    assert "payload" not in bought.data
    assert (changed.name, changed.data) == ("customer.changed", {"field": "lifecycle"})
    bought, changed = crm_both.events.after(start, full=True).events
    assert bought.data["payload"]["order"] == "A-1"
    assert (changed.data["old"], changed.data["new"]) == ("prospect", "customer")
    assert crm_both.events.after(page.cursor).events == ()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), max_size=12), limit=st.integers(1, 7))
def test_pages_of_any_size_tell_each_event_once(
    crm: Crm, clock: FakeClock, steps: list[tuple[bool, int]], limit: int
) -> None:
    """Whatever the size of pages, and wherever a clock was put back: none is lost, none told twice, and each
    log stays in its order."""
    start = crm.events.end()
    customer = add(crm, "Anna Nowak")
    for is_contact, seconds in steps:
        clock.set(clock.now() + seconds * 1_000_000)
        if is_contact:
            crm.interactions.record(customer, "visit")
        else:
            crm.customers.tag(customer, f"t{clock.now()}")
    whole = [event.id for event in crm.events.after(start, limit=10_000).events]
    found: list[str] = []
    cursor = start
    while True:
        page = crm.events.after(cursor, limit=limit)
        found += [event.id for event in page.events]
        cursor = page.cursor
        if page.is_end:
            break
    assert sorted(found) == sorted(whole)
    for log in "ic":
        numbers = [int(id_[2:]) for id_ in found if id_[0] == log]
        assert numbers == sorted(set(numbers))


def test_the_erased_and_the_merged_are_told_by_uid(crm_both: Crm) -> None:
    """Whoever knows them by their uid hears that they are gone, or who they are now."""
    anna, double, jan = (add(crm_both, name) for name in ("Anna Nowak", "A. Nowak", "Jan Wilk"))
    uids = [crm_both.customers.get(each).uid for each in (anna, double, jan)]
    start = crm_both.events.end()
    crm_both.merging.merge(anna, double)
    crm_both.privacy.erase(jan, reason="request")
    told = {event.name: event for event in crm_both.events.after(start, on=["customer.*"]).events}
    assert told["customer.merged"].customer == uids[0]
    assert told["customer.merged"].data["merged"] == uids[1]
    assert told["customer.erased"].customer == uids[2]
    gone = [event for event in walked(crm_both, 50, full=True) if event.customer == uids[2]]
    assert [event.name for event in gone] == ["customer.created", "customer.erased"]
    assert not any(event.data.get("new") for event in gone)


def test_only_what_one_sees_and_asked_for(crm_both: Crm) -> None:
    """A seller hears of their own customers; names and stems choose; what is no event is refused by name."""
    olga = crm_both.people.add("Olga", role="seller")
    crm_both.people.add("Nobody", role="none")
    mine, other = add(crm_both, "Mine", owner_id=olga.id), add(crm_both, "Other")
    for each in (mine, other):
        crm_both.interactions.record(each, "visit")
    acting = crm_both.acting_as("Olga")
    assert {event.customer_id for event in walked(acting, 3)} == {mine}
    assert [event.name for event in walked(crm_both, 2, on=["visit"])] == ["visit", "visit"]
    assert {event.name for event in walked(crm_both, 2, on=["customer.*"])} == {"customer.created"}
    with pytest.raises(NotAllowed):
        crm_both.acting_as("Nobody").events.after()
    with pytest.raises(Invalid, match='"vist" is no event'):
        crm_both.events.after(on=["vist"])
    with pytest.raises(Invalid, match="not a cursor"):
        crm_both.events.after("x")
    with pytest.raises(Invalid, match="cannot be made"):
        crm_both.events.after(limit=0)
