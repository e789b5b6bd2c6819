"""Plans: who is in them, who is not, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Invalid, NotAllowed, NotFound, ReadOnly
from crmkit.core.instants import parse_instant
from crmkit.plugin import InteractionDraft
from crmkit.testing import open_crm
from tests.core.strategy.acting import lines, tags

Open = Callable[..., Crm]
Fill = Callable[[Crm], Crm]
DAILY = '[rules.thanks]\nrun = "daily at 09:00"\ntag = "thanked"\n'


def test_a_plan_changes_nothing_and_the_same_again_is_the_same(bakery: Open, three: Fill) -> None:
    """Everybody gets a line; nothing is written to them; asked again, it is the same plan."""
    crm = three(bakery(DAILY))
    made = crm.strategy.plan()
    assert lines(crm, made) == [("thanks", id_, "act", "") for id_ in (1, 2, 3)]
    assert (made.state, made.acts) == ("waiting", 3)
    assert tags(crm) == {}
    assert crm.strategy.plan().number == made.number
    assert {act.occasion for act in crm.strategy.acts(made.number)} == {"2026-05-04"}


def test_a_newer_plan_replaces_one_that_waits(bakery: Open, three: Fill) -> None:
    """What the first one said is no longer what the rules say."""
    crm = three(bakery(DAILY))
    first = crm.strategy.plan()
    crm.customers.save(CustomerDraft(name="Dora"))
    second = crm.strategy.plan()
    assert crm.strategy.get(first.number).state == "replaced"
    assert [plan.number for plan in crm.strategy.waiting()] == [second.number]


def test_nothing_to_do_is_no_waiting_plan(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """What was done is not proposed again on the same day; the day after it is."""
    crm = three(bakery(DAILY))
    crm.strategy.apply(crm.strategy.plan().number)
    made = crm.strategy.plan()
    assert (made.state, made.acts) == ("nothing to do", 0)
    assert crm.strategy.plan().number == made.number
    assert crm.strategy.waiting() == ()
    clock.advance(days=1)
    assert crm.strategy.plan().acts == 3


def test_archived_and_restricted_are_left_out(bakery: Open, three: Fill) -> None:
    """With the reason, which is kept once: the same reason again is no news."""
    crm = three(bakery(DAILY))
    crm.customers.archive(1)
    with crm.transaction() as tx:
        customer = crm.tables.customer
        tx.execute(customer.update().where(customer.c.id == 2).values(restricted_at=1))
    made = crm.strategy.plan()
    assert lines(crm, made) == [
        ("thanks", 1, "dropped", "archived"),
        ("thanks", 2, "dropped", "restricted"),
        ("thanks", 3, "act", ""),
    ]
    assert dict(made.rules[0].dropped) == {"archived": 1, "restricted": 1}
    crm.customers.save(CustomerDraft(name="Dora"))
    assert lines(crm, crm.strategy.plan()) == [("thanks", 3, "act", ""), ("thanks", 4, "act", "")]


def test_not_again_for_a_while(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Whoever was thanked is left alone for thirty days, and then not any more."""
    crm = three(bakery(DAILY + 'not_again_for = "30 days"\n'))
    crm.strategy.apply(crm.strategy.plan().number)
    clock.advance(days=29)
    made = crm.strategy.plan()
    assert dict(made.rules[0].dropped) == {"not again yet": 3}
    assert crm.strategy.acts(made.number)[0].reason == "done on 2026-05-04, not again for 30 days"
    clock.advance(days=2)
    assert crm.strategy.plan().acts == 3


def test_two_events_at_once_are_one_where_it_is_not_again(bakery: Open, three: Fill) -> None:
    """Two complaints before anybody looked: one note, not two."""
    rule = '[rules.sorry]\non = "complaint"\nnote = "Say sorry"\nnot_again_for = "7 days"\n'
    crm = three(bakery(rule))
    crm.interactions.record_all([InteractionDraft(customer=1, type="complaint")] * 2)
    made = crm.strategy.plan()
    assert [act.state for act in crm.strategy.acts(made.number)] == ["act", "dropped"]
    assert crm.strategy.apply(made.number).done == 1


def test_rules_that_decide_the_same_thing(bakery: Open, three: Fill) -> None:
    """The one of higher priority stands; the other says which one went first."""
    rules = (
        '[rules.low]\nrun = "daily"\nlifecycle = "lead"\n'
        '[rules.high]\nrun = "daily"\npriority = 1\nlifecycle = "customer"\n'
        '[rules.same]\nrun = "daily"\nlifecycle = "customer"\n'
    )
    crm = three(bakery(rules))
    made = crm.strategy.plan()
    reasons = {act.rule: (act.state, act.reason) for act in crm.strategy.acts(made.number)}
    assert reasons == {
        "high": ("act", None),
        "low": ("dropped", 'the rule "high" goes first, and decides lifecycle'),
        "same": ("dropped", 'the rule "high" does the same'),
    }


def test_too_many_are_held_until_asked_for_by_name(bakery: Open, three: Fill) -> None:
    """A rule that would act more often than it may is stopped; a person can let it."""
    crm = three(bakery(DAILY + "max_acts = 2\n"))
    made = crm.strategy.plan()
    assert (made.acts, made.held, made.state) == (0, 3, "waiting")
    assert crm.strategy.apply(made.number).done == 0
    assert crm.strategy.apply(made.number, only=["thanks"]).done == 3


def test_starts_and_ends(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Nothing before the first day, nor after the last; nor when a plan is applied after it."""
    crm = three(bakery(DAILY + "starts = 2026-05-05\nends = 2026-05-06\n"))
    assert crm.strategy.plan().acts == 0
    clock.advance(days=2)
    made = crm.strategy.plan()
    assert made.acts == 3
    clock.advance(days=1)
    assert crm.strategy.plan().acts == 0
    assert crm.strategy.get(made.number).state == "replaced"


def test_a_plan_applied_after_the_last_day_does_nothing(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """The gate is asked again: the rule has ended since."""
    crm = three(bakery(DAILY + "ends = 2026-05-04\n"))
    made = crm.strategy.plan()
    clock.advance(days=1)
    report = crm.strategy.apply(made.number)
    assert (report.done, dict(report.skipped)) == (0, {"the rule ended on 2026-05-04": 3})
    assert [each.state for each in crm.strategy.why(1)] == ["left out"]


def test_once_ever(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Done once for a customer, and then never again."""
    crm = three(bakery(DAILY + 'once = "ever"\n'))
    crm.strategy.apply(crm.strategy.plan().number)
    clock.advance(days=400)
    crm.customers.save(CustomerDraft(name="Dora"))
    assert lines(crm, crm.strategy.plan()) == [("thanks", 4, "act", "")]


def test_once_ever_of_two_events(bakery: Open, three: Fill) -> None:
    """Two events of one customer are one act, not two."""
    crm = three(bakery('[rules.hello]\non = "purchase"\nonce = "ever"\ntag = "buyer"\n'))
    crm.interactions.record_all([InteractionDraft(customer=1, type="purchase")] * 3)
    made = crm.strategy.plan()
    assert made.acts == 1
    assert crm.strategy.apply(made.number).done == 1


def test_once_per_entry(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Whoever stays is left alone; whoever leaves and comes back is met again; and who is only counted is
    counted as a plan would find them, whether or not anybody has looked yet."""
    crm = three(bakery('[rules.hi]\nrun = "daily"\nonce = "per entry"\nwho = "has_tag(vip)"\nnote = "Hi"\n'))
    crm.customers.tag(1, "vip")
    assert crm.strategy.count_due() == {"hi": 1}
    crm.strategy.apply(crm.strategy.plan().number)
    clock.advance(days=1)
    assert crm.strategy.count_due() == {"hi": 0}
    assert crm.strategy.plan().acts == 0
    crm.customers.untag(1, "vip")
    crm.strategy.plan()
    clock.advance(days=1)
    crm.customers.tag(1, "vip")
    assert lines(crm, crm.strategy.plan()) == [("hi", 1, "act", "")]


def test_events(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Each complaint once, corrected or not; voided ones, old ones and imported history never."""
    crm = three(bakery('[rules.sorry]\non = "complaint"\nnote = "Say sorry"\nmax_age = "2 days"\n'))
    first: Any = crm.interactions.record(1, "complaint")
    voided: Any = crm.interactions.record(2, "complaint")
    crm.interactions.void(voided.seq, "not hers")
    old = clock.now() - 3 * 86_400_000_000
    crm.interactions.record_all(
        [
            InteractionDraft(customer=3, type="complaint", at=old),
            InteractionDraft(customer=3, type="complaint", at=clock.now() - 1, history=True),
        ]
    )
    made = crm.strategy.plan()
    assert [(act.customer_id, act.occasion) for act in crm.strategy.acts(made.number)] == [
        (1, f"seq:{first.seq}")
    ]
    crm.strategy.apply(made.number)
    crm.interactions.correct(first.seq, channel="phone")
    assert crm.strategy.plan().acts == 0
    clock.advance(days=3)
    assert crm.strategy.plan().acts == 0


def test_what_a_rule_notes_down_is_no_news(bakery: Open, three: Fill) -> None:
    """A rule upon notes that makes a note does not answer itself for ever."""
    crm = three(bakery('[rules.seen]\non = "note"\nnote = "Seen"\n'))
    crm.interactions.record_all([InteractionDraft(customer=1, type="note", payload={"text": "Call"})])
    assert crm.strategy.apply(crm.strategy.plan().number).done == 1
    assert crm.strategy.plan().acts == 0


def test_a_corrected_import_is_no_news(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """Putting imported history right fires nothing either."""
    crm = three(bakery('[rules.sorry]\non = "complaint"\nnote = "Say sorry"\n'))
    report = crm.interactions.record_all(
        [InteractionDraft(customer=1, type="complaint", at=clock.now() - 3_600_000_000, history=True)]
    )
    crm.interactions.correct(report.seqs[0] or 0, channel="phone")
    assert crm.strategy.plan().acts == 0


def test_steps_and_templates(bakery: Open, three: Fill) -> None:
    """Each step has its own condition; a text is filled in for each; one that cannot be is left out."""
    rules = (
        '[rules.size]\nrun = "daily"\n'
        '[[rules.size.do]]\nid = "note"\nnote = "{{ customer.name }} wears {{ customer.size|upper }}"\n'
        'only_if = "size is known"\n'
        '[[rules.size.do]]\nid = "tag"\ntag = "sized"\n'
    ).replace("size is known", "size != ''")
    crm = three(bakery(rules))
    crm.customers.update(1, CustomerDraft(fields={"size": "{{ 7*7 }}"}))
    made = crm.strategy.plan()
    assert [(a.step, a.customer_id, a.says) for a in crm.strategy.acts(made.number)] == [
        ("note", 1, "note: Anna wears {{ 7*7 }}"),
        *(("tag", id_, "tag sized") for id_ in (1, 2, 3)),
    ]


def test_a_template_that_fails_for_somebody(bakery: Open, three: Fill) -> None:
    """The others are written to; the one is left out with the reason."""
    crm = three(bakery('[rules.n]\nrun = "daily"\nnote = "{{ 10 // (customer.id - 2) }}"\n'))
    made = crm.strategy.plan()
    assert [(act.state, act.gate) for act in crm.strategy.acts(made.number)] == [
        ("act", None),
        ("dropped", "template"),
        ("act", None),
    ]


@pytest.mark.parametrize(
    ("rules", "error", "told"),
    [
        ('[rules.a]\nrun = "daily"\ntagg = "x"\n', NotFound, 'Did you mean "tag"?'),
        ('[rules.a]\nrun = "daily"\ntag = "x"\nwhat = 1\n', NotFound, 'does not take "what"'),
        ('[rules.a]\nrun = "daily"\naction = "field.set"\n', Invalid, 'needs "field"'),
        ('[rules.a]\nrun = "dayly"\ntag = "x"\n', Invalid, "is not a schedule"),
        ('[rules.a]\non = "complain"\ntag = "x"\n', NotFound, "complaint"),
        ('[rules.a]\nrun = "daily"\ngoal = "g"\ntag = "x"\n', NotFound, "goal"),
        ('[rules.a]\nrun = "daily"\nnote = "{{ f() }}"\n', Invalid, "neither call nor include"),
        ('[rules.a]\nrun = "daily"\ntag = "x"\nwho = "siz = 1"\n', Invalid, "size"),
    ],
)
def test_a_broken_rule_says_what_is_wrong(
    tmp_path: Path, clock: FakeClock, rules: str, error: type[Exception], told: str
) -> None:
    """Named, it raises; among all, it is left out and the others are planned."""
    crm = open_crm(tmp_path, "[fields.size]\ntype = 'text'\n" + rules + DAILY, clock=clock)
    with crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        with pytest.raises(error) as raised:
            crm.strategy.plan("a")
        assert told in f"{raised.value} {getattr(raised.value, 'hint', '')}"
        assert [each.rule for each in crm.strategy.plan().rules] == ["thanks"]


def test_planning_cannot_write(bakery: Open, three: Fill) -> None:
    """A plugin that has kept hold of a Crm and acts while a plan is made finds nothing to write with."""
    crm = three(bakery('[rules.bad]\nrun = "daily"\nact = "write"\n', plugins=("acting",)))
    crm.customers.profile(1)
    assert crm.plugins["acting"].module.stolen
    with pytest.raises(ReadOnly, match="Nothing is written while a plan is made"):
        crm.strategy.plan()
    assert tags(crm) == {}
    with crm.kernel.planning() as connection, pytest.raises(Exception, match=r"(?i)read.?only"):
        connection.exec_driver_sql("DELETE FROM customer_tag")


def test_who_may(bakery: Open, three: Fill) -> None:
    """A viewer reads plans and reasons; making and applying them takes the permission."""
    crm = three(bakery(DAILY))
    made = crm.strategy.plan()
    crm.people.add("Vera", role="viewer")
    vera = crm.acting_as("Vera")
    assert vera.strategy.get(made.number).acts == 3
    assert len(vera.strategy.why(1)) == 1
    for forbidden in (vera.strategy.plan, lambda: vera.strategy.apply(made.number)):
        with pytest.raises(NotAllowed, match="may not make plans"):
            forbidden()


def test_the_same_data_make_the_same_plan(tmp_path: Path, crm_postgres: object) -> None:
    """Two fresh databases, of both engines: the same plan byte for byte."""
    rules = DAILY + '[rules.n]\nrun = "daily"\nnote = "{{ customer.name }}"\nwho = "has_tag(vip)"\n'
    said = []
    for number, address in enumerate((None, None, crm_postgres.create_database())):  # type: ignore[attr-defined]
        folder = tmp_path / str(number)
        folder.mkdir()
        with open_crm(folder, rules, database=address, clock=FakeClock()) as crm:
            crm.customers.save_all([CustomerDraft(name=n, tags=("vip",)) for n in ("Zoë", "Łucja", "Ada")])
            made = crm.strategy.plan()
            acts = [repr(each) for each in crm.strategy.acts(made.number)]
            said.append(json.dumps([repr(made), acts], ensure_ascii=False))
    assert said[0] == said[1] == said[2]


def test_the_clock_at_the_change_of_time(bakery: Open, three: Fill, clock: FakeClock) -> None:
    """A time that is skipped comes when the clocks have moved; put back, nothing is done twice."""
    crm = three(bakery(DAILY.replace("09:00", "02:30")))
    clock.set(parse_instant("2027-03-28 03:05", crm.kernel.tz, 0))
    made = crm.strategy.plan()
    assert crm.strategy.acts(made.number)[0].occasion == "2027-03-28"
    crm.strategy.apply(made.number)
    clock.advance(hours=-2)
    again = crm.strategy.plan()
    assert {act.occasion for act in crm.strategy.acts(again.number)} <= {"2027-03-27"}
    clock.advance(hours=3)
    assert crm.strategy.plan().acts == 0
