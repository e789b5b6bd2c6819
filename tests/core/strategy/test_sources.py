"""Rules that plugins bring: they say whose turn it is, and the engine does the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.errors import NotFound, PluginError
from crmkit.core.instants import parse_instant
from crmkit.core.strategy.rules import Broken

Open = Callable[..., Crm]
Fill = Callable[[Crm], Crm]
_MANIFEST = 'name = "calling"\ntitle = "Calling"\ndoc = "Calls customers"\n'
_SOURCE = '''
"""Calls customers."""
import sqlalchemy as sa
from crmkit.plugin import RuleSource, SourcedRule, hookimpl

STARTS = {starts}

def rules(crm):
    {fault}
    customer = crm.tables.customer

    def turns(step, now):
        return sa.select(customer.c.id, sa.literal("call")).where(sa.literal(now) >= STARTS)

    yield SourcedRule(name="first", said={{"tag": "called"}}, turns=turns, doc="Call everybody")
    yield SourcedRule(name="asking", said={{"tag": "asked"}}, turns=turns, asks=True)
    yield SourcedRule(name="timed", said={{"tag": "x", "run": "daily at 09:00"}}, turns=turns)

def left_out(turns, crm, tx):
    with open(crm.config.directory / "heard.txt", "a") as file:
        for each in turns:
            print(each.rule, each.step, each.occasion, each.customer_id, each.gate, file=file)

@hookimpl
def crmkit_register_rule_sources():
    yield RuleSource(name="{name}", doc="Calls", rules=rules, left_out=left_out,
                     next_at=lambda crm, now: STARTS if now < STARTS else None)
'''


def _write(folder: Path, *, name: str = "call", starts: int = 0, fault: str = "") -> None:
    plugins = folder / "plugins"
    plugins.mkdir(exist_ok=True)
    source = _SOURCE.format(name=name, starts=starts, fault=fault)
    (plugins / "calling.py").write_text(source, encoding="utf-8")
    (plugins / "calling.toml").write_text(_MANIFEST, encoding="utf-8")


def _tagged(crm: Crm, tag: str) -> list[str]:
    names = {
        each.id: each.name for each in crm.customers.summaries(crm.predicates.members(f"has_tag('{tag}')"))
    }
    return [names[id_] for id_ in sorted(names)]


def test_whose_turn_it_is(bakery: Open, three: Fill, tmp_path: Path) -> None:
    """The worker does what a plugin's rule wants, once and without asking; who was left out is told to the
    plugin; one that asks waits; one that is declared wrongly is broken, and harms no other."""
    _write(tmp_path)
    crm = three(bakery('[rules.own]\nrun = "daily at 09:00"\ntag = "own"', plugins=("calling",)))
    crm.customers.archive(2)
    for _ in range(2):
        crm.strategy.run_due()
    assert _tagged(crm, "called") == ["Anna", "Celina"]
    assert set((tmp_path / "heard.txt").read_text().splitlines()) >= {
        "call:first 1 call 2 archived",
        "call:asking 1 call 2 archived",
    }
    (effects,) = [crm.effects.list(rule="call:first")]
    assert {(each.origin, each.state) for each in effects} == {("call:first", "done")}
    assert _tagged(crm, "asked") == []
    waiting = {rule.rule for plan in crm.strategy.waiting() for rule in plan.rules}
    assert {"call:asking", "own"} <= waiting
    assert [rule.name for rule in crm.strategy.rules()] == ["own"]
    (broken,) = [rule for rule in crm.strategy.every_rule() if isinstance(rule, Broken)]
    assert broken.name == "call:timed"
    assert "run" in broken.error.message
    assert ("call:first", "done") in {(each.rule, each.state) for each in crm.strategy.why(1)}
    with pytest.raises(NotFound, match="call:second"):
        crm.strategy.plan("call:second")


def test_a_plan_stands_while_other_sources_change(bakery: Open, three: Fill, tmp_path: Path) -> None:
    """A plan of the file's rules is not outdated by what a plugin's rules say now; one of theirs is."""
    _write(tmp_path)
    rules = '[rules.own]\nrun = "daily at 09:00"\ntag = "own"'
    crm = three(bakery(rules, plugins=("calling",)))
    own, theirs = crm.strategy.plan("own"), crm.strategy.plan("call:first")
    assert own.digest != theirs.digest
    assert crm.strategy.apply(own.number).done == 3
    assert crm.strategy.apply(theirs.number).done == 3


def test_a_source_that_fails(bakery: Open, three: Fill, tmp_path: Path) -> None:
    """Its rules are one broken rule that names what went wrong; the file's own go on."""
    _write(tmp_path, fault="raise RuntimeError('no line')")
    crm = three(bakery('[rules.own]\nrun = "daily at 09:00"\ntag = "own"', plugins=("calling",)))
    (broken,) = [rule for rule in crm.strategy.every_rule() if isinstance(rule, Broken)]
    assert (broken.name, "no line" in broken.error.message) == ("call", True)
    assert crm.strategy.apply(crm.strategy.plan("own").number).done == 3


def test_a_name_of_the_cores(bakery: Open, tmp_path: Path) -> None:
    """A plugin cannot have its rules taken for those of the file: it is set aside."""
    _write(tmp_path, name="rule")
    with pytest.raises(PluginError, match='a source of rules cannot be called "rule"'):
        bakery("", plugins=("calling",))


def test_simulated(bakery: Open, three: Fill, tmp_path: Path) -> None:
    """A simulation wakes when the source has something to do, and nothing of it is done."""
    starts = parse_instant("2026-06-02 11:00", UTC, 0)
    _write(tmp_path, starts=starts)
    own = '[rules.own]\nrun = "daily at 09:00"\nonce = "ever"\ntag = "own"'
    crm = three(bakery(own, plugins=("calling",)))
    found = crm.strategy.simulate("call:first", until=date(2026, 6, 30), keep=True)
    assert [(act.rule, act.at, act.customer_id) for act in found.acts] == [
        ("call:first", starts, id_) for id_ in (1, 2, 3)
    ]
    everything = crm.strategy.simulate(until=date(2026, 6, 30))
    assert {rule.rule: sum(rule.acts.values()) for rule in everything.rules} == {
        "own": 3, "call:first": 3, "call:asking": 3,
    }  # fmt: skip
    assert crm.effects.list() == ()


_BIRTHDAY = """
[fields.born]
type = "date"
[rules.birthday]
who = "is_birthday(born)"
run = "daily at 09:00"
in_their_time = true
tag = "greeted"
"""


def test_by_their_clocks(bakery: Open, clock: FakeClock) -> None:
    """A birthday is kept at nine where the customer is, on the day that it is there: hours before the
    business's own morning, or hours after it."""
    crm = bakery(_BIRTHDAY)
    zones = {"Auckland": "Pacific/Auckland", "Warsaw": None, "Honolulu": "Pacific/Honolulu"}
    crm.customers.save_all(
        [
            CustomerDraft(name=name, timezone=zone, fields={"born": date(1990, 5, 20)})
            for name, zone in zones.items()
        ]
    )
    seen = []
    for hour in range(12, 12 + 48):
        clock.set(parse_instant("2026-05-18 22:00", UTC, 0) + hour * 3_600_000_000)
        plan = crm.strategy.plan("birthday")
        if plan.acts:
            crm.strategy.apply(plan.number)
            seen.append((f"{clock.now() // 3_600_000_000 % 24:02}", _tagged(crm, "greeted")))
    # 09:00 on 20 May is 21:00 UTC the day before in Auckland, 07:00 in Warsaw, 19:00 in Honolulu.
    assert seen == [
        ("21", ["Auckland"]),
        ("07", ["Auckland", "Warsaw"]),
        ("19", ["Auckland", "Warsaw", "Honolulu"]),
    ]
    clock.set(parse_instant("2027-05-10 12:00", UTC, 0))
    simulated = crm.strategy.simulate("birthday", until=date(2027, 5, 18), keep=True)
    assert len(simulated.acts) == 0
    again = crm.strategy.simulate("birthday", until=date(2027, 5, 21), keep=True)
    assert [act.customer_id for act in again.acts] == [1, 2, 3]
