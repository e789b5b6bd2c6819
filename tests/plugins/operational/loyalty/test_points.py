"""Points by hand, rewards and coupons: what people do at the counter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid, NotAllowed, NotFound
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Coupons, Loyalty


@pytest.fixture
def anna(crm_both: Crm) -> int:
    """A customer's id."""
    return crm_both.customers.save(CustomerDraft(name="Anna Nowak")).id


def types(crm: Crm, customer: int) -> list[str]:
    """What stands on a customer's timeline, oldest first."""
    return [each.type for each in crm.interactions.timeline(customer, limit=100).interactions][::-1]


def test_points_are_given_spent_and_taken_back(crm_both: Crm, anna: int) -> None:
    """Each is told on the timeline, has a number, and can be cancelled once, which voids what was told."""
    loyalty = crm_both.service(Loyalty)
    given = loyalty.award(anna, 600, "Birthday")
    spent = loyalty.spend(anna, 50, "Delivery")
    assert (given.balance, spent.balance) == (600, 550)
    assert loyalty.cancel(spent.id).balance == 600
    with pytest.raises(Conflict, match="cancelled before"):
        loyalty.cancel(spent.id)
    assert types(crm_both, anna) == ["points.awarded", "loyalty.tier"]
    statement = loyalty.statement(anna)
    assert [(line.what, line.points, line.balance) for line in statement.lines] == [
        (f"Cancelled {spent.id}: Delivery", 50, 600),
        ("Spent: Delivery", -50, 550),
        ("Awarded: Birthday", 600, 600),
    ]
    assert statement.tier == "silver"
    loyalty.cancel(given.id)
    assert (loyalty.balance(anna), loyalty.statement(anna).tier) == (0, None)


def test_what_points_are_spent_on_is_told(crm_both: Crm, anna: int) -> None:
    """The timeline has points that were spent and rewards that were handed over, each with what it was."""
    loyalty = crm_both.service(Loyalty)
    loyalty.award(anna, 300)
    loyalty.spend(anna, 50, "Delivery")
    loyalty.redeem(anna, "cake")
    assert types(crm_both, anna)[1:] == ["points.spent", "reward.redeemed"]
    told = [crm_both.interactions.summary(each) for each in crm_both.interactions.timeline(anna).interactions]
    assert told[:2] == ["A cake for 100 points", "50 points: Delivery"]
    assert crm_both.predicates.members("exists(reward.redeemed, last 7 days)") == [anna]


def test_what_cannot_be(crm_both: Crm, anna: int) -> None:
    """Too few points, none at all, strangers and unknown rewards are refused by name."""
    loyalty = crm_both.service(Loyalty)
    given = loyalty.award(anna, 99)
    with pytest.raises(Conflict, match="has 99 points, and 100 are needed"):
        loyalty.redeem(anna, "cake")
    with pytest.raises(Invalid, match="no price"):
        loyalty.redeem(anna, "free-bread")
    with pytest.raises(NotFound, match='no reward "moon"'):
        loyalty.redeem(anna, "moon")
    for points in (0, -5):
        with pytest.raises(Invalid):
            loyalty.award(anna, points)
        with pytest.raises(Invalid):
            loyalty.spend(anna, points)
    with pytest.raises(NotFound):
        loyalty.award("Nobody At All", 5)
    with pytest.raises(NotFound, match="no movement 99"):
        loyalty.cancel(99)
    loyalty.spend(anna, 1)
    with pytest.raises(Conflict, match="are spent"):
        loyalty.cancel(given.id)
    assert loyalty.balance(anna) == 98


def test_what_is_earned_is_not_cancelled_by_hand(crm_both: Crm, anna: int) -> None:
    """It follows from an interaction, which is to be corrected instead."""
    crm_both.interactions.record(anna, "purchase", amount=5_000, outlet="Main")
    (line,) = crm_both.service(Loyalty).statement(anna).lines
    with pytest.raises(Invalid, match="not made by hand"):
        crm_both.service(Loyalty).cancel(line.id)


def test_rewards_are_handed_over_or_become_coupons(crm_both: Crm, anna: int) -> None:
    """A cake is handed over; a tour is a coupon, which goes back with the points unless it is redeemed."""
    loyalty, coupons = crm_both.service(Loyalty), crm_both.service(Coupons)
    loyalty.award(anna, 499)
    assert loyalty.redeem(anna, "cake").coupon is None
    tour = loyalty.redeem(anna, "tour")
    assert tour.coupon is not None
    loyalty.cancel(tour.id)
    assert coupons.get(tour.coupon.code).state == "void"
    with pytest.raises(Conflict, match="was voided"):
        coupons.redeem(tour.coupon.code)
    again = loyalty.redeem(anna, "tour")
    assert again.coupon is not None
    coupons.redeem(again.coupon.code)
    with pytest.raises(Conflict, match="is redeemed"):
        loyalty.cancel(again.id)
    assert loyalty.balance(anna) == 199


def test_a_coupon_counts_once_and_until_its_day(crm_both: Crm, clock: FakeClock, anna: int) -> None:
    """Who comes second, or late, is told why; a misread code is told from one that there is not."""
    coupons = crm_both.service(Coupons)
    one, late = (coupons.issue(anna, "free-bread") for _ in range(2))
    assert coupons.redeem(one.code).state == "redeemed"
    with pytest.raises(Conflict, match="redeemed already, at 2026-01-01"):
        coupons.redeem(one.code)
    clock.advance(days=181)
    assert coupons.get(late.code).state == "open"
    clock.advance(days=1)
    with pytest.raises(Conflict, match="was good until 2026-07-01"):
        coupons.redeem(late.code)
    with pytest.raises(Invalid, match="not the code"):
        coupons.redeem("K7QM-4XWP-T9RA-1")
    with pytest.raises(NotFound, match="no reward"):
        coupons.issue(anna, "free-bred")
    assert [each.state for each in coupons.list()] == ["expired", "redeemed"]
    assert coupons.list(state="open") == ()
    assert types(crm_both, anna) == ["coupon.issued", "coupon.issued", "coupon.redeemed"]


def test_of_two_tills_one_redeems(crm_both: Crm, anna: int) -> None:
    """Both at the same moment: one hands the bread over, the others are told that it was redeemed."""
    code, at_once = crm_both.service(Coupons).issue(anna, "free-bread").code, Barrier(4)

    def till(_: int) -> str:
        at_once.wait()
        try:
            return crm_both.service(Coupons).redeem(code).state
        except Conflict as error:
            return "told" if "redeemed already" in error.message else error.message

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(till, range(4))) == ["redeemed", "told", "told", "told"]
    assert types(crm_both, anna).count("coupon.redeemed") == 1


def test_points_are_spent_once(crm_both: Crm, anna: int) -> None:
    """Four tills that spend a hundred each of 250 points: two succeed."""
    crm_both.service(Loyalty).award(anna, 250)
    at_once = Barrier(4)

    def till(_: int) -> bool:
        at_once.wait()
        try:
            crm_both.service(Loyalty).spend(anna, 100)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(till, range(4))) == 2
    assert crm_both.service(Loyalty).balance(anna) == 50


def test_points_expire_and_it_is_told(crm_both: Crm, clock: FakeClock, anna: int) -> None:
    """After 24 months what is left is lost, once, and stands on the timeline; before, the page, the day's
    work and a trait tell of it."""
    loyalty = crm_both.service(Loyalty)
    loyalty.award(anna, 120)
    loyalty.spend(anna, 20)
    clock.advance(days=725)
    assert crm_both.predicates.count("points_expiring(7 days) = 100") == 1
    (due,) = [each for each in crm_both.today().due if each.group == "Loyalty"]
    assert "1 customer loses 100 points" in due.what
    clock.advance(days=6)
    with pytest.raises(Conflict, match="has 0 points"):
        loyalty.spend(anna, 1)
    for _ in range(2):
        loyalty.catch_up()
    assert loyalty.balance(anna) == 0
    assert types(crm_both, anna).count("points.expired") == 1


def test_tiers_rise_and_fall(crm_both: Crm, clock: FakeClock, anna: int) -> None:
    """Points lead into a tier, spending does not lead out, time does; each change is told once."""
    loyalty = crm_both.service(Loyalty)
    loyalty.award(anna, 1_500)
    loyalty.spend(anna, 1_500)
    assert loyalty.tiers() == [("silver", 500, 0), ("gold", 1_500, 1)]
    clock.advance(days=366)
    loyalty.catch_up()
    loyalty.catch_up()
    told = crm_both.interactions.timeline(anna, types=["loyalty.tier"]).interactions
    assert [(each.payload.before, each.payload.tier) for each in told] == [("gold", None), (None, "gold")]
    then = clock.now() - 2 * 86_400_000_000
    assert crm_both.trait("loyalty_tier", anna, as_of=then) == "gold"
    assert crm_both.trait("loyalty_tier", anna) is None


def test_metrics_of_points(crm_both: Crm, clock: FakeClock, anna: int) -> None:
    """What was issued and redeemed in a period, and what is owed at its end."""
    loyalty = crm_both.service(Loyalty)
    loyalty.award(anna, 300)
    loyalty.redeem(anna, "cake")
    clock.advance(days=40)
    loyalty.award(anna, 10)
    values = {
        name: crm_both.metrics.value(name, period="this month").value
        for name in ("points_issued", "points_redeemed", "points_liability")
    }
    assert values == {"points_issued": 10, "points_redeemed": 0, "points_liability": 210}
    assert crm_both.metrics.value("points_redeemed", period="2026-01").value == 100


def test_who_may_only_read_gives_nothing(crm: Crm) -> None:
    """A viewer sees statements and moves no points."""
    crm.people.add("Vera", role="viewer")
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    crm.service(Loyalty).award(anna, 5)
    viewer = crm.acting_as("Vera").service(Loyalty)
    assert viewer.statement(anna).balance == 5
    for act in (viewer.award, viewer.spend):
        with pytest.raises(NotAllowed):
            act(anna, 5)
    with pytest.raises(NotAllowed):
        crm.acting_as("Vera").service(Coupons).issue(anna, "free-bread")
