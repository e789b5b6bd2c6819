"""Routing: which rule applies, who gets a case, and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crmkit import Crm, Invalid
from crmkit.core.clock import FakeClock
from crmkit.plugin import RecordDraft
from crmkit.plugins.operational.api import Cases
from crmkit.plugins.operational.cases.routing import Loads
from crmkit.testing import open_crm, run_crm
from tests.plugins.operational.cases.conftest import counting, staffed


def _route(crm: Crm) -> object:
    """One turn of the worker's job."""
    (job,) = (each for each in crm.kernel.loaded.jobs if each.name == "operational.case_routing")
    return job.run(crm)


def test_a_new_case_goes_where_the_rules_say(shop_both: Crm) -> None:
    """The first that fits decides; of a team whoever has the fewest open cases gets it."""
    cases, names = shop_both.service(Cases), {each.id: each.name for each in shop_both.people.list()}
    ovens = [cases.open("Anna Nowak", "Oven", category="oven") for _ in range(4)]
    assert Counter(names[each.employee_id or 0] for each in ovens) == {"Piotr": 2, "Ewa": 2}
    assert {(each.queue, each.routed_by) for each in ovens} == {("service", "ovens")}
    shops = cases.open("Rye Ltd", "When do you open?")
    assert (names[shops.employee_id or 0], shops.queue, shops.routed_by) == ("Ola", "sales", "shops")
    stays = cases.open("Anna Nowak", "When do you open?")
    assert (stays.employee_id, stays.queue, stays.routed_by) == (None, None, "-")
    mine = cases.open("Anna Nowak", "Oven", category="oven", owner="Ola")
    assert (names[mine.employee_id or 0], mine.routed_by) == ("Ola", None)


def test_why_says_it_of_each_rule(shop: Crm) -> None:
    """Until one applies; what is in a queue stays there."""
    cases = shop.service(Cases)
    case = cases.open("Anna Nowak", "Bill", category="invoice", owner="Ola")
    assert cases.why(case.id).why == (
        ("ovens", "its category is invoice, not oven"),
        ("shops", "the customer does not meet: is_organization"),
        ("rest", "applies"),
    )
    queued = cases.open("Rye Ltd", "Oven", category="oven", queue="sales", owner="Ola")
    assert cases.why(queued.id).why[0] == ("ovens", "it is in the queue sales, not service")
    assert cases.why(queued.id).rule == "shops"


def test_nobody_who_has_left_gets_a_case(shop: Crm) -> None:
    """Of a team without anybody a rule does not apply."""
    shop.people.deactivate("Piotr")
    ewa = shop.people.get("Ewa").id
    cases = shop.service(Cases)
    assert {cases.open("Anna Nowak", "Oven", category="oven").employee_id for _ in range(3)} == {ewa}
    shop.people.deactivate("Ewa")
    assert cases.open("Anna Nowak", "Oven", category="oven").employee_id is None


def test_a_dry_run_writes_nothing_and_a_run_does_what_it_said(shop: Crm) -> None:
    """Also of cases that no rule fitted before, and not of those that are somebody's."""
    cases = shop.service(Cases)
    case = cases.open("Anna Nowak", "Bill")
    shop.records.update("case", case.id, {"category": "invoice"})
    (said,) = cases.route(dry_run=True)
    assert cases.get(case.id).employee_id is None
    assert cases.route() == [said]
    assert cases.get(case.id).employee_id == said.owner_id
    assert cases.route() == []


@pytest.mark.parametrize("size", [10, 400])
def test_the_worker_routes_many_in_few_statements(shop_both: Crm, size: int) -> None:
    """Cases that were imported are given to all alike, and nobody is asked twice about the others."""
    half = [{"subject": "Oven", "category": "oven"}, {"subject": "Hello"}] * (size // 2)
    drafts = [RecordDraft(customer="Anna Nowak", fields=fields) for fields in half]
    shop_both.records.save_all("case", drafts)
    with counting() as counted:
        assert _route(shop_both) is False
    assert len(counted) < 40
    owners = Counter(each.employee_id for each in shop_both.service(Cases).list(limit=None))
    assert owners[None] == size // 2
    assert len({count for owner, count in owners.items() if owner is not None}) == 1 or size == 10
    with counting() as counted:
        _route(shop_both)
    assert len(counted) < 5


def test_loads_are_kept_even_between_teams() -> None:
    """Somebody in two teams does not get twice as many."""
    loads = Loads({1: 2})
    given = [loads.next_among(frozenset(team)) for team in ({1, 2}, {1, 2}, {2, 3}, {2, 3}, {3, 1}, {1, 2})]
    assert given == [2, 2, 3, 3, 1, 2]
    assert loads.next_among(frozenset()) is None


def test_the_doctor_knows_what_is_not_there(shop: Crm) -> None:
    """A team and an article that are missing are named."""
    shop.people.update("Ola", name="Olga")
    (shop.config.path.parent / "knowledge").mkdir()
    (shop.config.path.parent / "knowledge" / "empty.md").write_text("Title: Nothing\n\n")
    said = run_crm("--config", shop.config.path, "doctor").stdout
    assert 'routing.shops] assigns to "Ola", who is neither a team nor works here' in said
    assert "knowledge/empty.md has no text" in said


def test_only_cases_as_urgent_as_a_rule_says_are_routed_by_it(tmp_path: Path, clock: FakeClock) -> None:
    """How urgent cases can be is the business's own; what is most urgent goes to a person at once."""
    toml = """
[plugins.operational.cases]
priorities = ["whenever", "today", "fire"]

[plugins.operational.cases.routing.fires]
priority = "fire"
assign = "Ola"
"""
    with open_crm(tmp_path, toml, plugins=["operational"], clock=clock) as crm:
        cases, ola = staffed(crm).service(Cases), crm.people.get("Ola").id
        usual = cases.open("Anna Nowak", "Smoke")
        assert (usual.priority, usual.employee_id) == ("whenever", None)
        assert cases.open("Anna Nowak", "Flames", priority="fire").employee_id == ola
        with pytest.raises(Invalid, match="fire"):
            cases.open("Anna Nowak", "Bread", priority="urgent")
