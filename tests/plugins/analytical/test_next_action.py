"""What would be best to do for a customer: by what was measured, else by priority, and never done."""

from __future__ import annotations

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.plugin import InteractionDraft
from crmkit.plugins.analytical.api import NextActions
from crmkit.testing import FakeClock, run_crm

DAY = 86_400_000_000
RULES = """
[rules.works]
run = "daily at 00:00"
tag = "helped"
once = "ever"
control_group = "50%"
outcome = "purchase"
within = "7 days"

[rules.harms]
run = "daily at 00:00"
tag = "bothered"
once = "ever"
priority = 9
control_group = "50%"
outcome = "purchase"
within = "7 days"

[rules.plain]
run = "daily at 00:00"
tag = "seen"
priority = 3

[rules.rare]
who = "has_tag('rare')"
run = "daily at 00:00"
once = "per entry"
tag = "rarer"
priority = 5

[rules.resting]
run = "daily at 00:00"
tag = "rested"
not_again_for = "1 year"
"""


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["analytical"]


@pytest.fixture
def crm_toml() -> str:
    """Rules of which some were measured."""
    return RULES


def people(crm: Crm, first: int, count: int, **more: object) -> list[int]:
    """Customers whose numbers, and so whose groups, are the same in every run; their ids."""
    drafts = [
        CustomerDraft(name=f"C{at}", uid=f"00000000-0000-7000-8000-{at:012d}", **more)  # type: ignore[arg-type]
        for at in range(first, first + count)
    ]
    return [id_ for id_ in crm.customers.save_all(drafts).ids if id_ is not None]


def measured(crm: Crm, clock: FakeClock) -> list[int]:
    """300 customers go through the measured rules; almost only those come back for whom one worked and the
    other did nothing."""
    ids = people(crm, 0, 300)
    crm.strategy.apply(crm.strategy.plan("works", "harms", "resting").number)
    clock.advance(days=1)
    tags = {id_: set(crm.customers.get(id_).tags) for id_ in ids}
    won = [id_ for id_ in ids if "helped" in tags[id_] and "bothered" not in tags[id_]]
    came = sorted({*won, *(id_ for id_ in ids if id_ % 20 == 0)})
    drafts = [InteractionDraft(customer=id_, type="purchase", amount=1000, at=clock.now()) for id_ in came]
    crm.interactions.record_all(drafts)
    clock.advance(days=8)
    return ids


def test_what_is_best(crm_both: Crm, clock: FakeClock) -> None:
    """What was measured to work goes first whatever its priority; what nobody measured goes by priority; what
    does harm, and what a gate leaves out, has no place. Each says why, and nothing is written."""
    crm, service = crm_both, crm_both.service(NextActions)
    first = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    # Before anything was measured priority alone decides, and those in a control group are left alone.
    rules = [each.rule for each in service.of(first) if each.place]
    assert rules == [name for name in ("harms", "plain", "works", "resting") if name in rules]
    assert {"plain", "resting"} <= set(rules)
    known = measured(crm, clock)
    fresh = people(crm, 1000, 30, tags=("rare",))
    ranked = service.among(fresh)
    states = {id_: {each.rule: each.state for each in found} for id_, found in ranked.items()}
    both = next(id_ for id_ in fresh if states[id_]["works"] == states[id_]["harms"] == "act")
    assert [(each.rule, each.place, each.basis) for each in ranked[both]] == [
        ("works", 1, "measured"), ("rare", 2, "priority"), ("plain", 3, "priority"),
        ("resting", 4, "priority"), ("harms", None, "harm"),
    ]  # fmt: skip
    best = ranked[both][0]
    assert best.uplift is not None
    assert 0 < best.uplift.low < best.uplift.absolute < best.uplift.high
    assert best.uplift.customers == 301
    assert best.why.startswith("measured: +")
    assert ranked[both][1].why == "not measured: by priority 5"
    alone = next(id_ for id_ in fresh if states[id_]["works"] == "withheld")
    left = next(each for each in ranked[alone] if each.rule == "works")
    assert (left.place, left.why) == (
        None,
        "left alone: in the control group, which is left alone to compare with",
    )
    # Somebody for whom it was done already, and only a purchase counts here.
    found = {each.rule: each for each in service.of(known[0], outcome="visit")}
    assert "works" not in found  # once ever
    assert found["resting"].why.startswith("left out: done on ")
    assert {each.basis for each in service.of(both, outcome="visit")} == {"priority"}
    # It is the engine's own answer, and asking has kept nothing.
    assert crm.strategy.plans()[0].number == 1
    planned = {act.rule for act in crm.strategy.acts(crm.strategy.plan().number) if act.customer_id == both}
    assert planned == {"works", "rare", "plain", "resting", "harms"}


def test_the_command(crm_both: Crm, clock: FakeClock) -> None:
    """For one customer the actions are listed with place and reason; with --where the best of each."""
    measured(crm_both, clock)
    ids = people(crm_both, 1000, 12)
    command = ("--config", crm_both.config.path, "analytics", "next")
    rows = run_crm(*command, str(ids[0]), "--json").json
    assert rows[0]["place"] == 1
    assert rows[0]["command"] == f"crm plan --rule {rows[0]['rule']}"
    elsewhere = run_crm(*command, str(ids[0]), "--outcome", "visit", "--json").json
    assert [row["rule"] for row in elsewhere][:2] == ["harms", "plain"], "nobody measured visits: by priority"
    assert "vist" in run_crm(*command, str(ids[0]), "--outcome", "vist").stderr
    money = run_crm(*command, str(ids[0]), "--amount", "--json").json
    assert {row["uplift"]["of"] for row in money if row["uplift"]} == {"amount"}
    many = run_crm(*command, "--where", "name != 'x'", "--limit", "400", "--json").json
    best = {row["customer_id"]: row["rule"] for row in many}
    service = crm_both.service(NextActions)
    assert best == {id_: found[0].rule for id_, found in service.among(list(best)).items()}
    assert {"works", "plain"} == set(best.values())
    assert "To plan it" in run_crm(*command, str(ids[0])).stderr
    assert run_crm(*command).status == 2
