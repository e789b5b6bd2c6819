"""Deals: what follows from saving one, whoever saves it, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid, Money, RecordDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import SalesDesk

TOML = """
[plugins.operational.deals.pipelines.shops]
stages = [
  { name = "new", probability = 10, stale_after = "2 weeks" },
  { name = "proposal", probability = 50, needs = ["value"] },
]

[plugins.operational.deals.pipelines.tenders]
stages = [{ name = "announced", probability = 5 }, { name = "handed_in", probability = 30 }]
moves = { announced = ["handed_in", "lost"], handed_in = ["won", "lost"] }

[roles.seller]
sees = "own"
permissions = ["customers.read", "records.read"]
"""


@pytest.fixture
def crm_toml() -> str:
    """Two pipelines."""
    return TOML


@pytest.fixture
def desk(crm: Crm) -> SalesDesk:
    """The sales desk of a business with one customer."""
    crm.customers.save(CustomerDraft(name="Anna Nowak"))
    return crm.service(SalesDesk)


def test_a_deal_from_the_first_stage_to_won(crm_both: Crm, clock: FakeClock) -> None:
    """Its probability and the time in its stage follow the stages; won, it stands on the timeline."""
    crm_both.customers.save(CustomerDraft(name="Anna Nowak"))
    desk, own = crm_both.service(SalesDesk), crm_both.config.crs.currency
    deal = desk.add("Anna Nowak", "Ovens", "1200.50")
    assert (deal.state, deal.fields["pipeline"], deal.fields["probability"]) == ("new", "shops", 10)
    assert deal.fields["opened_on"] == date(2026, 1, 1)
    clock.advance(days=3)
    deal = desk.move("Ovens", "Proposal")
    assert (deal.state, deal.fields["probability"]) == ("proposal", 50)
    assert deal.fields["stage_since"] == clock.now()
    desk.move(deal.id, "new")
    desk.move(deal.id, "proposal")
    clock.advance(days=4)
    deal = desk.win(deal.id)
    assert (deal.state, deal.fields["probability"]) == ("won", 100)
    assert deal.fields["close_on"] == date(2026, 1, 8)
    told = [(each.type, each.amount) for each in crm_both.interactions.timeline("Anna Nowak").interactions]
    assert told == [("deal.won", 120_050), ("deal.opened", 120_050)]
    assert deal.fields["value"] == Money(120_050, own)


def test_each_pipeline_has_its_own_stages_and_moves(desk: SalesDesk, crm: Crm) -> None:
    """A deal goes through its pipeline only, whichever way it is saved."""
    tender = desk.add("Anna Nowak", "School", fields={"pipeline": "Tenders"})
    assert (tender.state, tender.fields["pipeline"]) == ("announced", "tenders")
    with pytest.raises(Invalid, match=r'cannot move from "announced" to "won".*handed_in, lost'):
        crm.records.move("deal", tender.id, "won")
    with pytest.raises(Invalid, match='"tenders" has no stage "proposal"'):
        crm.records.move("deal", tender.id, "proposal")
    with pytest.raises(Invalid, match='"shops" has no stage "announced"'):
        crm.records.update("deal", tender.id, {"pipeline": "shops"})
    crm.records.move("deal", tender.id, "handed_in")
    assert crm.records.move("deal", tender.id, "won").state == "won"
    with pytest.raises(Invalid, match="There it ends"):
        crm.records.move("deal", tender.id, "announced")


def test_a_stage_asks_for_what_it_needs(desk: SalesDesk) -> None:
    """Without a value no proposal, and nothing is lost without a reason."""
    deal = desk.add("Anna Nowak", "Ovens")
    with pytest.raises(Invalid, match='cannot be "proposal" without value'):
        desk.move(deal.id, "proposal")
    assert desk.move(deal.id, "proposal", fields={"value": "10"}).state == "proposal"
    with pytest.raises(Invalid, match='"lost" without lost_reason'):
        desk.move(deal.id, "lost")
    assert desk.lose(deal.id, "Price").fields["lost_reason"] == "price"
    again = desk.move(deal.id, "new")
    assert "lost_reason" not in again.fields
    assert again.fields["probability"] == 10


def test_a_probability_that_was_given_stays_until_the_deal_moves(desk: SalesDesk, crm: Crm) -> None:
    """Somebody may know better than the stage."""
    deal = desk.add("Anna Nowak", "Ovens", "10", fields={"probability": 80})
    assert crm.records.update("deal", deal.id, {"next_step": "Call"}).fields["probability"] == 80
    assert desk.move(deal.id, "proposal").fields["probability"] == 50


@pytest.mark.parametrize(
    ("fields", "state", "message"),
    [
        ({"value": "-5"}, None, "less than nothing"),
        ({"probability": "101"}, None, "not a probability"),
        ({"close_on": "2025-12-31", "opened_on": "2026-01-01"}, None, "before it began"),
        ({"close_on": "2026-01-02"}, "won", "has not come yet"),
        ({}, "won", "day on which it was closed"),
        ({"value": "5", "currency": "XXX"}, None, "not a currency"),
        ({"value": "5", "currency": "JPY"}, None, "no rate from JPY"),
        ({"pipeline": "shpos"}, None, "shpos"),
    ],
)
def test_what_cannot_be_a_deal(
    desk: SalesDesk, crm: Crm, fields: dict[str, str], state: str | None, message: str
) -> None:
    """It is refused by name, and the others of the batch go on."""
    del desk
    wrong = RecordDraft(customer=1, fields=fields, state=state)
    report = crm.records.save_all("deal", [wrong, RecordDraft(customer=1, fields={"name": "Ovens"})])
    assert [each.index for each in report.refused] == [0]
    assert message in report.refused[0].reason
    assert report.done == ["refused", "created"]


def test_a_deal_in_another_currency_is_worth_what_its_day_says(desk: SalesDesk, crm: Crm) -> None:
    """The amount is kept as given; another value in the business's own money takes its place."""
    own = crm.config.crs.currency
    crm.rates.set("USD", "4", on=date(2025, 12, 1))
    crm.rates.set("USD", "5", on=date(2026, 1, 1))
    deal = desk.add("Anna Nowak", "Ovens", "100", fields={"currency": "usd"})
    assert deal.fields["value"] == Money(50_000, own)
    assert (str(deal.fields["amount"]), deal.fields["currency"]) == ("100.000", "USD")
    old = crm.records.add(
        "deal", 1, {"amount": "100", "currency": "USD", "close_on": "2025-12-20"}, state="won"
    )
    assert old.fields["value"] == Money(40_000, own)
    deal = crm.records.update("deal", deal.id, {"value": "70"})
    assert deal.fields["value"] == Money(7_000, own)
    assert "currency" not in deal.fields


def test_two_who_move_one_deal(desk: SalesDesk) -> None:
    """The second of them is told that it was moved."""
    deal = desk.add("Anna Nowak", "Ovens", "10")
    desk.move(deal.id, "proposal", deal.version)
    with pytest.raises(Conflict, match="changed in the meantime"):
        desk.move(deal.id, "won", deal.version)


def test_who_leaves_hands_their_open_deals_over(desk: SalesDesk, crm: Crm) -> None:
    """The open ones go to whoever takes over; what was won stays theirs."""
    ewa, jan = crm.people.add("Ewa"), crm.people.add("Jan")
    open_ = desk.add("Anna Nowak", "Ovens", "10", owner=ewa.id)
    won = desk.win(desk.add("Anna Nowak", "Mixer", "10", owner=ewa.id).id)
    crm.editing.handover("Ewa", "Jan")
    assert crm.records.get("deal", open_.id).owner_id == jan.id
    assert crm.records.get("deal", won.id).owner_id == ewa.id


def test_contact_roles_go_with_their_people(desk: SalesDesk, crm: Crm) -> None:
    """Somebody has one role in a deal; merged with somebody else it stays theirs; erased it is gone."""
    deal = desk.add("Anna Nowak", "Ovens")
    jan, twin = (crm.customers.save(CustomerDraft(name=name)).id for name in ("Jan Wilk", "J. Wilk"))
    desk.add_contact(deal.id, jan, "user")
    desk.add_contact(deal.id, jan, " decision  maker ")
    assert [(each.name, each.role) for each in desk.contacts(deal.id)] == [("Jan Wilk", "decision maker")]
    crm.merging.merge(twin, jan)
    assert [each.customer_id for each in desk.contacts(deal.id)] == [twin]
    with pytest.raises(Invalid, match="role has 1 to"):
        desk.add_contact(deal.id, twin, " ")
    desk.remove_contact(deal.id, twin)
    assert desk.contacts(deal.id) == []


def test_the_board_counts_sums_and_marks_what_is_stale(crm_both: Crm, clock: FakeClock) -> None:
    """Stage by stage, the largest first."""
    crm_both.customers.save(CustomerDraft(name="Anna Nowak"))
    desk = crm_both.service(SalesDesk)
    desk.add("Anna Nowak", "Old", "10")
    clock.advance(days=15)
    desk.add("Anna Nowak", "Big", "30")
    desk.add("Anna Nowak", "Mixer", "5", stage="proposal")
    desk.win(desk.add("Anna Nowak", "Done", "99").id)
    new, proposal = desk.board(top=1)
    assert (new.stage, new.deals, new.value.minor, new.stale) == ("new", 2, 4_000, 1)
    assert [(card.name, card.stale) for card in new.cards] == [("Big", False)]
    assert (proposal.stage, proposal.deals, proposal.stale) == ("proposal", 1, 0)
    assert [card.stale for card in desk.board()[0].cards] == [False, True]


def test_today_names_next_steps_and_stale_deals(desk: SalesDesk, crm: Crm, clock: FakeClock) -> None:
    """What is due by today, and what nobody has touched for too long; of one's own or nobody's."""
    ewa, jan = crm.people.add("Ewa"), crm.people.add("Jan")
    deal = desk.add("Anna Nowak", "Ovens", "10", owner=ewa.id)
    desk.next(deal.id, "Send the quote", date(2026, 1, 10))
    assert crm.today().groups == {}
    clock.advance(days=15)
    due = crm.acting_as("Ewa").today().groups
    assert [each.what for each in due["Deals"]] == ["Send the quote: Ovens (deal:1)"]
    assert [each.what for each in due["Stale deals"]] == ["Ovens (deal:1), new since 2026-01-01"]
    assert crm.acting_as(jan.name).today().groups == {}


def test_a_customers_page_sums_their_deals(desk: SalesDesk, crm: Crm) -> None:
    """Open, won and lost, with what they are worth."""
    desk.add("Anna Nowak", "Ovens", "10")
    desk.win(desk.add("Anna Nowak", "Mixer", "7").id)
    own = crm.config.crs.currency
    (section,) = [each for each in crm.customers.profile(1).sections if each.title == "Deals"]
    assert section.lines == (("Open", f"1 worth 10.00 {own}"), ("Won", f"1 worth 7.00 {own}"))


def test_who_does_not_see_a_customer_sees_none_of_their_deals(desk: SalesDesk, crm: Crm) -> None:
    """Board, list, forecast and what moved it are of the customers whom one sees, and only of those."""
    vera = crm.people.add("Vera", role="seller")
    crm.customers.save(CustomerDraft(name="Bea Lis", owner_id=vera.id))
    desk.add("Anna Nowak", "Ovens", "10")
    desk.add("Bea Lis", "Mixers", "4")
    veras = crm.acting_as("Vera")
    sales, own = veras.service(SalesDesk), crm.config.crs.currency

    board, now = sales.board()[0], crm.clock.now()
    shown = (sales.forecast(), sales.forecast(as_of=now))

    assert (board.deals, [card.name for card in board.cards]) == (1, ["Mixers"])
    assert [each.title for each in veras.records.list("deal").records] == ["Mixers"]
    assert {(each.total.open, each.total.pipeline) for each in shown} == {(1, Money(400, own))}
    assert sales.waterfall(now - 1).after == Money(400, own)
