"""Backtesting: what a rule would have done, by what was known then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.instants import local_date, parse_instant
from crmkit.core.predicates.errors import PredicateError
from crmkit.plugin import InteractionDraft
from tests.analysed import analyse
from tests.core.strategy.gates.reaching import PLUGINS, PURPOSES, write_plugin
from tests.core.strategy.living import DAY, acted, bought, happen, newcomer, weekdays
from tests.soaking import soaking

Open = Callable[..., Crm]
LIMITED = '[limits]\nmarketing = "2 per 7 days"\nquiet_hours = "21:00-08:00"\n'
LATE = """
[rules.late]
who = "days_since(purchase) > 3 and sum(purchase) < 200"
run = "every monday at 22:00"
not_again_for = "10 days"
max_acts = 6
[[rules.late.do]]
id = "mail"
write = "Where are you?"
purpose = "news"
[[rules.late.do]]
id = "note"
file = "vips.csv"
line = ["{{ customer.id }}"]
only_if = "has_tag(vip) or archived"
"""


@pytest.fixture
def shop(bakery: Open, tmp_path: Path) -> Open:
    """Open a shop that writes to its customers. It is 4 May 2026, 10:00."""
    write_plugin(tmp_path)
    return lambda toml: bakery(PURPOSES + toml, plugins=PLUGINS)


def _day(crm: Crm, at: int) -> date:
    return local_date(at, crm.kernel.tz)


@pytest.mark.parametrize("seed", range(1, soaking(2, 4)))
def test_it_equals_planning_when_that_was_all_there_was(shop: Open, clock: FakeClock, seed: int) -> None:
    """Weeks of purchases, consent, tags, and customers put aside and brought back: each Monday's plan, made
    when nothing later was known, has the acts that the backtest finds afterwards, for both engines."""
    crm, random = shop(LIMITED + LATE), Random(seed)
    real = []
    for monday in weekdays(crm, "2026-05-11", 6, "22:00"):
        while clock.now() < monday:
            happen(crm, random)
            clock.set(min(clock.now() + random.randrange(DAY // 4), monday))
        real += acted(crm, clock, monday, ["late"])
    for _ in range(30):
        happen(crm, random)
        clock.advance(hours=1)
    assert len(real) > 4
    analyse(crm)
    found = crm.strategy.backtest("late", since=date(2026, 5, 5), until=_day(crm, clock.now()))
    assert sorted(map(tuple, found.acts)) == sorted(real)
    assert found.turns == 6


def test_imported_history_is_as_if_it_had_come_in_live(shop: Open, clock: FakeClock) -> None:
    """One shop recorded its purchases as they happened, the other imports them all at the end."""
    rule = LIMITED + (
        '[rules.late]\nwho = "days_since(purchase) > 9"\nrun = "every monday at 09:00"\n'
        'not_again_for = "14 days"\nwrite = "Hello"\npurpose = "orders"\n'
    )
    crm, random = shop(rule), Random(5)
    start, drafts, real = clock.now(), [], []
    # Imported later, by other people: their addresses are others.
    twins: dict[str, int] = {}
    for monday in weekdays(crm, "2026-05-11", 8):
        for _ in range(4):
            clock.set(clock.now() + random.randrange(1, DAY))
            name = f"C{random.randrange(8)}"
            if name not in twins:
                twins[name] = newcomer(crm, name)
            crm.interactions.record(twins[name], "purchase", amount=1_000)
            drafts.append((name, clock.now()))
        real += [(act[0], act[4]) for act in acted(crm, clock, monday, ["late"])]
    clock.advance(days=1)
    live = crm.strategy.backtest("late", since=_day(crm, start), until=_day(crm, clock.now()))
    assert [(act.at, act.customer_id) for act in live.acts] == real
    later = {name: newcomer(crm, f"{name}-later") for name in twins}
    crm.interactions.record_all(
        [
            InteractionDraft(customer=later[name], type="purchase", at=at, amount=1_000, history=True)
            for name, at in drafts
        ]
    )
    both = crm.strategy.backtest("late", since=_day(crm, start), until=_day(crm, clock.now()))
    shift = {twins[name]: later[name] for name in twins}
    assert len(real) > 3
    assert sorted((act.at, act.customer_id) for act in both.acts) == sorted(
        [*real, *((at, shift[id_]) for at, id_ in real)]
    )


def test_upon_events(bakery: Open, clock: FakeClock) -> None:
    """Each complaint once, on the day after; imported ones as if they had come in then; voided later, they
    were there all the same."""
    crm = bakery('[rules.sorry]\non = "complaint"\nnote = "Sorry"\nonce = "per occasion"\n')
    crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna", "Bea")])
    first: Any = crm.interactions.record(1, "complaint")
    clock.advance(days=5)
    crm.interactions.void(first.seq, "not hers")
    clock.advance(days=5)
    old = clock.now() - 8 * DAY
    crm.interactions.record_all([InteractionDraft(customer=2, type="complaint", at=old, history=True)])
    clock.advance(days=1)
    found = crm.strategy.backtest("sorry", since=date(2026, 5, 4), until=date(2026, 5, 15))
    assert [(str(_day(crm, act.at)), act.customer_id) for act in found.acts] == [
        ("2026-05-05", 1), ("2026-05-07", 2),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="step of 7 days"):
        crm.strategy.backtest("sorry", since=date(2026, 5, 4), until=date(2026, 5, 15), step="7 days")


def test_what_happened_next(bakery: Open, clock: FakeClock) -> None:
    """Of those it meant, who bought within thirty days, and for how much; of all others, how many did; what
    is not over yet is not counted."""
    crm = bakery(
        '[rules.vips]\nwho = "has_tag(vip)"\nrun = "every monday at 09:00"\nonce = "ever"\ntag = "x"\n'
    )
    crm.customers.save_all([CustomerDraft(name=f"C{number}") for number in range(6)])
    crm.customers.tag(1, "vip")
    crm.customers.tag(2, "vip")
    clock.advance(days=10)
    crm.interactions.record(1, "purchase", amount=1_250)
    crm.interactions.record(1, "purchase", amount=750)
    crm.interactions.record(3, "purchase", amount=9_999)
    clock.advance(days=40)
    crm.interactions.record(2, "purchase", amount=5_000)
    crm.customers.tag(4, "vip")
    clock.advance(days=7)
    found = crm.strategy.backtest("vips", since=date(2026, 5, 5), until=_day(crm, clock.now()))
    after = found.aftermath
    assert [act.customer_id for act in found.acts] == [1, 2, 4]
    assert (after.judged, after.with_one, after.amount, after.running) == (2, 1, 2_000, 1)
    assert after.share == 0.5
    assert (after.others, after.others_with_one, after.others_share) == (4, 1, 0.25)


def test_what_has_no_past_is_refused_by_name(bakery: Open, clock: FakeClock) -> None:
    """As everywhere else in the language."""
    crm = bakery('[rules.a]\nwho = "city = \'Łódź\'"\nrun = "daily"\ntag = "x"\n')
    crm.customers.save(CustomerDraft(name="Anna"))
    clock.advance(days=3)
    with pytest.raises(PredicateError, match="city"):
        crm.strategy.backtest("a", since=date(2026, 5, 4))


def test_a_rule_of_another_file_or_set_aside(bakery: Open, clock: FakeClock, tmp_path: Path) -> None:
    """Tried before it is switched on; its days and those of the plan are left aside."""
    crm = bakery('[rules.later]\nrun = "daily"\nenabled = false\nstarts = 2027-01-01\ntag = "x"\n')
    crm.customers.save(CustomerDraft(name="Anna"))
    clock.advance(days=3)
    assert len(crm.strategy.backtest("later", since=date(2026, 5, 5)).acts) == 2
    draft = tmp_path / "draft.toml"
    draft.write_text(
        '[rules.idea]\nrun = "every wednesday"\nnote = "Hello {{ customer.name }}"\n', encoding="utf-8"
    )
    found = crm.strategy.backtest("idea", file=draft, since=date(2026, 5, 5))
    assert [act.occasion for act in found.acts] == ["2026-05-06"]
    assert crm.strategy.plans() == ()
    draft.write_text('run = "sometimes"\nnote = "Hello"\n', encoding="utf-8")
    with pytest.raises(Invalid, match="sometimes"):
        crm.strategy.backtest("idea", file=draft, since=date(2026, 5, 5))
    draft.write_text('note = "Hello"\n', encoding="utf-8")
    with pytest.raises(Invalid, match="needs one of run"):
        crm.strategy.backtest("idea", file=draft)
    with pytest.raises(NotFound, match="lader"):
        crm.strategy.backtest("lader")


def test_step_and_period(bakery: Open, clock: FakeClock) -> None:
    """A step leaves turns out; a period that is not over is none."""
    crm = bakery('[rules.a]\nrun = "daily"\nnote = "x"\n')
    crm.customers.save(CustomerDraft(name="Anna"))
    clock.advance(days=20)
    often = crm.strategy.backtest("a", since=date(2026, 5, 5), until=date(2026, 5, 19))
    seldom = crm.strategy.backtest("a", since=date(2026, 5, 5), until=date(2026, 5, 19), step="7 days")
    assert (often.turns, seldom.turns) == (14, 2)
    with pytest.raises(Invalid, match="no period that is over"):
        crm.strategy.backtest("a", since=date(2026, 6, 5))
    with pytest.raises(Invalid, match="no length of time"):
        crm.strategy.backtest("a", step="soon")


def test_first_heard_of(bakery: Open, clock: FakeClock) -> None:
    """Who was imported today with a purchase of last week was there last week, and not before."""
    crm = bakery(
        '[rules.all]\nrun = "daily at 09:00"\nnote = "x"\n'
        '[rules.some]\nrun = "daily at 09:00"\nnote = "x"\nwho = "not has_tag(vip)"\n'
    )
    clock.advance(days=20)
    at = parse_instant("2026-05-20 12:00", crm.kernel.tz, 0)
    crm.interactions.record_all([bought(CustomerDraft(name="Anna"), at)])
    crm.customers.save(CustomerDraft(name="Bea"))
    for rule in ("all", "some"):
        found = crm.strategy.backtest(rule, since=date(2026, 5, 18), until=date(2026, 5, 23))
        assert [(act.occasion, act.customer_id) for act in found.acts] == [
            ("2026-05-21", 1),
            ("2026-05-22", 1),
        ]
