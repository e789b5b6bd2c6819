"""All rules together beside those whom they leave alone, and outcomes of which less is better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import ConfigError, Invalid, NotFound
from crmkit.core.measuring.assignment import arm
from crmkit.core.strategy.explaining import explained
from crmkit.plugin import InteractionDraft
from tests.core.strategy.gates.reaching import add
from tests.core.strategy.test_control_groups import applied, crowd, ledger

Open = Callable[..., Crm]
ALONE = '[control]\nshare = "50%"\nsince = {since}\nuntil = 2026-05-31\n'
RUNNING = ALONE.format(since="2026-05-01")
FEWER = (
    '[rules.calm]\nrun = "daily at 09:00"\ntag = "called"\nonce = "ever"\ncontrol_group = "50%"\n'
    'outcome = "complaint"\nwithin = "7 days"\nwanted = "less"\n'
)
DAY = 86_400_000_000


def drawn(crm: Crm, ids: list[int], since: str = "2026-05-01") -> dict[str, list[int]]:
    """The customers by the group that chance gives them."""
    groups: dict[str, list[int]] = {"global": [], "treated": []}
    for id_ in ids:
        uid = crm.customers.get(id_).uid
        groups[arm(uid, f"control:{since}", (("global", 0.5), ("treated", 0.5)))].append(id_)
    return groups


def record(crm: Crm, customers: list[int], type_: str = "purchase", **given: Any) -> None:
    """One interaction for each of them."""
    crm.interactions.record_all(
        [InteractionDraft(customer=each, type=type_, history=True, **given) for each in customers]
    )


def test_all_rules_are_counted_as_a_person_would(bakery: Open, clock: FakeClock) -> None:
    """Outcomes of the period so far, once for each customer, of those who were there and who joined, whether
    or not a rule has met them; what a customer did before they joined is not."""
    crm = bakery(RUNNING)
    start = clock.now()
    groups = drawn(crm, crowd(crm, 20))
    alone, met = groups["global"], groups["treated"]
    assert min(len(alone), len(met)) >= 4
    clock.advance(days=3)
    now = clock.now()
    record(crm, met[:3], amount=500, at=start + DAY)
    record(crm, met[:1], amount=250, at=start + 2 * DAY)
    record(crm, [alone[0]], amount=100, at=start + DAY)
    record(crm, [alone[1]], amount=100, at=start - 4 * DAY)  # before the period
    record(crm, [alone[2]], amount=100, at=start - DAY)  # in it, but before they joined
    record(crm, [alone[3]], "visit", at=start + DAY)
    made = crm.strategy.report_all()
    one, two = made.seen["treated"], made.seen["global"]
    assert (one.over, one.reached, dict(one.values)) == (len(met), 3, {0: len(met) - 3, 500: 2, 750: 1})
    assert (two.over, two.reached, dict(two.values)) == (len(alone), 1, {0: len(alone) - 1, 100: 1})
    assert made.shares is not None
    assert made.amounts is not None
    difference = made.shares.differences[0]
    assert (difference.arm, difference.against) == ("treated", "global")
    assert difference.absolute == pytest.approx(3 / len(met) - 1 / len(alone))
    assert (made.rule, made.within, made.outcome, made.at) == (None, None, "purchase", now)
    assert (made.state, made.sentence) == (
        "collecting",
        "It is too early to tell: the time runs until 2026-05-31.",
    )
    clock.advance(days=60)
    record(crm, alone, amount=100)  # after the period
    late = add(crm, "late", email=None, agrees=())
    over = crm.strategy.report_all()
    assert (over.seen, over.state) == (made.seen, "inconclusive")
    assert late not in alone + met


def test_the_groups_are_those_of_the_plans(bakery: Open) -> None:
    """Whom a plan leaves alone is in the group that the report calls so."""
    crm = bakery(RUNNING + FEWER)
    groups = drawn(crm, crowd(crm, 20))
    applied(crm)
    arms = dict(ledger(crm, "customer_id", "arm"))
    assert sorted(id_ for id_, each in arms.items() if each == "global") == groups["global"]
    seen = crm.strategy.report_all().seen
    assert {name: each.assigned for name, each in seen.items()} == {
        name: len(ids) for name, ids in groups.items()
    }


def test_archived_erased_and_merged_customers(bakery: Open, clock: FakeClock) -> None:
    """Who was archived since the beginning counts; who was before, was erased, or was merged out of two
    groups does not; of two of one group, the one that is left counts."""
    crm = bakery("")
    ids = crowd(crm, 24)
    groups = drawn(crm, ids, since="2026-05-06")
    alone, met = groups["global"], groups["treated"]
    assert min(len(alone), len(met)) >= 5
    crm.customers.archive(met[0])
    clock.advance(days=3)
    crm = bakery(ALONE.format(since="2026-05-06"))
    crm.customers.archive(met[1])
    crm.privacy.erase(alone[0])
    crm.merging.merge(met[2], alone[1])
    crm.merging.merge(met[3], met[4])
    made = crm.strategy.report_all()
    assert made.mixed == 1
    assert made.seen["treated"].assigned == len(met) - 3
    assert made.seen["global"].assigned == len(alone) - 2


@pytest.mark.parametrize(
    ("wanted", "state", "said"),
    [
        ("more", "better", "The rules work: of those whom rules may meet, more came to a complaint than of"),
        ("less", "worse", "The rules do harm: of those left alone by all, fewer came to a complaint than of"),
    ],
)
def test_what_rises_is_good_or_bad_as_wanted(
    bakery: Open, clock: FakeClock, wanted: str, state: str, said: str
) -> None:
    """More complaints among those whom rules meet are harm where fewer are wanted."""
    crm = bakery(RUNNING + f'outcome = "complaint"\nwanted = "{wanted}"\n')
    groups = drawn(crm, crowd(crm, 60))
    clock.advance(days=26)
    record(crm, groups["treated"], "complaint")
    made = crm.strategy.report_all()
    assert made.state == state
    assert made.sentence.startswith(said)


def test_groups_of_wrong_sizes_are_not_trusted(bakery: Open, clock: FakeClock) -> None:
    """Something other than chance has taken customers away."""
    crm = bakery(RUNNING)
    groups = drawn(crm, crowd(crm, 40))
    for id_ in groups["global"]:
        crm.privacy.erase(id_)
    clock.advance(days=1)
    made = crm.strategy.report_all()
    assert (made.state, made.sentence[:27]) == ("broken", "Do not trust these numbers:")


def test_without_a_group_or_before_it_the_report_says_what_to_write(open_one: Open, clock: FakeClock) -> None:
    """The keys with days that fit; and an outcome that nobody knows is named."""
    with pytest.raises(Invalid, match="No customers are left alone by all rules") as raised:
        open_one("").strategy.report_all()
    assert '[control]\nshare = "5%"\nsince = ' in str(raised.value.hint)
    made = open_one('[control]\nshare = "5%"\nsince = 2090-01-01\nuntil = 2090-12-31\n').strategy.report_all()
    assert made.state == "not begun"
    assert "a group is left alone from 2090-01-01 to 2090-12-31" in made.sentence
    assert "write in crm.toml under [control]: since = " in made.sentence
    with pytest.raises(NotFound, match="buying"):
        open_one(RUNNING + 'outcome = "buying"\n').strategy.report_all()


def test_a_rule_for_fewer_complaints(bakery: Open, clock: FakeClock) -> None:
    """It works when fewer complain, and explain and the prospect speak of fewer as well."""
    crm = bakery(FEWER)
    ids = crowd(crm, 60)
    record(crm, ids[:30], "complaint")
    clock.advance(days=1)
    assert "What counts is “complaint” within 7 days, and fewer is better." in explained(
        crm.strategy.rule("calm")
    )
    ahead = crm.strategy.report("calm").prospect
    assert ahead is not None
    assert (ahead.base, ahead.wanted) == (0.5, "less")
    assert ahead.detectable is not None
    assert 0 < ahead.detectable < 0.5
    assert ahead.is_too_small
    applied(crm)
    arms = dict(ledger(crm, "customer_id", "arm"))
    clock.advance(days=1)
    record(crm, [id_ for id_, each in arms.items() if each == "control"], "complaint")
    clock.advance(days=8)
    made = crm.strategy.report("calm")
    assert made.state == "better"
    assert made.sentence == (
        "It works: of those it was done for, fewer reached the outcome than of those left alone."
    )
    crm = bakery(FEWER.replace("less", "more"))
    assert crm.strategy.report("calm").state == "worse"


def test_less_is_of_something(open_one: Open) -> None:
    """Less of nothing is refused with the place."""
    with pytest.raises(ConfigError, match="which one is to be less"):
        open_one('[rules.thanks]\nrun = "daily at 09:00"\ntag = "thanked"\nwanted = "less"\n')
