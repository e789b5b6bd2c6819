"""Leads: qualified, scored, assigned, converted and lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid, NotFound
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Leads, SalesDesk, Tasks
from crmkit.testing import open_crm, run_crm

TOML = """
[plugins.operational.leads]
score = "10 * count(visit, last 90 days) + 25 * count(enquiry)"
most = 3
assign.big = { where = "is_organization", to = "Boss" }
assign.rest = { to = "Sales" }
"""


@pytest.fixture
def crm_toml() -> str:
    """Organisations go to the boss, everybody else to whose turn it is."""
    return TOML


def _sell(crm: Crm, *names: str) -> Leads:
    crm.people.add_team("Sales")
    crm.people.add("Boss")
    for name in ("Ewa", "Jan"):
        crm.people.add(name, teams=["Sales"])
    crm.customers.save_all([CustomerDraft(name=name, lifecycle="lead") for name in names])
    return crm.service(Leads)


def test_the_most_promising_lead_comes_first(crm_both: Crm) -> None:
    """By the score, which segments and rules may ask for too."""
    leads = _sell(crm_both, "Anna", "Bea", "Cid")
    crm_both.interactions.record("Bea", "enquiry")
    crm_both.interactions.record("Cid", "visit")
    assert [(each.name, each.score) for each in leads.list()] == [("Bea", 25), ("Cid", 10), ("Anna", 0)]
    assert crm_both.predicates.members("lead_score > 20") == [2]


def test_what_is_known_of_a_lead_grows(crm_both: Crm) -> None:
    """What is not given stays; a prospect becomes a lead by it."""
    leads = _sell(crm_both)
    crm_both.customers.save(CustomerDraft(name="Anna", lifecycle="prospect"))
    leads.qualify("Anna", need="An oven", budget="1200")
    lead = leads.qualify("Anna", timeframe="spring")
    assert (lead.lifecycle, lead.need, lead.timeframe) == ("lead", "An oven", "spring")
    assert str(lead.budget).startswith("1200.00")
    with pytest.raises(Invalid, match="nothing to keep"):
        leads.qualify("Anna")
    with pytest.raises(Invalid, match="no budget"):
        leads.qualify("Anna", budget="-1")


def test_leads_go_round_within_a_team(crm_both: Crm) -> None:
    """Each in turn, over batches too; a dry run says why and gives nothing to anybody."""
    leads = _sell(crm_both, "Anna", "Bea", "Cid")
    crm_both.customers.save(CustomerDraft(name="Rye Ltd", lifecycle="lead", is_organization=True))
    chosen = leads.choose()
    assert [each.employee for each in chosen] == ["Ewa", "Jan", "Ewa", "Boss"]
    assert chosen[0].why == '"rest" fits, and in Sales it is the turn of Ewa'
    assert chosen[3].why == '"big" fits (is_organization) and names Boss'
    assert all(each.owner is None for each in leads.list())
    assert [each.employee for each in leads.assign(["Anna"])] == ["Ewa"]
    assert [each.employee for each in leads.assign(["Bea"])] == ["Jan"]
    assert [each.employee for each in leads.assign()] == ["Ewa", "Boss"]
    assert crm_both.customers.get("Cid").owner_id == crm_both.people.get("Ewa").id


def test_nobody_is_given_more_than_there_is_room_for(crm: Crm) -> None:
    """With `most` open leads somebody is full; who has left is given none."""
    leads = _sell(crm, *(f"Lead {number}" for number in range(5)))
    crm.people.deactivate("Jan")
    assert [each.employee for each in leads.assign()] == ["Ewa", "Ewa", "Ewa", None, None]
    assert "no room" in leads.choose()[0].why


def test_the_first_task_of_a_lead_goes_along(tmp_path: Path) -> None:
    """Where it is nobody's; what somebody took, a team's and other tasks stay whose they are. It is nobody's
    again where the plan that gave the lead away is taken back."""
    toml = '[plugins.operational]\nnew_lead = "Say hello"\n' + TOML
    rule = '[rules.assign]\nwho = "owner is null"\nrun = "daily"\nassign_lead = true\n'
    with open_crm(tmp_path, toml + rule, plugins=["operational"], clock=FakeClock()) as crm:
        leads, tasks = _sell(crm, "Anna", "Bea"), crm.service(Tasks)
        first, second = tasks.list()
        tasks.assign(second.id, crm.people.get("Boss").id)
        other = tasks.add("Anna", "Send the price list", team="Sales")
        plan = crm.strategy.plan().number
        crm.strategy.apply(plan)
        ewa, boss = (crm.people.get(name).id for name in ("Ewa", "Boss"))
        whose = {each.id: each.employee_id for each in tasks.list()}
        assert whose == {first.id: ewa, second.id: boss, other.id: None}
        crm.undo.undo(f"plan:{plan}")
        assert tasks.get(first.id).employee_id is None
        leads.assign(["Anna"])
        assert tasks.get(first.id).employee_id is not None


LOADED = """
[plugins.operational.leads]
in_hours = true
assign.all = { to = "Sales", how = "least loaded" }
[hours]
open = { mon = "09:00-17:00" }
"""


def test_the_least_loaded_in_opening_hours(tmp_path: Path) -> None:
    """Outside of them nothing is assigned."""
    with open_crm(tmp_path, LOADED, plugins=["operational"], clock=FakeClock()) as crm:
        leads = _sell(crm, "Anna", "Bea", "Cid")
        crm.customers.update("Anna", CustomerDraft(owner_id=crm.people.get("Ewa").id))
        (chosen,) = leads.assign(["Bea"])
        assert (chosen.employee, chosen.why) == (None, "it is outside of opening hours")
        crm.clock.advance(days=4)  # type: ignore[attr-defined]
        (chosen,) = leads.assign(["Bea"])
        assert chosen.employee == "Jan"
        assert "Jan has the fewest: 0 open leads" in chosen.why


def test_a_lead_becomes_a_deal_and_loses_nothing(crm_both: Crm) -> None:
    """Budget, source and owner come along; what is known of the lead stays."""
    leads = _sell(crm_both)
    crm_both.customers.save(CustomerDraft(name="Anna", lifecycle="lead", fields={"lead_source": "web"}))
    leads.qualify("Anna", need="An oven", budget="1200")
    leads.assign()
    lead, deal = leads.convert("Anna", "Ovens")
    assert (lead.lifecycle, lead.deal, lead.need) == ("customer", deal.ref, "An oven")
    assert (deal.fields["value"].minor, deal.fields["source"]) == (120_000, "web")
    assert deal.owner_id == crm_both.people.get("Ewa").id
    told = [each.type for each in crm_both.interactions.timeline("Anna").interactions]
    assert sorted(told) == ["deal.opened", "lead.converted"]
    with pytest.raises(Conflict, match="converted into deal:1"):
        leads.convert("Anna", "Ovens")
    assert crm_both.service(SalesDesk).win(deal.id).state == "won"


def test_a_lead_that_comes_to_nothing(crm: Crm) -> None:
    """For a reason of the list; qualified again it is open again."""
    leads = _sell(crm, "Anna")
    with pytest.raises(Invalid, match="no reason"):
        leads.lose("Anna", "whim")
    assert leads.lose("Anna", "no budget").lost_reason == "no budget"
    assert leads.list() == []
    assert leads.qualify("Anna", need="An oven").lost_reason is None
    crm.customers.save(CustomerDraft(name="Bea", lifecycle="customer"))
    with pytest.raises(NotFound, match="Bea is no lead"):
        leads.get("Bea")


def test_a_rule_assigns_leads_and_an_undo_takes_it_back(tmp_path: Path) -> None:
    """The owner is put back, and the turn with it."""
    rule = TOML + '[rules.assign]\nwho = "lifecycle = \'lead\'"\nrun = "daily"\nassign_lead = true\n'
    with open_crm(tmp_path, rule, plugins=["operational"], clock=FakeClock()) as crm:
        leads = _sell(crm, "Anna", "Bea")
        plan = crm.strategy.plan().number
        assert crm.strategy.apply(plan).done == 2
        assert [each.owner for each in leads.list()] == ["Ewa", "Jan"]
        crm.undo.undo(f"plan:{plan}")
        assert [(each.owner, each.rule) for each in leads.list()] == [(None, None)] * 2


def test_the_commands(crm: Crm) -> None:
    """From a prospect to a deal by hand."""
    _sell(crm)
    crm.customers.save_all([CustomerDraft(name="Anna"), CustomerDraft(name="Bea")])

    def leads(*words: str) -> str:
        answer = run_crm("--config", crm.config.path, "leads", *words)
        return answer.stdout + answer.stderr

    assert "No open leads" in leads("list")
    assert "need An oven, budget 1200.00" in leads("qualify", "Anna", "--need", "An oven", "--budget", "1200")
    assert "Anna" in leads("list", "--unassigned")
    assert "Would be assigned: 1 of 1" in leads("assign", "--dry-run")
    assert "crm customers update 1 --owner ''" in leads("assign")
    assert "deal:1 Ovens (new)" in leads("convert", "Anna", "--deal", "Ovens")
    assert "a lead no longer" in leads("lose", "Anna", "--reason", "other")
    assert "--lifecycle prospect" in leads("qualify", "Bea", "--budget", "800")
    assert "--lifecycle prospect" not in leads("qualify", "Bea", "--budget", "900"), "a lead before, too"
    assert "deal:2 Mixer" in leads("convert", "Bea", "--deal", "Mixer", "--value", "300", "--owner", "Jan")
    deal = crm.records.get("deal", 2)
    assert (deal.fields["value"].minor, deal.owner_id) == (30_000, crm.people.get("Jan").id)
    assert "crm deals add 2" in leads("qualify", "Bea", "--need", "More"), "a customer is no lead any more"


def test_leads_are_lost_for_the_reasons_of_the_business(tmp_path: Path) -> None:
    """Another reason is refused and told which there are; the timeline says that the lead came to nothing."""
    toml = '[plugins.operational.leads]\nlost_reasons = ["bakes at home"]\n'
    with open_crm(tmp_path, toml, plugins=["operational"]) as crm:
        leads = _sell(crm, "Anna")
        with pytest.raises(Invalid) as raised:
            leads.lose("Anna", "no budget")
        assert "bakes at home" in str(raised.value.hint)
        assert leads.lose("Anna", "bakes at home").lost_reason == "bakes at home"
        (told,) = crm.interactions.list("lead.lost").interactions
        assert crm.interactions.summary(told) == "bakes at home"
        assert crm.predicates.count("exists(lead.lost, last 7 days)") == 1
