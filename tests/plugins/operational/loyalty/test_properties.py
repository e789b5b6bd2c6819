"""Laws of the ledger: movements sum to zero, lots to balances, tiers follow the rules, merges conserve."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from attrs import define, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Conflict, Crm, CustomerDraft, Invalid
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Loyalty
from crmkit.plugins.operational.loyalty.codes import ALPHABET, new_code, read_code
from crmkit.plugins.operational.loyalty.ledger import lots
from crmkit.plugins.operational.loyalty.tables import ENTRY

SETTINGS = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 1), st.integers(0, 60_000)),
        st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 40_000)),
        st.tuples(st.just("void"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 60_000)),
        st.tuples(st.just("award"), st.integers(0, 1), st.integers(1, 800)),
        st.tuples(st.just("spend"), st.integers(0, 1), st.integers(1, 900)),
        st.tuples(st.just("wait"), st.integers(1, 500), st.just(0)),
    ),
    max_size=9,
)


@define
class Told:
    """A story told to the business, and what a simple count makes of it."""

    crm: Crm
    clock: FakeClock
    people: list[int]
    purchases: list[tuple[int, int]] = field(factory=list)

    def step(self, what: str, which: int, amount: int) -> None:
        """One thing that happens; what cannot happen does not."""
        loyalty, interactions = self.crm.service(Loyalty), self.crm.interactions
        if what == "buy":
            payload = {"lines": [{"product": "rye"}]}
            bought = interactions.record(
                self.people[which], "purchase", amount=amount, outlet="Main", payload=payload
            )
            self.purchases.append((int(bought.seq or 0), self.people[which]))
        elif what == "award":
            loyalty.award(self.people[which], amount)
        elif what == "spend":
            with suppress(Conflict):
                loyalty.spend(self.people[which], amount)
        elif what == "wait":
            self.clock.advance(days=which)
            loyalty.catch_up()
        elif self.purchases:
            self._changed(what, *self.purchases[which % len(self.purchases)], amount)

    def _changed(self, what: str, seq: int, whose: int, amount: int) -> None:
        with suppress(Conflict, Invalid):
            if what == "refund":
                self.crm.interactions.record(whose, "refund", amount=amount, payload={"purchase": seq})
            elif what == "void":
                self.crm.interactions.void(seq, "a mistake")
            else:
                self.crm.interactions.correct(seq, amount=amount)


def story(crm: Crm, clock: FakeClock, steps: list[Any]) -> Told:
    """Two new customers to whom all that happens."""
    people = [crm.customers.save(CustomerDraft(name=name)).id for name in ("Anna Nowak", "Bea Lis")]
    told = Told(crm, clock, people)
    for each in steps:
        told.step(*each)
    return told


def rows(crm: Crm) -> list[Any]:
    """Every row of the ledger."""
    with crm.reading() as execute:
        return list(execute(sa.select(crm.plugins.table(ENTRY)).order_by(sa.text("id"))))


def left(crm: Crm, customer: int) -> int:
    """What is left of all lots of a customer."""
    lot = lots(crm.plugins.table(ENTRY))
    with crm.reading() as execute:
        found = execute(sa.select(lot.c.remaining).where(lot.c.customer_id == customer)).scalars()
        return sum(found)


@SETTINGS
@given(steps=STEPS)
def test_movements_sum_to_zero_and_lots_to_balances(crm: Crm, clock: FakeClock, steps: list[Any]) -> None:
    """Whatever happens: each movement sums to zero, what is left of lots is the balance, spending never
    leads below zero, and a recalculation finds nothing."""
    told = story(crm, clock, steps)
    sums: dict[str, int] = {}
    for row in rows(crm):
        sums[row.because_of] = sums.get(row.because_of, 0) + row.points
    assert set(sums.values()) <= {0}
    for customer in told.people:
        balance = crm.service(Loyalty).balance(customer)
        assert left(crm, customer) == max(0, balance)
        assert crm.trait("loyalty_points", customer) == balance
    assert crm.service(Loyalty).recalculate(dry_run=True).differences == 0
    own = [row for row in rows(crm) if row.account == "customer" and row.card == ""]
    for row in own:
        if row.kind == "spent":
            before = sum(r.points for r in own if r.customer_id == row.customer_id and r.id <= row.id)
            assert before >= 0


@SETTINGS
@given(steps=STEPS)
def test_tiers_follow_the_rules(crm: Crm, clock: FakeClock, steps: list[Any]) -> None:
    """The tier is the highest whose points were issued within the last calendar year; the last that was told
    is the one of now."""
    told = story(crm, clock, steps)
    crm.service(Loyalty).catch_up()
    zone = ZoneInfo("Europe/Warsaw")
    now = datetime.fromtimestamp(clock.now() / 1_000_000, zone)
    since = now.replace(year=now.year - 1, day=min(now.day, 28) if now.month == 2 else now.day)
    start = int(since.timestamp() * 1_000_000)
    for customer in told.people:
        issued = sum(
            row.points
            for row in rows(crm)
            if row.account == "customer" and row.card == "" and row.customer_id == customer
            and row.kind in ("earned", "refunded", "awarded") and row.at > start
        )  # fmt: skip
        expected = "gold" if issued >= 1_500 else "silver" if issued >= 500 else None
        assert crm.trait("loyalty_tier", customer) == expected
        page = crm.interactions.timeline(customer, types=["loyalty.tier"], limit=100).interactions
        assert (page[0].payload.tier if page else None) == expected


@SETTINGS
@given(before=STEPS, between=STEPS)
def test_merging_and_separating_conserve(
    crm: Crm, clock: FakeClock, before: list[Any], between: list[Any]
) -> None:
    """A merge adds balances up; separating gives each their own back, and nothing is lost of what was earned
    in between."""
    told, loyalty = story(crm, clock, before), crm.service(Loyalty)
    one, other = told.people
    had = {customer: loyalty.balance(customer) for customer in told.people}
    receipt = crm.merging.merge(one, other)
    assert loyalty.balance(one) == sum(had.values())
    told.people, told.purchases = [one, one], [(seq, one) for seq, _ in told.purchases]
    for each in between:
        told.step(*each)
    total = loyalty.balance(one)
    crm.merging.unmerge(receipt.number)
    assert loyalty.balance(one) + loyalty.balance(other) == total
    if not between:
        assert {customer: loyalty.balance(customer) for customer in (one, other)} == had
    assert sum(row.points for row in rows(crm)) == 0


@SETTINGS
@given(
    stays=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 700)), min_size=1, max_size=8),
    spend=st.integers(1, 1_500),
)
def test_what_expires_first_is_spent_first(
    crm: Crm, clock: FakeClock, stays: list[tuple[int, int]], spend: int
) -> None:
    """What a queue by hand leaves of each award is what is lost on its day."""
    anna, loyalty = crm.customers.save(CustomerDraft(name="Anna")).id, crm.service(Loyalty)
    queue: list[list[int]] = []

    def lose() -> None:
        now = clock.now()
        queue[:] = [each for each in queue if each[0] > now]

    for points, wait in stays:
        loyalty.award(anna, points)
        at = datetime.fromtimestamp(clock.now() / 1_000_000, ZoneInfo("Europe/Warsaw"))
        until = at.replace(year=at.year + 2, day=28 if (at.month, at.day) == (2, 29) else at.day)
        queue.append([int(until.timestamp()) * 1_000_000, points])
        clock.advance(days=wait)
        lose()
    if sum(each[1] for each in queue) >= spend:
        loyalty.spend(anna, spend)
        wanted = spend
        for each in queue:
            taken = min(wanted, each[1])
            each[1] -= taken
            wanted -= taken
    else:
        loyalty.catch_up()
    for _ in range(6):
        assert loyalty.balance(anna) == sum(each[1] for each in queue)
        clock.advance(days=timedelta(days=150).days)
        lose()
        loyalty.catch_up()


@given(seed=st.randoms(use_true_random=False), place=st.integers(0, 13), other=st.sampled_from(ALPHABET))
def test_a_wrong_character_in_a_code_is_found(seed: Any, place: int, other: str) -> None:
    """One character read wrongly makes no other code, and one that was read rightly is the code."""
    code = new_code(seed)
    assert read_code(f" {code.lower().replace('-', '')} ") == code
    assert not set(code) & set("01IO")
    if code[place] not in ("-", other):
        assert read_code(code[:place] + other + code[place + 1 :]) is None
