"""Who is away, who stands in, who leads: what follows for what people see and may do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid, NotAllowed, NotFound
from crmkit.core.instants import local_date
from crmkit.testing import FakeClock, run_crm

ROLES = '[roles.seller]\npermissions = ["customers.read"]\nsees = "own"'


@pytest.fixture
def crm_toml() -> str:
    """A role that sees its own customers."""
    return ROLES


@pytest.fixture
def staff(crm_both: Crm) -> Crm:
    """Olga and Piotr sell and see their own customers; Ewa leads Olga's department."""
    for name, parent in (("sales", None), ("north", "sales")):
        crm_both.people.add_team(name, parent)
    crm_both.people.add("Olga", role="seller", teams=["north"])
    crm_both.people.add("Piotr", role="seller")
    crm_both.people.add("Ewa", role="seller")
    crm_both.people.join("Ewa", "sales", lead=True)
    for name in ("Olga", "Piotr"):
        owner = crm_both.people.get(name).id
        crm_both.customers.save(CustomerDraft(name=f"{name}'s customer", owner_id=owner))
    return crm_both


def today(crm: Crm, days: int = 0) -> date:
    """The business's day, and days from then."""
    return local_date(crm.clock.now(), crm.kernel.tz) + timedelta(days=days)


def seen(crm: Crm, name: str) -> list[str]:
    """The names of the customers whom an employee sees."""
    return [each.name for each in crm.acting_as(name).customers.list()[0]]


def test_a_stand_in_sees_the_others_customers_for_these_days(staff: Crm, clock: FakeClock) -> None:
    """From the first day to the last, and not before or after; counts, look-ups and pages agree."""
    acting = staff.acting_as("Piotr")
    cover = staff.people.covers.add(
        "Olga", stand_in="Piotr", first_day=today(staff, 1), last_day=today(staff, 2)
    )
    assert seen(staff, "Piotr") == ["Piotr's customer"]
    clock.advance(days=1)
    assert sorted(seen(staff, "Piotr")) == ["Olga's customer", "Piotr's customer"]
    assert acting.customers.count() == 2
    assert acting.customers.profile("Olga's customer").customer.name == "Olga's customer"
    assert seen(staff, "Olga") == ["Olga's customer"]
    clock.advance(days=2)
    assert acting.customers.count() == 1
    with pytest.raises(NotFound):
        acting.customers.get("Olga's customer")
    assert staff.people.covers.list() == ()
    assert staff.people.covers.list(over=True) == (cover,)


def test_standing_in_gives_sight_and_no_permissions(staff: Crm) -> None:
    """What one's own role does not allow stays forbidden, also of the other's customers."""
    staff.people.update("Olga", role="manager")
    staff.people.covers.add("Olga", stand_in="Piotr", last_day=today(staff), is_away=False)
    with pytest.raises(NotAllowed):
        staff.acting_as("Piotr").customers.tag("Olga's customer", "vip")


def test_sight_is_not_handed_on(staff: Crm) -> None:
    """Whoever stands in for a stand-in sees the stand-in's customers, not those of the third."""
    staff.people.covers.add("Olga", stand_in="Piotr", last_day=today(staff), is_away=False)
    staff.people.covers.add("Piotr", stand_in="Ewa", last_day=today(staff), is_away=False)
    assert seen(staff, "Ewa") == ["Piotr's customer"]


def test_work_goes_to_whoever_stands_in_at_the_end(staff: Crm) -> None:
    """Somebody away is stood in for, also over two; those who would stand in for each other are nobody."""
    covers = staff.people.covers
    covers.add("Olga", stand_in="Piotr", first_day=today(staff), last_day=today(staff, 9))
    covers.add("Piotr", stand_in="Ewa", first_day=today(staff), last_day=today(staff, 5))
    found = covers.stand_in_for("Olga")
    assert found is not None
    assert found.name == "Ewa"
    later = covers.stand_in_for("Olga", today(staff, 7))
    assert later is not None
    assert later.name == "Piotr"
    assert covers.stand_in_for("Ewa") is None
    assert [each.name for each in staff.people.list(here=True)] == ["Ewa"]


def test_who_may_say_that_somebody_is_away(staff: Crm) -> None:
    """Oneself, whoever leads a department above, and whoever manages employees."""
    for name in ("Olga", "Ewa"):
        added = staff.acting_as(name).people.covers.add("Olga", last_day=today(staff))
        staff.acting_as(name).people.covers.end(added.id)
    assert staff.people.covers.list() == ()
    with pytest.raises(NotAllowed, match="Piotr may not say that Olga is away"):
        staff.acting_as("Piotr").people.covers.add("Olga", last_day=today(staff))
    staff.people.join("Ewa", "sales", lead=False)
    with pytest.raises(NotAllowed):
        staff.acting_as("Ewa").people.covers.add("Olga", last_day=today(staff))


def test_days_and_people_that_cannot_be_meant_are_refused(staff: Crm) -> None:
    """Days in the wrong order or over, oneself, nobody, somebody who is away or has left."""
    covers = staff.people.covers
    with pytest.raises(Invalid, match="before the first"):
        covers.add("Olga", first_day=today(staff, 2), last_day=today(staff, 1))
    with pytest.raises(Invalid, match="is over"):
        covers.add("Olga", first_day=today(staff, -3), last_day=today(staff, -1))
    with pytest.raises(Invalid, match="for themselves"):
        covers.add("Olga", stand_in="Olga", last_day=today(staff))
    with pytest.raises(Invalid, match="Nobody is named"):
        covers.add("Olga", last_day=today(staff), is_away=False)
    covers.add("Piotr", last_day=today(staff))
    with pytest.raises(Invalid, match="is away themselves"):
        covers.add("Olga", stand_in="Piotr", last_day=today(staff, 3))
    staff.people.deactivate("Ewa")
    with pytest.raises(Invalid, match="does not work here"):
        covers.add("Olga", stand_in="Ewa", last_day=today(staff))


def test_an_absence_that_began_ends_yesterday(staff: Crm, clock: FakeClock) -> None:
    """Coming back early keeps the days that were; what had not begun is taken out."""
    covers = staff.people.covers
    first, second = (
        covers.add("Olga", first_day=today(staff, day), last_day=today(staff, day + 5)) for day in (0, 20)
    )
    clock.advance(days=2)
    covers.end(first.id)
    covers.end(second.id)
    assert covers.list() == ()
    (left,) = covers.list(over=True)
    assert (left.first_day, left.last_day) == (first.first_day, today(staff, -1))
    with pytest.raises(NotFound):
        covers.end(second.id)


def test_departments_form_a_tree(staff: Crm) -> None:
    """A team is put beneath another or renamed, and never beneath itself; members see by it at once."""
    with pytest.raises(Conflict, match="beneath itself"):
        staff.people.update_team("sales", parent="north")
    with pytest.raises(Conflict, match="already"):
        staff.people.update_team("north", name="SALES")
    moved = staff.people.update_team("north", name="coast", parent="")
    assert (moved.name, moved.parent, moved.members) == ("coast", None, ("Olga",))
    rows = run_crm("--config", staff.config.path, "people", "directory", "--json").json
    assert [(row["team"], row["name"], row["role"]) for row in rows] == [
        ("coast", "Olga", "seller"), ("sales", "Ewa", "seller, leads"), ("", "Piotr", "seller"),
    ]  # fmt: skip


def test_by_hand(staff: Crm) -> None:
    """The commands say what follows and how to take it back."""
    config = ("--config", staff.config.path)
    added = run_crm(*config, "people", "away", "add", "Olga", "--until", "2099-01-01", "--to", "Piotr")
    assert "Piotr stands in" in added.stderr
    assert "crm people away end 1" in added.stderr
    assert "Piotr stands in" in run_crm(*config, "people", "directory", "--team", "sales").stdout
    assert "Olga is here" in run_crm(*config, "people", "away", "end", "1").stderr
    assert run_crm(*config, "people", "away", "list", "--json").json == []
    staff.people.covers.add("Ewa", last_day=today(staff))
    helped = run_crm(
        *config, "people", "away", "add", "Olga", "--until", "2099-01-01", "--to", "Piotr", "--here"
    )
    assert helped.status == 0, helped.stderr
    assert "away" not in run_crm(*config, "people", "directory", "--team", "sales").stdout
    (help_,) = run_crm(*config, "people", "away", "list", "--json").json
    assert (help_["employee"], help_["stand_in"]) == ("Olga", "Piotr")
    every = run_crm(*config, "people", "away", "list", "--all", "--json").json
    assert [each["employee"] for each in every] == ["Ewa", "Olga"]
    over = run_crm(*config, "people", "away", "end", str(help_["id"])).stderr
    assert "Piotr no longer sees the customers of Olga" in over
