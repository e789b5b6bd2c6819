"""Simulating: what the rules will do, on a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Invalid, NotAllowed, NotFound, ReadOnly
from crmkit.core.instants import local_date
from crmkit.core.strategy.rules import Rule
from tests.core.strategy.gates.reaching import PLUGINS, PURPOSES, add, write_plugin
from tests.core.strategy.living import acted

Open = Callable[..., Crm]
Fill = Callable[[Crm], Crm]
LIMITED = '[limits]\nmarketing = "4 per 7 days"\nquiet_hours = "21:00-08:00"\n'
RULES = (
    LIMITED
    + """
[rules.birthday]
who = "is_birthday(born)"
run = "daily at 09:00"
write = "Happy birthday, {{ customer.name }}"
purpose = "offers"
[rules.late]
who = "days_since(purchase) > 3"
run = "daily at 22:00"
not_again_for = "5 days"
[[rules.late.do]]
id = "mail"
write = "Where are you?"
purpose = "news"
[[rules.late.do]]
id = "note"
note = "Wrote to {{ customer.name }}"
only_if = "days_since(purchase) > 6"
[rules.weekly]
run = "every monday at 09:00"
priority = 1
max_acts = 9
write = "News"
purpose = "news"
[rules.once]
who = "days_since(purchase) > 2"
run = "every 12 hours"
once = "per entry"
file = "late.csv"
line = ["{{ customer.id }}"]
[rules.measured]
who = "days_since(purchase) >= 1"
run = "daily at 12:00"
not_again_for = "3 days"
write = "How was it?"
purpose = "offers"
control_group = "90%"
outcome = "purchase"
within = "7 days"
[rules.thanks]
run = "monthly on 10 at 09:00"
once = "ever"
write = "Thank you"
purpose = "orders"
[fields.born]
type = "date"
"""
)


def _next(rule: Rule, after: int, tz: tzinfo) -> int:
    assert rule.schedule is not None
    return rule.schedule.next(after, tz).due_at


@pytest.fixture
def shop(bakery: Open, tmp_path: Path) -> Open:
    """Open a shop that writes to its customers. It is 4 May 2026, 10:00."""
    write_plugin(tmp_path)
    return lambda toml: bakery(PURPOSES + toml, plugins=PLUGINS)


def test_real_plans_at_the_same_clock_do_the_same(shop: Open, clock: FakeClock) -> None:
    """Limits, quiet hours, occasions and what a rule waits for: in a fortnight of real plans, each applied,
    the acts are those that were foretold."""
    crm = shop(RULES)
    for name, born, zone in (
        ("Anna", "1990-05-06", ""),
        ("Bea", "1980-05-09", "Asia/Tokyo"),
        ("Cy", None, ""),
        ("Dan", "1970-05-12", ""),
        ("Eva", "1960-05-14", ""),
    ):
        id_ = add(crm, name, zone=zone, agrees=("offers",) if name == "Cy" else ("offers", "news"))
        if born:
            crm.customers.update(id_, CustomerDraft(fields={"born": born}))
        crm.interactions.record(id_, "purchase", amount=100)
    acted(crm, clock, clock.now(), ["weekly"])
    foretold = crm.strategy.simulate(until=date(2026, 5, 18), keep=True)
    assert foretold.left_out == {}
    assert {each.rule for each in foretold.rules if each.total} >= {
        "birthday",
        "late",
        "weekly",
        "once",
        "thanks",
    }
    stops = {gate for each in foretold.rules for gate in each.stopped}
    assert stops >= {"consent", "limits", "not again yet", "control group"}

    rules = [crm.strategy.rule(each.name) for each in crm.strategy.rules()]
    names = [rule.name for rule in rules]
    instants = {clock.now(): names}
    for rule in rules:
        at = _next(rule, clock.now(), crm.kernel.tz)
        while local_date(at, crm.kernel.tz) <= date(2026, 5, 18):
            instants.setdefault(at, []).append(rule.name)
            at = _next(rule, at, crm.kernel.tz)
    real = [act for at in sorted(instants) for act in acted(crm, clock, at, instants[at])]
    assert sorted(real) == sorted(tuple(each) for each in foretold.acts)
    assert any(until is not None for *_, until in real)


def test_nothing_is_written(shop: Open, clock: FakeClock) -> None:
    """Every table has the rows that it had; and again, it says the same."""
    crm = shop(RULES)
    add(crm, "Anna")

    def rows() -> dict[str, int]:
        with crm.reading() as execute:
            tables = crm.tables.customer.metadata.sorted_tables
            return {
                each.name: execute(sa.select(sa.func.count()).select_from(each)).scalar_one()
                for each in tables
            }

    before = rows()
    first = crm.strategy.simulate(until=date(2026, 5, 20))
    assert first.total > 0
    assert rows() == before
    assert crm.strategy.simulate(until=date(2026, 5, 20)) == first
    assert clock.now() == crm.clock.now()


def test_a_plugin_that_writes_meanwhile_is_stopped(shop: Open) -> None:
    """Its gate tries to tag a customer: the run ends, and nobody is tagged."""
    crm = shop('[rules.a]\nrun = "daily"\nwrite = "tag"\npurpose = "orders"\n')
    add(crm, "Anna")
    with pytest.raises(Exception, match="Nothing is written while"):
        crm.strategy.simulate(until=date(2026, 5, 6))
    assert not crm.customers.get(1).tags


def test_the_scratch_ledger_is_all_that_can_be_written(shop: Open) -> None:
    """Not even a statement of one's own reaches the real tables on that connection."""
    from crmkit.core.strategy.virtual import virtual

    crm = shop("")
    add(crm, "Anna")
    with virtual(crm.kernel) as own:
        own.connection.execute(sa.text("DELETE FROM effect"))
        with pytest.raises(sa.exc.DatabaseError):
            own.connection.execute(sa.text("UPDATE customer SET name = 'x'"))
    assert crm.customers.get(1).name == "Anna"


def test_rules_upon_events_and_broken_ones_are_left_out(bakery: Open, three: Fill) -> None:
    """Nobody knows the events to come; the reason is told."""
    crm = three(
        bakery(
            '[rules.sorry]\non = "complaint"\nnote = "Sorry"\n'
            '[rules.wrong]\nrun = "daily"\nwho = "nonsense > 3"\ntag = "x"\n'
            '[rules.later]\nrun = "daily at 09:00"\ntag = "new"\nenabled = false\n'
        )
    )
    found = crm.strategy.simulate(until=date(2026, 5, 6))
    assert found.rules == ()
    assert found.left_out["sorry"] == "it acts upon each complaint, and nobody knows those to come"
    assert "nonsense" in found.left_out["wrong"]
    later = crm.strategy.simulate("later", until=date(2026, 5, 6)).rules[0]
    assert (later.turns, later.total, later.people) == (3, 9, 3)
    with pytest.raises(NotFound, match="latter"):
        crm.strategy.simulate("latter")


def test_it_says_where_the_acts_would_change_whom_it_means(bakery: Open, three: Fill) -> None:
    """A rule that asks for the tag which it puts on: here nobody gets the tag."""
    crm = three(bakery('[rules.new]\nrun = "daily"\nwho = "not has_tag(met)"\ntag = "met"\n'))
    assert any(
        '"new" asks for tag met' in note for note in crm.strategy.simulate(until=date(2026, 5, 6)).notes
    )


def test_what_cannot_be_asked(bakery: Open, three: Fill) -> None:
    """A day in the past, inside of a transaction, or without leave."""
    crm = three(bakery('[rules.a]\nrun = "daily"\ntag = "x"\n'))
    with pytest.raises(Invalid, match="three years"):
        crm.strategy.simulate(until=date(2026, 5, 3))
    with crm.transaction(), pytest.raises(ReadOnly):
        crm.strategy.simulate()
    crm.people.add("Vera", role="viewer")
    with pytest.raises(NotAllowed):
        crm.acting_as("Vera").strategy.simulate()
