"""Proposals on their way through all gates: each ends in one state, and plugins have the last word."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import PluginError
from crmkit.core.model.strategy import Plan
from tests.core.strategy.gates.reaching import add, at, local

Open = Callable[..., Crm]
WRITE = '[rules.{name}]\nrun = "daily at 00:00"\nwrite = "{text}"\npurpose = "offers"\n'
ONE = '[limits]\nmarketing = "1 per 7 days"\n'


def reasons(crm: Crm, plan: Plan) -> list[tuple[str, int, str, str | None]]:
    """(rule, customer, state, reason) of each line of a plan."""
    return [(act.rule, act.customer_id, act.state, act.reason) for act in crm.strategy.acts(plan.number)]


def test_a_plan_leaves_out_whom_it_must_not_write_to(shop: Open) -> None:
    """With a sentence for each; the first rule takes the slot, the second comes too late."""
    crm = shop(WRITE.format(name="a", text="Hi") + WRITE.format(name="b", text="Ho") + ONE)
    add(crm, "Anna"), add(crm, "Bea", agrees=()), add(crm, "Celina", email=None)
    made = crm.strategy.plan()
    never, nowhere = "never agreed to offers by email", "no address for email"
    assert reasons(crm, made) == [
        ("a", 1, "act", None), ("a", 2, "dropped", never), ("a", 3, "dropped", nowhere),
        ("b", 1, "dropped", "1 in 7 days is enough, the next is due on 2026-05-04"),
        ("b", 2, "dropped", never), ("b", 3, "dropped", nowhere),
    ]  # fmt: skip
    assert (made.rules[0].contacts, dict(made.rules[0].dropped)) == (1, {"consent": 1, "reachable": 1})


def test_what_waits_for_the_morning_is_held_and_entered(shop: Open, clock: FakeClock) -> None:
    """It is part of the plan, with its hour; applied, it is in the ledger and due then."""
    crm = shop(WRITE.format(name="a", text="Hi") + '[limits]\nquiet_hours = "21:00-08:00"\n')
    add(crm, "Anna")
    clock.set(at(crm, "2026-05-04 22:00"))
    made = crm.strategy.plan()
    (act,) = crm.strategy.acts(made.number)
    assert (act.state, act.gate, local(crm, act.until)) == ("held", "quiet hours", "2026-05-05 08:00")
    assert (made.state, made.acts, made.held, made.timed) == ("waiting", 0, 1, 1)
    assert crm.strategy.open(made.number) == {"a": (1, 0)}
    assert crm.strategy.why(1)[0].until == act.until
    report = crm.strategy.apply(made.number)
    assert (report.pending, report.left) == (1, 0)
    with crm.reading() as execute:
        ((due, contact_at),) = execute(
            crm.tables.effect.select().with_only_columns(
                crm.tables.effect.c.due_at, crm.tables.effect.c.contact_at
            )
        )
    assert due == contact_at == act.until


def test_a_plugin_refuses_and_the_slot_is_free(shop: Open) -> None:
    """The rule after it gets the slot that was taken in vain."""
    rules = WRITE.format(name="a", text="rude") + WRITE.format(name="b", text="Ho")
    crm = shop(rules + WRITE.format(name="c", text="Hey") + ONE)
    add(crm, "Anna")
    assert reasons(crm, crm.strategy.plan()) == [
        ("a", 1, "dropped", "the plugin reaching: not like that"),
        ("b", 1, "act", None),
        ("c", 1, "dropped", "1 in 7 days is enough, the next is due on 2026-05-04"),
    ]


def test_a_plugin_is_shown_what_is_left(shop: Open) -> None:
    """How it reaches whom; what a gate before has dropped it does not see."""
    crm = shop(WRITE.format(name="a", text="Hi") + '[rules.b]\nrun = "daily at 00:00"\ntag = "x"\n')
    add(crm, "Anna"), add(crm, "Bea", agrees=())
    crm.strategy.plan()
    ((first, *others),) = crm.plugins["reaching"].module.seen
    assert (first.rule, first.step, first.occasion, first.customer_id, first.action) == (
        "a", "1", "2026-05-04", 1, "reaching.write",
    )  # fmt: skip
    assert (first.channel, first.purpose, first.address) == ("email", "offers", "anna@example.org")
    assert [(each.rule, each.customer_id, each.channel) for each in others] == [
        ("b", 1, None),
        ("b", 2, None),
    ]


@pytest.mark.parametrize(("text", "said"), [("raise", "no idea"), ("tag", "Nothing is written while a plan")])
def test_a_plugin_that_fails_lets_nothing_pass(shop: Open, text: str, said: str) -> None:
    """No plan without its word, and no word by writing."""
    crm = shop(WRITE.format(name="a", text=text))
    add(crm, "Anna")
    with pytest.raises(PluginError, match="reaching") as caught:
        crm.strategy.plan()
    assert said in f"{caught.value} {caught.value.__cause__}"
    assert crm.strategy.plans() == ()
    assert crm.customers.get(1).tags == ()


def test_addresses_that_the_e_mail_plugin_refuses(shop: Open) -> None:
    """Of throw-away domains, and what mail cannot reach."""
    crm = shop(WRITE.format(name="a", text="Hi"))
    for name in ("Anna", "Bea", "Celina"):
        add(crm, name)
    with crm.transaction() as tx:
        point = crm.tables.contact_point
        tx.execute(point.update().where(point.c.customer_id == 2).values(normalised="bea@x@y.org"))
        tx.execute(
            point.update().where(point.c.customer_id == 3).values(normalised="c@a.org\nBcc: all@b.org")
        )
    plan = crm.strategy.plan()
    assert [reason for _, _, _, reason in reasons(crm, plan)] == [
        None,
        'the plugin email: "bea@x@y.org" is no address that mail can reach',
        'the plugin email: "c@a.org\nBcc: all@b.org" is no address that mail can reach',
    ]
    assert dict(plan.rules[0].dropped) == {"plugin": 2}
    again = shop(WRITE.format(name="a", text="Hi") + '[plugins.email]\nrefused_domains = ["Example.org"]\n')
    assert reasons(again, again.strategy.plan())[0][3] == (
        'the plugin email: "example.org" is one of the refused_domains'
    )


def test_too_many_are_counted_with_those_that_wait(shop: Open, clock: FakeClock) -> None:
    """What goes on by itself in the morning is as much as what goes at once; a person has to say so."""
    rule = WRITE.format(name="a", text="Hi") + "max_acts = 1\n"
    crm = shop(rule + '[limits]\nquiet_hours = "21:00-08:00"\n')
    add(crm, "Anna"), add(crm, "Bea", zone="America/New_York")
    clock.set(at(crm, "2026-05-04 22:00"))
    made = crm.strategy.plan()
    assert [act.gate for act in crm.strategy.acts(made.number)] == ["too many"] * 2
    assert (made.acts, made.held, made.timed) == (0, 2, 0)
    assert crm.strategy.apply(made.number).pending == 0
    assert crm.strategy.apply(made.number, only=["a"]).pending == 2


def test_rules_that_come_due_together_decide_together(shop: Open, clock: FakeClock) -> None:
    """The one that acts by itself leaves the slot to the one that goes first, though that one asks."""
    rules = WRITE.format(name="asks", text="Hi") + "priority = 1\n"
    rules += WRITE.format(name="acts", text="Ho") + "ask_first = false\n"
    crm = shop(rules + ONE)
    anna = add(crm, "Anna")
    bea = add(crm, "Bea", email=None)
    crm.strategy.apply(crm.strategy.plan("acts").number)
    with crm.transaction() as tx:
        tx.execute(crm.tables.effect.update().values(state="done", due_at=None))
    clock.advance(days=8)
    crm.customers.archive(bea)
    crm.strategy.run_due()
    waits, own = sorted(crm.strategy.plans(2), key=lambda plan: plan.rules[0].rule, reverse=True)
    assert (waits.state, waits.rules[0].rule, waits.acts) == ("waiting", "asks", 1)
    assert (own.state, own.rules[0].rule, own.acts) == ("nothing to do", "acts", 0)
    said = "1 in 7 days is enough, the next is due on 2026-05-12"
    assert ("acts", anna, "dropped", said) in reasons(crm, own)


def test_what_acts_by_itself_enters_what_waits(shop: Open, clock: FakeClock) -> None:
    """By night as by day: nobody is forgotten because it was quiet when the rule came due."""
    rule = WRITE.format(name="acts", text="Ho").replace("00:00", "22:00") + "ask_first = false\n"
    crm = shop(rule + '[limits]\nquiet_hours = "21:00-08:00"\n')
    anna = add(crm, "Anna")
    crm.strategy.apply(crm.strategy.plan().number)
    clock.set(at(crm, "2026-05-06 22:00"))
    crm.strategy.run_due()
    assert [each.state for each in crm.strategy.why(anna)] == ["pending", "rehearsed"]


def test_the_same_again_is_the_same(shop: Open, clock: FakeClock) -> None:
    """Same data, clock and file: the same plan, to the last byte."""
    toml = WRITE.format(name="a", text="Hi {{ customer.name }}") + WRITE.format(name="b", text="Ho") + ONE
    crm = shop(toml + 'quiet_hours = "09:00-12:00"\n')
    for number in range(30):
        add(crm, f"Anna{number}", agrees=("offers",) * (number % 3 > 0), zone="Asia/Tokyo" * (number % 2))

    def told() -> str:
        with crm.transaction() as tx:
            for name in ("plan_act", "plan", "decision"):
                tx.execute(getattr(crm.tables, name).delete())
        acts = crm.strategy.acts(crm.strategy.plan().number)
        return json.dumps([[a.rule, a.customer_id, a.state, a.gate, a.reason, a.until, a.says] for a in acts])

    first = told()
    assert first == told()
    assert '"held"' in first
