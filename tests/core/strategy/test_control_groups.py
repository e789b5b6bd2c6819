"""Control groups and variants: who is left alone, what that uses up, and what it is compared with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import ConfigError, Invalid
from crmkit.plugin import InteractionDraft
from tests.core.strategy.acting import lines
from tests.core.strategy.gates.reaching import PLUGINS, PURPOSES, add, write_plugin

Open = Callable[..., Crm]
GROUPS = 'control_group = "{share}"\noutcome = "purchase"\nwithin = "7 days"\n'
THANKS = '[rules.thanks]\nrun = "daily at 09:00"\ntag = "thanked"\n' + GROUPS
WRITES = '[rules.hello]\nrun = "daily at 09:00"\nwrite = "Hi"\npurpose = "offers"\n' + GROUPS
DAY = 86_400_000_000


def crowd(crm: Crm, count: int, *, emails: Callable[[int], bool] = lambda _: False) -> list[int]:
    """Customers whose numbering, and so whose groups, are the same in every run."""
    ids = [add(crm, f"c{at}", email="" if emails(at) else None, agrees=()) for at in range(count)]
    with crm.transaction() as tx:
        customer = crm.tables.customer
        for at, id_ in enumerate(ids):
            uid = f"00000000-0000-7000-8000-{at:012d}"
            tx.execute(customer.update().where(customer.c.id == id_).values(uid=uid))
    return ids


def applied(crm: Crm) -> int:
    """Apply a plan of everything; its number."""
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    return number


def ledger(crm: Crm, *names: str) -> list[tuple[Any, ...]]:
    """These columns of the ledger, in order."""
    effect = crm.tables.effect
    with crm.reading() as execute:
        return [
            tuple(row)
            for row in execute(sa.select(*(effect.c[name] for name in names)).order_by(effect.c.id))
        ]


@pytest.fixture
def shop(bakery: Open, tmp_path: Path) -> Open:
    """A shop whose rules can `write = "…"`."""
    write_plugin(tmp_path)

    def open_(toml: str = "") -> Crm:
        return bakery(PURPOSES + toml, plugins=PLUGINS)

    return open_


def test_some_are_left_alone_and_on_record(bakery: Open, clock: FakeClock) -> None:
    """The plan says so, the ledger keeps both groups, nothing is done for the one, and why tells it."""
    crm = bakery(THANKS.format(share="50%"))
    ids = crowd(crm, 12)
    made = crm.strategy.plan()
    withheld = {act.customer_id for act in crm.strategy.acts(made.number) if act.state == "withheld"}
    assert 0 < len(withheld) < 12
    assert (made.withheld, made.acts) == (len(withheld), 12 - len(withheld))
    report = crm.strategy.apply(made.number)
    assert (report.done, report.withheld, report.state) == (made.acts, made.withheld, "applied")
    assert {id_ for id_ in ids if not crm.customers.get(id_).tags} == withheld
    arms = {"done": "treated", "withheld": "control"}
    assert all(arms[str(state)] == arm for state, arm in ledger(crm, "state", "arm"))
    said = crm.strategy.why(min(withheld))[0]
    assert (said.state, said.reason) == (
        "withheld",
        "in the control group, which is left alone to compare with",
    )
    assert crm.strategy.plan().state == "nothing to do"


def test_nobody_is_ever_in_both_groups(bakery: Open, clock: FakeClock) -> None:
    """Day after day, and when the share is raised: whoever was met stays where they were, and new customers
    get the new shares."""
    crm = bakery(THANKS.format(share="10%"))
    crowd(crm, 30)
    applied(crm)
    before = dict(ledger(crm, "customer_id", "arm"))
    clock.advance(days=1)
    applied(crm)
    crm = bakery(THANKS.format(share="60%"))
    clock.advance(days=1)
    later = [add(crm, f"d{at}", email=None, agrees=()) for at in range(30)]
    applied(crm)
    groups: dict[object, set[object]] = {}
    for id_, arm in ledger(crm, "customer_id", "arm"):
        groups.setdefault(id_, set()).add(arm)
    assert all(len(arms) == 1 for arms in groups.values())
    assert all(groups[id_] == {arm} for id_, arm in before.items())
    assert {"control"} in [groups[id_] for id_ in later]
    seen = crm.strategy.report("thanks").seen
    assert sum(each.assigned for each in seen.values()) == 30  # those met since the shares are these


def test_a_raised_share_keeps_its_members(bakery: Open) -> None:
    """Before anybody was met, more are drawn, and all who were drawn before are among them."""
    few = bakery(THANKS.format(share="10%"))
    crowd(few, 60)
    chosen = [
        {act.customer_id for act in crm.strategy.acts(crm.strategy.plan().number) if act.state == "withheld"}
        for crm in (few, bakery(THANKS.format(share="30%")))
    ]
    assert chosen[0] < chosen[1]


def test_what_is_withheld_uses_the_slot_of_contact(shop: Open, clock: FakeClock) -> None:
    """Another rule finds the limit spent for both groups alike, in the same plan and in a later one."""
    other = '[rules.more]\nrun = "daily at 09:00"\nwrite = "Ho"\npurpose = "offers"\n'
    crm = shop(WRITES.format(share="50%") + other + '[limits]\nmarketing = "1 per 7 days"\n')
    ids = [add(crm, f"c{at}") for at in range(8)]
    made = crm.strategy.plan()
    assert dict(made.rules[1].dropped) == {"limits": 8}
    crm.strategy.apply(made.number)
    assert len(ledger(crm, "id")) == 8
    clock.advance(days=2)
    again = crm.strategy.plan()
    assert [dict(rule.dropped) for rule in again.rules] == [{"limits": 8}, {"limits": 8}]
    assert len(ids) == 8


def test_what_is_withheld_counts_for_not_again(bakery: Open, clock: FakeClock) -> None:
    """Both groups are left in peace for as long as the rule says."""
    crm = bakery(THANKS.format(share="50%") + 'not_again_for = "30 days"\n')
    crowd(crm, 10)
    applied(crm)
    clock.advance(days=3)
    assert dict(crm.strategy.plan().rules[0].dropped) == {"not again yet": 10}


def test_both_groups_wait_for_a_rule_that_is_held(bakery: Open) -> None:
    """Too many at once: nothing of it is on record, until somebody asks for it by name."""
    crm = bakery(THANKS.format(share="50%") + "max_acts = 3\n")
    crowd(crm, 8)
    made = crm.strategy.plan()
    assert (made.held, made.withheld) == (8, 0)
    report = crm.strategy.apply(made.number, only=["thanks"])
    assert report.done + report.withheld == 8
    assert report.withheld > 0


def test_nothing_comes_of_nothing(shop: Open, clock: FakeClock) -> None:
    """With half the customers out of reach, and those who agree buying far more often than the others, a
    rule that changes nothing shows no difference, and its groups have their planned shares."""
    crm = shop(WRITES.format(share="40%") + 'not_again_for = "60 days"\n')
    ids = crowd(crm, 300, emails=lambda at: at % 2 == 0)
    agreeing = [id_ for at, id_ in enumerate(ids) if at % 3 != 0]
    for id_ in agreeing:
        crm.consent.grant(id_, "offers", "email")
    applied(crm)
    clock.advance(days=2)
    buyers = [id_ for at, id_ in enumerate(ids) if (at * 7919) % 10 < (6 if id_ in agreeing else 1)]
    crm.interactions.record_all(
        [InteractionDraft(customer=id_, type="purchase", amount=1000 + id_) for id_ in buyers]
    )
    clock.advance(days=6)
    made = crm.strategy.report("hello")
    assert made.shares is not None
    assert made.amounts is not None
    reachable = [id_ for at, id_ in enumerate(ids) if at % 2 == 0 and id_ in agreeing]
    assert made.shares.n == len(reachable)
    assert not made.shares.ratio.broken
    assert made.shares.ratio.p > 0.01
    assert 0 in made.shares.differences[0].once
    assert 0 in made.amounts.differences[0].once
    assert made.state == "collecting"


def _bought(crm: Crm, customer: int, amount: int, at: int) -> None:
    crm.interactions.record_all(
        [InteractionDraft(customer=customer, type="purchase", amount=amount, at=at, history=True)]
    )


def test_the_report_counts_as_a_person_would(bakery: Open, clock: FakeClock) -> None:
    """Outcomes after the start and within the time, at most one for each customer; what was corrected counts
    as corrected; money is summed, and what acts cost is divided by what they gained."""
    crm = bakery(THANKS.format(share="50%") + "cost = 0.305\n")
    crowd(crm, 10)
    applied(crm)
    start = clock.now()
    arms = dict(ledger(crm, "customer_id", "arm"))
    treated = [id_ for id_, arm in arms.items() if arm == "treated"]
    control = [id_ for id_, arm in arms.items() if arm == "control"]
    assert min(len(treated), len(control)) >= 3
    late = add(crm, "late", email=None, agrees=())
    clock.advance(days=10)
    _bought(crm, treated[0], 500, start + DAY)
    _bought(crm, treated[0], 700, start + 7 * DAY)  # the last moment that counts
    _bought(crm, treated[1], 900, start)  # at the start itself, so before it
    _bought(crm, treated[1], 900, start + 7 * DAY + 1)
    _bought(crm, control[0], 100, start + DAY)
    wrong = crm.interactions.record(control[1], "purchase", at=start + DAY, amount=9_999)
    assert wrong.seq is not None
    crm.interactions.correct(wrong.seq, amount=50)
    applied(crm)  # the one who came late
    made = crm.strategy.report("thanks")
    one, two = made.seen["treated"], made.seen["control"]
    assert (one.over, one.reached, dict(one.values)) == (len(treated), 1, {0: len(treated) - 1, 1200: 1})
    assert (two.over, two.reached) == (len(control), 2)
    assert dict(two.values) == {0: len(control) - 2, 50: 1, 100: 1}
    assert one.running + two.running == 1
    assert late not in arms
    assert made.shares is not None
    difference = made.shares.differences[0]
    assert difference.absolute == pytest.approx(1 / len(treated) - 2 / len(control))
    by_name = {arm.name: arm for arm in made.shares.arms}
    assert by_name["treated"].cost == round(30.5 * len(treated))
    assert by_name["control"].cost == 0
    assert made.amounts is not None
    assert made.amounts.differences[0].absolute == pytest.approx(1200 / len(treated) - 150 / len(control))


def test_the_report_of_merged_and_erased_customers(bakery: Open, clock: FakeClock) -> None:
    """Two of different groups who turn out to be one are in neither; who was erased is in none."""
    crm = bakery(THANKS.format(share="50%") + 'not_again_for = "30 days"\n')
    crowd(crm, 12)
    applied(crm)
    arms = dict(ledger(crm, "customer_id", "arm"))
    clock.advance(days=1)
    extra = add(crm, "extra", email=None, agrees=())
    applied(crm)
    last = dict(ledger(crm, "customer_id", "arm"))[extra]
    one = next(id_ for id_, arm in arms.items() if arm != last)
    gone = next(id_ for id_, arm in arms.items() if arm == last)
    crm.merging.merge(one, extra)
    crm.privacy.erase(gone)
    made = crm.strategy.report("thanks")
    counts = Counter(arms[id_] for id_ in arms if id_ not in (one, gone))
    assert {name: seen.assigned for name, seen in made.seen.items()} == dict(counts)
    assert made.mixed == 1


def test_a_plan_that_is_taken_back_counts_for_neither_group(bakery: Open, clock: FakeClock) -> None:
    """What was withheld is given back as what was done is, and the rule has met nobody."""
    crm = bakery(THANKS.format(share="50%") + 'not_again_for = "30 days"\n')
    crowd(crm, 8)
    number = applied(crm)
    crm.undo.undo(f"plan:{number}")
    assert {state for (state,) in ledger(crm, "state")} == {"undone"}
    assert crm.strategy.report("thanks").state == "not begun"
    clock.advance(days=1)
    made = crm.strategy.plan()
    assert made.acts + made.withheld == 8


def test_variants_are_tried_on_different_customers(bakery: Open, clock: FakeClock) -> None:
    """Each gets one way of it, by weight, and always the same one; the report has a group for each."""
    text = (
        '[rules.sizes]\nrun = "daily at 09:00"\naction = "field.set"\nfield = "size"\nvalue = "M"\n'
        + GROUPS.format(share="20%")
        + '[rules.sizes.variants]\nsmall = { value = "S" }\n'
        + 'large = { value = "L {{ customer.name }}", weight = 3 }\n'
    )
    crm = bakery(text)
    ids = crowd(crm, 60)
    applied(crm)
    arms = dict(ledger(crm, "customer_id", "arm"))
    values = {"small": "S", "large": "L", "control": "None"}
    for id_ in ids:
        assert str(crm.customers.get(id_).fields.get("size")).split(" ")[0] == values[str(arms[id_])]
    counts = Counter(arms.values())
    assert counts["large"] > counts["small"] > 0
    made = crm.strategy.report("sizes")
    assert made.shares is not None
    assert {arm.name: round(arm.share, 3) for arm in made.shares.arms} == {
        "control": 0.2, "small": 0.2, "large": 0.6
    }  # fmt: skip
    clock.advance(days=1)
    applied(crm)
    assert len(set(ledger(crm, "customer_id", "arm"))) == 60


def test_one_of_several_steps_has_variants(bakery: Open) -> None:
    """The other steps are the same for all."""
    text = (
        '[rules.sizes]\nrun = "daily at 09:00"\n'
        + GROUPS.format(share="20%")
        + '[[rules.sizes.do]]\nid = "seen"\ntag = "seen"\n'
        + '[[rules.sizes.do]]\nid = "size"\naction = "field.set"\nfield = "size"\nvalue = "M"\n'
        + 'variants = { small = { value = "S" }, large = { value = "L" } }\n'
    )
    crm = bakery(text)
    ids = crowd(crm, 40)
    applied(crm)
    arms = dict(ledger(crm, "customer_id", "arm"))
    values = {"small": "S", "large": "L", "control": None}
    assert set(arms.values()) == set(values)
    for id_ in ids:
        customer = crm.customers.get(id_)
        assert customer.fields.get("size") == values[str(arms[id_])]
        assert ("seen" in customer.tags) == (arms[id_] != "control")


def test_a_variant_reaches_the_same_people(open_one: Open, shop: Open) -> None:
    """Another purpose would leave other customers out, and could not be compared."""
    text = (
        WRITES.format(share="10%") + '[rules.hello.variants]\na = { write = "A" }\nb = { purpose = "news" }\n'
    )
    with pytest.raises(Invalid, match='variant "b" reaches customers in another way'):
        shop(text).strategy.rule("hello")


def test_everybody_may_be_left_alone_for_a_stated_time(shop: Open, clock: FakeClock) -> None:
    """By all marketing and all that is measured, until the day is over; what is neither goes on."""
    toml = (
        '[control]\nshare = "50%"\nsince = 2026-05-01\nuntil = 2026-05-05\n'
        '[rules.writes]\nrun = "daily at 09:00"\nwrite = "Hi"\npurpose = "offers"\n'
        '[rules.tags]\nrun = "daily at 09:00"\ntag = "seen"\n'
    )
    crm = shop(toml)
    for at in range(12):
        add(crm, f"c{at}")
    crowd_ids = [row[0] for row in ledger(crm, "customer_id")]
    assert crowd_ids == []
    made = crm.strategy.plan()
    by_rule = {rule.rule: (rule.acts, rule.withheld) for rule in made.rules}
    assert by_rule["tags"] == (12, 0)
    assert sum(by_rule["writes"]) == 12
    clock.advance(days=2)
    assert {rule.rule: rule.withheld for rule in crm.strategy.plan().rules} == {"writes": 0, "tags": 0}


def test_a_rule_without_groups_has_no_report(open_one: Open) -> None:
    """It says what is missing."""
    crm = open_one('[rules.thanks]\nrun = "daily at 09:00"\ntag = "thanked"\n')
    with pytest.raises(Invalid, match="has no groups to compare"):
        crm.strategy.report("thanks")


def test_before_it_begins_the_report_says_what_could_show(bakery: Open, clock: FakeClock) -> None:
    """How many it would meet, how many of those come to the outcome anyway, and what rise would show."""
    crm = bakery(THANKS.format(share="50%"))
    ids = crowd(crm, 40)
    clock.advance(days=8)
    crm.interactions.record_all(
        [InteractionDraft(customer=id_, type="purchase", amount=5) for id_ in ids[:10]]
    )
    ahead = crm.strategy.report("thanks").prospect
    assert ahead is not None
    assert (ahead.customers, ahead.base) == (40, 0.25)
    assert ahead.detectable is not None
    assert 0.25 < ahead.detectable < 0.75
    assert ahead.is_too_small
    assert ahead.needed is not None
    assert ahead.needed > 1000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('control_group = "10%"\n', "outcome: is missing"),
        ('control_group = "0%"\noutcome = "purchase"\nwithin = "7 days"\n', "is not a share such as 10%"),
        ('outcome = "purchase"\n', "needs both or none of outcome and within"),
        (
            'outcome = "purchase"\nwithin = "7 days"\nvariants = { a = {} }\n',
            "one variant and nothing to compare",
        ),
        (GROUPS.format(share="5%") + "variants = { control = {}, b = {} }\n", "is the name of a group"),
        (
            GROUPS.format(share="5%") + "variants = { a = { weight = 0 }, b = {} }\n",
            "is not a number above 0",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(open_one: Open, text: str, said: str) -> None:
    """With the place, before anything is planned."""
    with pytest.raises(ConfigError, match=said):
        open_one('[rules.thanks]\nrun = "daily at 09:00"\ntag = "thanked"\n' + text)


def test_a_global_group_has_its_time(open_one: Open) -> None:
    """Nobody is left alone for ever by an oversight."""
    with pytest.raises(ConfigError, match="needs since and until"):
        open_one('[control]\nshare = "5%"\n')


def test_the_plan_on_paper(bakery: Open) -> None:
    """What a plan says of groups is in its record: the counts, and each line's group."""
    crm = bakery(THANKS.format(share="50%"))
    crowd(crm, 6)
    made = crm.strategy.plan()
    assert {(state, gate) for _, _, state, gate in lines(crm, made)} == {
        ("act", ""),
        ("withheld", "control group"),
    }
    with crm.reading() as execute:
        counts = json.loads(execute(sa.select(crm.tables.plan.c.counts)).scalar_one())
    assert counts[0]["withheld"] == made.withheld
