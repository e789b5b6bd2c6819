"""Points and stamps follow from what customers do, and from what turns out to have been otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.clock import FakeClock
from crmkit.core.exchange.importing import import_interactions
from crmkit.core.instants import format_instant
from crmkit.plugins.operational.api import Coupons, Loyalty
from crmkit.testing import open_crm, run_crm


def add(crm: Crm, name: str = "Anna Nowak") -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name)).id


def buys(crm: Crm, customer: int, amount: int | None = 50_000, **values: Any) -> int:
    """The number of a purchase, in minor units, at the main outlet."""
    recorded = crm.interactions.record(customer, "purchase", amount=amount, **{"outlet": "Main", **values})
    return int(recorded.seq or 0)


def refunds(crm: Crm, customer: int, purchase: int, amount: int | None, **values: Any) -> int:
    """The number of a refund."""
    recorded = crm.interactions.record(
        customer, "refund", amount=amount, payload={"purchase": purchase}, **values
    )
    return int(recorded.seq or 0)


def rye(crm: Crm, customer: int) -> int:
    """The number of a purchase of rye bread, elsewhere than at the main outlet."""
    return buys(crm, customer, 1_200, outlet="Market", payload={"lines": [{"product": "rye"}]})


def points(crm: Crm, customer: int) -> int:
    """What a customer has."""
    return crm.service(Loyalty).balance(customer)


def test_a_stamp_card_from_the_first_purchase_to_free_bread(crm_both: Crm, clock: FakeClock) -> None:
    """Three loaves of rye make a coupon, which is taken in once; a refund takes its stamp back, and the next
    loaf makes up for it."""
    anna, loyalty, coupons = add(crm_both), crm_both.service(Loyalty), crm_both.service(Coupons)
    first = rye(crm_both, anna)
    for _ in range(2):
        clock.advance(days=1)
        assert not coupons.list()
        rye(crm_both, anna)
    (coupon,) = coupons.list()
    assert (coupon.label, coupon.state) == ("Free bread", "open")
    assert loyalty.statement(anna).stamps == {"bread": (0, 3)}
    clock.advance(days=1)
    coupons.redeem(coupon.code.lower().replace("-", " "))
    refunds(crm_both, anna, first, 1_200)
    assert loyalty.statement(anna).stamps == {"bread": (-1, 3)}
    rye(crm_both, anna)
    assert loyalty.statement(anna).stamps == {"bread": (0, 3)}
    told = [each.type for each in crm_both.interactions.timeline(anna).interactions]
    assert told == [
        "purchase", "refund", "coupon.redeemed", "coupon.issued", "purchase", "purchase", "purchase",
    ]  # fmt: skip


def test_points_are_earned_where_the_rule_says(crm_both: Crm) -> None:
    """One for each ten zlotys at the main outlet, fractions dropped, nothing elsewhere; earning tells nothing
    by itself."""
    anna = add(crm_both)
    buys(crm_both, anna, 12_999)
    buys(crm_both, anna, 12_999, outlet="Market")
    buys(crm_both, anna, None)
    assert points(crm_both, anna) == 12
    assert {each.type for each in crm_both.interactions.timeline(anna).interactions} == {"purchase"}


@pytest.mark.parametrize(("round_", "expected"), [("down", 12), ("nearest", 13), ("up", 13)])
def test_fractions_become_whole_as_the_rule_says(tmp_path: Path, round_: str, expected: int) -> None:
    """Down, to the nearest, or up; what is whole but for binary fractions stays."""
    toml = (
        f'[plugins.operational.loyalty.earn.all]\non = "purchase"\npoints = "amount / 10"\nround = "{round_}"'
    )
    with open_crm(tmp_path, toml, plugins=["operational"]) as crm:
        anna, bea = add(crm), add(crm, "Bea Lis")
        buys(crm, anna, 12_600)
        assert points(crm, anna) == expected
        for _ in range(10):
            buys(crm, bea, 3_000)
        assert points(crm, bea) == 30


def test_a_void_takes_back_what_was_earned(crm_both: Crm) -> None:
    """What never happened earned nothing; where it is spent, it is owed and offset by the next earning."""
    anna = add(crm_both)
    purchase = buys(crm_both, anna, 100_000)
    crm_both.service(Loyalty).redeem(anna, "cake")
    crm_both.interactions.void(purchase, "wrong customer")
    assert points(crm_both, anna) == -100
    buys(crm_both, anna, 120_000)
    assert points(crm_both, anna) == 20


def test_a_correction_counts_instead(crm_both: Crm) -> None:
    """Of another amount, at another outlet, of another customer: what stands is what earns."""
    anna, bea = add(crm_both), add(crm_both, "Bea Lis")
    seq = buys(crm_both, anna, 100_000)
    seq = int(crm_both.interactions.correct(seq, amount=30_000).seq or 0)
    assert points(crm_both, anna) == 30
    seq = int(crm_both.interactions.correct(seq, outlet="Market").seq or 0)
    assert points(crm_both, anna) == 0
    seq = int(crm_both.interactions.correct(seq, outlet="Main").seq or 0)
    assert points(crm_both, anna) == 30
    crm_both.interactions.reassign(seq, bea)
    assert (points(crm_both, anna), points(crm_both, bea)) == (0, 30)


def test_a_refund_of_a_part_takes_back_its_share(crm_both: Crm) -> None:
    """In proportion, in the customer's favour; several add up to all of it, and never to more."""
    anna = add(crm_both)
    purchase = buys(crm_both, anna, 10_000)
    first = refunds(crm_both, anna, purchase, 2_500)
    assert points(crm_both, anna) == 8
    refunds(crm_both, anna, purchase, 5_000)
    assert points(crm_both, anna) == 3
    refunds(crm_both, anna, purchase, 9_000)
    assert points(crm_both, anna) == 0
    crm_both.interactions.void(first, "no refund")
    assert points(crm_both, anna) == 0
    refund_elsewhere = crm_both.interactions.record(anna, "refund", amount=1_000)
    assert refund_elsewhere.seq
    assert points(crm_both, anna) == 0


def test_a_refund_that_was_none_gives_back(crm_both: Crm) -> None:
    """A refund that is voided or corrected takes back nothing, or another share."""
    anna = add(crm_both)
    purchase = buys(crm_both, anna, 10_000)
    refund = refunds(crm_both, anna, purchase, 10_000)
    assert points(crm_both, anna) == 0
    corrected = crm_both.interactions.correct(refund, amount=5_000)
    assert points(crm_both, anna) == 5
    crm_both.interactions.void(int(corrected.seq or 0), "never paid out")
    assert points(crm_both, anna) == 10
    crm_both.interactions.correct(purchase, amount=20_000)
    refunds(crm_both, anna, purchase, 10_000)
    assert points(crm_both, anna) == 10


def test_lost_points_are_not_asked_for_back(crm_both: Crm, clock: FakeClock) -> None:
    """A refund after the points have expired takes back only what was spent of them."""
    anna, loyalty = add(crm_both), crm_both.service(Loyalty)
    purchase = buys(crm_both, anna, 150_000)
    loyalty.spend(anna, 60)
    clock.advance(days=800)
    loyalty.catch_up()
    assert points(crm_both, anna) == 0
    refunds(crm_both, anna, purchase, 150_000)
    assert points(crm_both, anna) == -60


def test_everything_in_one_batch_counts_the_same(crm_both: Crm) -> None:
    """A purchase, its correction and a refund that arrive together leave what they would leave one by one."""
    anna = add(crm_both)
    seq = buys(crm_both, anna, 100_000)
    with crm_both.transaction():
        crm_both.interactions.correct(seq, amount=50_000)
        for _ in range(3):
            rye(crm_both, anna)
        crm_both.interactions.record(anna, "refund", amount=10_000, payload={"purchase": seq})
    assert points(crm_both, anna) == 40
    assert len(crm_both.service(Coupons).list()) == 1


@pytest.mark.parametrize("history", [False, True])
def test_imported_history_earns_only_if_wanted(tmp_path: Path, history: bool) -> None:
    """What happened before the programme earns with the setting `history`, from when it happened."""
    toml = f'[plugins.operational.loyalty]\nhistory = {str(history).lower()}\nexpire = "24 months"\n'
    toml += 'earn.all = { on = "purchase", points = "amount" }\n'
    clock = FakeClock()
    with open_crm(tmp_path, toml, plugins=["operational"], clock=clock) as crm:
        anna, loyalty = add(crm), crm.service(Loyalty)
        year = clock.now() - 365 * 86_400_000_000
        draft = InteractionDraft(customer=anna, type="purchase", amount=5_000, at=year, history=True)
        crm.interactions.record_all([draft])
        assert points(crm, anna) == (50 if history else 0)
        if history:
            clock.advance(days=366)
            loyalty.catch_up()
            assert points(crm, anna) == 0
        assert loyalty.recalculate().differences == 0


def test_other_currencies_count_at_the_rate_of_the_day(crm_both: Crm, clock: FakeClock) -> None:
    """A purchase in euros earns what it is worth in the business's own currency, and a refund in zlotys
    takes its share of that; without a rate nothing is earned until there is one."""
    anna, loyalty = add(crm_both), crm_both.service(Loyalty)
    purchase = buys(crm_both, anna, 10_000, currency="EUR")
    buys(crm_both, anna, 10_000)
    assert points(crm_both, anna) == 0
    crm_both.rates.set("EUR", "4.20", on=date(2026, 1, 1))
    buys(crm_both, anna, 10_000)
    assert points(crm_both, anna) == 10
    found = loyalty.recalculate(dry_run=True)
    assert (found.differences, found.points) == (2, 52)
    assert points(crm_both, anna) == 10
    loyalty.recalculate()
    assert points(crm_both, anna) == 62
    assert loyalty.recalculate().differences == 0
    clock.advance(days=1)
    crm_both.rates.set("EUR", "5.00", on=date(2026, 1, 2))
    refunds(crm_both, anna, purchase, 21_000)
    assert points(crm_both, anna) == 41


def test_a_changed_rule_is_brought_in_line(tmp_path: Path) -> None:
    """After the rule in `crm.toml` was changed, a rehearsal tells what differs, and then it is entered."""
    rule = '[plugins.operational.loyalty.earn.all]\non = "purchase"\npoints = "amount / {}"\n'
    with open_crm(tmp_path, rule.format(10), plugins=["operational"]) as crm:
        anna = add(crm)
        purchase = buys(crm, anna, 10_000)
        refunds(crm, anna, purchase, 5_000)
        assert points(crm, anna) == 5
    with open_crm(tmp_path, rule.format(5), plugins=["operational"]) as crm:
        assert points(crm, anna) == 5
        found = crm.service(Loyalty).recalculate(dry_run=True)
        assert (found.differences, found.points, found.looked_at) == (2, 5, 2)
        crm.service(Loyalty).recalculate()
        assert points(crm, anna) == 10
        assert crm.service(Loyalty).recalculate().differences == 0


def test_an_import_earns_at_once(crm_both: Crm, tmp_path: Path) -> None:
    """What a file brings as new has earned its points when the import ends, without anybody's next contact;
    and an undo of the import takes it back."""
    anna = add(crm_both)
    file = tmp_path / "till.csv"
    at = format_instant(crm_both.clock.now(), crm_both.kernel.tz)
    rows = "".join(f"{anna},purchase,{at},100.00,Main,t{i}\n" for i in range(5))
    file.write_text(f"customer,type,at,amount,outlet,source_ref\n{rows}", encoding="utf-8")
    import_interactions(crm_both, file, live=True, batch_size=2)
    assert points(crm_both, anna) == 50
    assert [behind for *_, behind, _, _ in crm_both.kernel.observers.lag()] == [0, 0]
    crm_both.undo.undo("import:1")
    assert points(crm_both, anna) == 0


def test_a_new_rule_looks_back_where_it_is_told_to(tmp_path: Path) -> None:
    """It gives nothing for what was before it; with a day, for what has happened since."""
    with open_crm(tmp_path, plugins=["operational"]) as crm:
        anna = add(crm)
        at = [int(datetime(2025, 12, day, 12, tzinfo=UTC).timestamp()) * 1_000_000 for day in (10, 20)]
        crm.interactions.record_all(
            InteractionDraft(customer=anna, type="purchase", amount=10_000, at=each, history=True)
            for each in at
        )
    toml = tmp_path / "crm.toml"
    rule = 'earn.all = { on = "purchase", points = "amount / 10" }\n'
    toml.write_text(f"{toml.read_text()}\n[plugins.operational.loyalty]\nhistory = true\n{rule}")
    recalculate = ("--config", toml, "loyalty", "recalculate", "--dry-run")
    assert "No rule has given anything yet" in run_crm(*recalculate).stderr
    assert len(run_crm(*recalculate, "--since", "2025-12-20", "--json").json) == 1
    assert len(run_crm(*recalculate, "--since", "2025-12-10", "--json").json) == 2
