"""What the strategy asks of deals and does with them: traits, metrics, actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, Invalid, NotFound
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Products, Quotes, SalesDesk
from crmkit.testing import open_crm, run_crm

TOML = """
[plugins.operational.quotas.Ewa]
month = 100
"""


@pytest.fixture
def crm_toml() -> str:
    """Somebody with a quota."""
    return TOML


@pytest.fixture
def desk(crm_both: Crm) -> SalesDesk:
    """Two customers, and Ewa who sells to them."""
    crm_both.people.add("Ewa")
    crm_both.customers.save_all([CustomerDraft(name="Anna"), CustomerDraft(name="Bea")])
    return crm_both.service(SalesDesk)


def test_traits_are_of_open_deals(desk: SalesDesk, crm_both: Crm) -> None:
    """Segments and rules ask for them."""
    desk.add("Anna", "Ovens", "10")
    desk.add("Anna", "Mixer")
    desk.win(desk.add("Anna", "Done", "500").id)
    assert crm_both.trait("open_deals", "Anna") == 2
    assert crm_both.predicates.members("pipeline_value >= 10 and open_deals = 2") == [1]
    assert crm_both.predicates.members("open_deals = 0") == [2]


def test_velocity_cycle_and_quota(desk: SalesDesk, crm_both: Crm, clock: FakeClock) -> None:
    """Two won in 2 and 4 days, one lost, one open: by the formulas, worked out by hand."""
    deals = [desk.add("Anna", name, "30", owner="Ewa").id for name in ("A", "B", "C", "D")]
    clock.advance(days=2)
    desk.win(deals[0])
    desk.lose(deals[2], "price")
    clock.advance(days=2)
    desk.win(deals[1])
    value = crm_both.metrics.value
    assert value("sales_cycle", "this month").value == 3
    assert value("sales_cycle", "this month", by="employee").groups[0].value == 3
    # 1 open × 2/3 × 30.00 / 3 days
    assert value("sales_velocity", "this month").value == 667
    assert value("quota_reached", "this month").numerator == 6_000
    assert value("quota_reached", "this month").currency == crm_both.config.crs.currency
    assert value("quota_reached", "2026-Q1", by="employee").groups[0].denominator == 30_000
    assert value("win_rate", "last month").value is None
    (why,) = value("deals_lost", "this month", by="reason").groups
    assert (why.group, why.value) == ("price", 1)
    assert value("win_rate", "this month", by="month").groups[0].group == "2026-01"
    with pytest.raises(Invalid, match="All time has no quota"):
        value("quota_reached", "all time")


TEAMS = """
[plugins.operational.quotas.Sales]
year = 12000
[plugins.operational.quotas.Service]
year = 1200
"""


@pytest.mark.parametrize("crm_toml", [TEAMS], ids=["teams"])
def test_a_quota_of_a_team_is_reached_by_its_members(desk: SalesDesk, crm_both: Crm) -> None:
    """A deal counts for its owner's first team; in all, teams count while no employee has a quota."""
    for team in ("Sales", "Service"):
        crm_both.people.add_team(team)
    for name, team in (("Jan", "Sales"), ("Ola", "Service"), ("Ida", "Sales")):
        crm_both.people.add(name, teams=[team])
    for owner in ("Jan", "Ida", "Ewa"):
        desk.win(desk.add("Anna", "Ovens", "100", owner=owner).id)
    value = crm_both.metrics.value
    assert {
        each.group: (each.numerator, each.denominator)
        for each in value("quota_reached", "this month", by="team").groups
    } == {"Sales": (20_000, 100_000), "Service": (0, 10_000)}
    in_all = value("quota_reached", "this month")
    assert (in_all.numerator, in_all.denominator) == (20_000, 110_000)
    assert value("quota_reached", "this month", by="employee").groups == ()


RULES = """
[rules.offer]
who = "lifecycle = 'lead'"
run = "daily"
deal = "Ovens for {{ customer.name }}"
value = 500
days = 30

[rules.on]
who = "open_deals > 0"
run = "daily"
deal_stage = "lost"
reason = "timing"
from = "new"
"""


def test_rules_make_and_move_deals_and_an_undo_takes_them_back(tmp_path: Path) -> None:
    """A deal that was moved by somebody since stays."""
    with open_crm(tmp_path, RULES, plugins=["operational"], clock=FakeClock()) as crm:
        crm.customers.save_all([CustomerDraft(name=name, lifecycle="lead") for name in ("Anna", "Bea")])
        made = crm.strategy.plan().number
        assert crm.strategy.apply(made).done == 2
        first = crm.records.get("deal", "Ovens for Anna")
        assert (str(first.fields["close_on"]), first.fields["value"].minor) == ("2026-01-31", 50_000)
        crm.clock.advance(days=1)  # type: ignore[attr-defined]
        moved = crm.strategy.plan().number
        crm.strategy.apply(moved)
        assert crm.records.get("deal", first.id).fields["lost_reason"] == "timing"
        crm.service(SalesDesk).move(2, "qualified")
        receipt = crm.undo.undo(f"plan:{moved}")
        assert [each.reason for each in receipt.left if "moved" in each.reason] == [
            "the deal was moved since"
        ]
        assert crm.records.get("deal", 1).state == "new"


ACCEPTED = """
[rules.won]
on = "quote.accepted"
deal_stage = "won"
"""


def test_an_accepted_quote_wins_its_own_deal(tmp_path: Path) -> None:
    """Of the deals the one is won that the quote is for, however it was written; a quote for none wins
    all that are open, so one for a deal that there is not, or that is somebody else's, is refused."""
    with open_crm(tmp_path, ACCEPTED, plugins=["operational"], clock=FakeClock()) as crm:
        crm.customers.save_all([CustomerDraft(name="Anna"), CustomerDraft(name="Bea")])
        desk, quotes = crm.service(SalesDesk), crm.service(Quotes)
        crm.service(Products).save("FLOUR", "Flour")
        first, second, third = (desk.add("Anna", name) for name in ("Ovens", "Flour", "Yeast"))
        quote = quotes.new("Anna", ["FLOUR x 1 @ 10"], deal=str(second.id))
        assert quote.record.fields["deal"] == f"deal:{second.id}"
        crm.records.update("quote", quote.id, {"deal": str(second.id)})
        quotes.send(quote.id)
        quotes.accept(quote.id)
        crm.strategy.apply(crm.strategy.plan().number)
        states = [crm.records.get("deal", each.id).state for each in (first, second, third)]
        assert states == ["new", "won", "new"]
        with pytest.raises(NotFound, match="no deal 9"):
            quotes.new("Anna", deal="deal:9")
        with pytest.raises(Invalid, match="deal of another customer"):
            quotes.new("Bea", deal="Yeast")
        quote = quotes.new("Anna", ["FLOUR x 2 @ 10"])
        quotes.send(quote.id)
        quotes.accept(quote.id)
        crm.strategy.apply(crm.strategy.plan().number)
        assert {crm.records.get("deal", each.id).state for each in (first, third)} == {"won"}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('deal_stage = "sold"', 'No pipeline has a stage "sold"'),
        ('deal_stage = "lost"', "lost for a reason"),
        ('deal_stage = "new"\npipeline = "x"', 'no pipeline "x"'),
        ('deal = "Ovens"\nvalue = "much"', "MUCH"),
    ],
)
def test_a_rule_that_cannot_be_is_found_by_the_check(tmp_path: Path, rule: str, message: str) -> None:
    """Before any plan is made."""
    toml = f'[rules.r]\nrun = "daily"\n{rule}\n'
    with open_crm(tmp_path, toml, plugins=["operational"]) as crm:
        answer = run_crm("--config", crm.config.path, "check")
    assert message in answer.stdout + answer.stderr
