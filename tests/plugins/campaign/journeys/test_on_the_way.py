"""What happens to people on their way: they object, buy, are erased, archived, merged, and letters change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from crmkit import Crm, Invalid
from crmkit.core.clock import FakeClock
from crmkit.plugin import ReportQuestion
from crmkit.plugins.campaign.api import Journeys
from crmkit.plugins.campaign.journeys.report import journey_section
from crmkit.testing import run_crm
from tests.plugins.campaign.conftest import Open, customer, fill
from tests.plugins.campaign.journeys.conftest import DAY

Lead = Callable[..., Crm]
Pass = Callable[..., None]
_JOURNEY = """
who = "has_tag('friend')"
goal = "count(purchase) >= 1"
[[steps]]
id = "first"
send_pigeon = "news"
purpose = "news"
[[steps]]
id = "rest"
wait = "2 days"
[[steps]]
id = "second"
send_pigeon = "again"
purpose = "news"
[[steps]]
id = "call"
tag = "to-call"
"""
_WAITS_NOT = ("done", "skipped", "failed", "withheld", "unconfirmed")


@pytest.fixture
def lead(bakery: Open, tmp_path: Path) -> Lead:
    """Open the bakery with these friends on a journey of two letters, "spring"."""

    def opened(names: Iterable[str], journey: str = _JOURNEY) -> Crm:
        (tmp_path / "journeys").mkdir(exist_ok=True)
        (tmp_path / "journeys" / "spring.toml").write_text(journey, encoding="utf-8")
        crm = bakery()
        (tmp_path / "templates" / "again.txt").write_text("Subject: Again\n\nAgain!\n", encoding="utf-8")
        fill(crm, *names)
        crm.service(Journeys).start("spring")
        return crm

    return opened


@pytest.fixture
def passing(clock: FakeClock) -> Pass:
    """Let so much time pass, and have the worker do all that is due then."""

    def pass_(crm: Crm, time: int = 0) -> None:
        clock.set(clock.now() + time)
        while crm.strategy.run_due() or crm.effects.hand_over().done:
            pass

    return pass_


def ids(crm: Crm) -> dict[str, int]:
    """The customers by name."""
    found, _ = crm.customers.list()
    return {each.name: each.id for each in sorted(found, key=lambda each: each.id)}


def letters(crm: Crm, customer_id: int) -> list[str]:
    """The subjects of what somebody got, the first first."""
    page = crm.interactions.timeline(customer_id, types=("message",))
    return [each.payload.subject for each in reversed(page.interactions)]


def states(crm: Crm, customer_id: int) -> dict[str, tuple[str, str | None]]:
    """(state, reason) of what was done for somebody, by step."""
    effects = crm.effects.list(rule="journey:spring", limit=1000)
    return {each.step[3:]: (each.state, each.reason) for each in effects if each.customer_id == customer_id}


def standing(crm: Crm, customer_id: int) -> tuple[str, str]:
    """(state, why) of somebody on the journey."""
    passage = crm.service(Journeys).passage("spring", customer_id)
    assert passage is not None
    return passage.state, passage.why


def test_whoever_objects(lead: Lead, passing: Pass) -> None:
    """Who objects gets no letter from then on, not even one that waits. They stay until the next letter would
    be due, and leave there; both are told with the reason, and others go on."""
    crm = lead(["Anna", "Bea", "Celina"])
    anna, bea, celina = ids(crm).values()
    crm.effects.pause(channel="pigeon")
    passing(crm)
    crm.consent.withdraw(celina, "news", "pigeon")
    crm.effects.resume(channel="pigeon")
    passing(crm)
    assert [letters(crm, each) for each in (anna, bea, celina)] == [["News"], ["News"], []]
    state, reason = states(crm, celina)["first"]
    assert (state, "withdr" in str(reason)) == ("skipped", True)
    assert any("first" in what and str(reason) in what for _, what in _way(crm, celina))
    assert standing(crm, celina) == ("active", "")
    crm.consent.withdraw(bea, "news", "pigeon")
    passing(crm, 2 * DAY)
    assert [letters(crm, each) for each in (anna, bea, celina)] == [["News", "Again"], ["News"], []]
    for each in (bea, celina):
        state, why = standing(crm, each)
        assert (state, why.partition(":")[0]) == ("left", "consent")
    assert list(crm.predicates.members("has_tag('to-call')")) == [anna]


def test_whoever_buys_is_not_missed(lead: Lead, passing: Pass) -> None:
    """A letter that waits to be handed over is cancelled when its reader reaches the goal, and the ledger
    says why; so it is when they are taken out, archived, or the journey is stopped."""
    crm = lead(["Anna", "Bea", "Celina", "Dora", "Ewa"])
    anna, bea, celina, dora, ewa = ids(crm).values()
    crm.effects.pause(channel="pigeon")
    passing(crm)
    assert states(crm, anna)["first"][0] == "pending"
    crm.interactions.record(anna, "purchase", amount=500)
    crm.service(Journeys).exit("spring", [celina], "moved away")
    crm.customers.archive(dora)
    passing(crm)
    assert standing(crm, anna) == ("goal", "reached the goal")
    assert states(crm, anna)["first"] == ("skipped", "reached the goal")
    assert states(crm, celina)["first"] == ("skipped", "moved away")
    assert states(crm, dora)["first"] == ("skipped", "archived or restricted")
    crm.service(Journeys).exit("spring", [ewa])
    crm.effects.resume(channel="pigeon")
    passing(crm)
    assert [letters(crm, each) for each in (anna, bea, celina, dora, ewa)] == [[], ["News"], [], [], []]
    crm.effects.pause(channel="pigeon")
    passing(crm, 2 * DAY)
    crm.service(Journeys).stop("spring", now=True)
    assert states(crm, bea)["second"] == ("skipped", "the journey was stopped")


def test_a_plan_from_before_they_bought(lead: Lead, passing: Pass) -> None:
    """A plan that is applied late, as after a worker was killed, leaves out whoever has left since."""
    crm = lead(["Anna", "Bea"])
    anna, bea = ids(crm).values()
    journeys = crm.service(Journeys)
    journeys.enter("spring", [anna, bea])
    plan = crm.strategy.plan("journey:spring")
    assert plan.acts == 2
    journeys.exit("spring", [anna], "came by")
    report = crm.strategy.apply(plan.number)
    assert (report.pending, report.skipped) == (1, {"no longer their turn": 1})
    passing(crm)
    assert (letters(crm, anna), letters(crm, bea)) == ([], ["News"])


def test_erased_on_the_way(lead: Lead, passing: Pass) -> None:
    """The erased are gone from the journey, and what waits for them is skipped; the ledger still adds up, and
    the others go on."""
    crm = lead(["Anna", "Bea", "Celina"])
    anna, bea, celina = ids(crm).values()
    crm.effects.pause(channel="pigeon")
    passing(crm)
    crm.privacy.erase(anna)
    crm.effects.resume(channel="pigeon")
    passing(crm)
    crm.privacy.erase(bea)
    passing(crm, 2 * DAY)
    found = crm.service(Journeys).get("spring")
    assert (found.active, found.goal, found.finished, found.left) == (0, 0, 1, 0)
    assert [each.customer_id for each in crm.service(Journeys).people("spring", state=None)] == [celina]
    effects = [(each.step[3:], each.state) for each in crm.effects.list(rule="journey:spring", limit=99)]
    assert sorted(effects) == [
        ("call", "done"), ("first", "done"), ("first", "done"), ("first", "skipped"), ("second", "done"),
    ]  # fmt: skip
    assert letters(crm, celina) == ["News", "Again"]


@pytest.mark.parametrize("waits", [True, False], ids=["letters wait", "letters sent"])
def test_merged_and_apart_again(lead: Lead, passing: Pass, waits: bool) -> None:
    """Of two who turn out to be one, one way is left, and each later letter comes once; taken apart again,
    each goes on, and nobody gets a letter twice."""
    crm = lead(["Anna", "Anna too", "Bea"])
    anna, too, bea = ids(crm).values()
    if waits:
        crm.effects.pause(channel="pigeon")
    passing(crm)
    merge = crm.merging.merge(anna, too)
    if waits:
        passing(crm)
        crm.effects.resume(channel="pigeon")
    passing(crm)
    assert len(crm.service(Journeys).people("spring", state=None)) == 2
    assert len(letters(crm, anna)) == (1 if waits else 2)
    crm.undo.undo(merge.ref)
    passing(crm)
    passing(crm, 2 * DAY)
    for each in (anna, too, bea):
        got = letters(crm, each)
        assert len(got) == len(set(got)), got
    assert letters(crm, bea) == ["News", "Again"]
    effects = crm.effects.list(rule="journey:spring", limit=99)
    assert {each.state for each in effects} <= set(_WAITS_NOT)
    assert crm.service(Journeys).get("spring").active == 0


def test_merged_for_good(lead: Lead, passing: Pass) -> None:
    """Two who stay one get the rest of the journey once, and count once."""
    crm = lead(["Anna", "Anna too"])
    anna, too = ids(crm).values()
    passing(crm)
    crm.merging.merge(anna, too)
    passing(crm, 2 * DAY)
    assert letters(crm, anna).count("Again") == 1
    assert crm.service(Journeys).get("spring").finished == 1


def test_who_has_begun_keeps_the_letters(lead: Lead, bakery: Open, passing: Pass, tmp_path: Path) -> None:
    """A letter that is edited stays as it was for whoever is in the journey; `crm check` and the list say so.
    Started again, whoever comes in next gets the new one, also where the old file is gone."""
    journey = _JOURNEY.replace(
        'purpose = "news"\n[[steps]]\nid = "call"',
        (
            'purpose = "news"\n[steps.variants.plain]\n[steps.variants.warm]\nsend_pigeon = "warm"\n'
            '[[steps]]\nid = "call"'
        ),
    ).replace("who =", 'outcome = "purchase"\nwithin = "9 days"\nwho =')
    (tmp_path / "templates").mkdir(exist_ok=True)
    (tmp_path / "templates" / "warm.txt").write_text("Subject: Warm\n\nWarm!\n", encoding="utf-8")
    crm = lead([f"Person {number}" for number in range(16)], journey)
    begun = list(ids(crm).values())
    journeys = crm.service(Journeys)
    assert journeys.get("spring").edited_steps == ()
    passing(crm)
    for name in ("again", "warm"):
        (tmp_path / "templates" / f"{name}.txt").write_text(f"Subject: New {name}\n\nNew\n", encoding="utf-8")
    crm = bakery()
    journeys = crm.service(Journeys)
    assert journeys.get("spring").edited_steps == ("second",)
    told = run_crm("--config", crm.config.path, "check").stdout
    assert "Templates of journeys/spring.toml have changed since it was started: second" in told
    assert "templates have changed" in run_crm("--config", crm.config.path, "journeys", "list").stdout
    passing(crm, DAY)
    assert journeys.start("spring").version == 2
    assert journeys.start("spring").version == 2
    new = crm.customers.save(customer("Ewa")).id
    crm.consent.grant(new, "news", "pigeon")
    passing(crm, DAY)
    got = [letters(crm, each) for each in begun]
    assert {subject for each in got for subject in each} == {"News", "Again", "Warm"}
    passing(crm, 2 * DAY)
    assert letters(crm, new)[1] in ("New again", "New warm")
    assert journeys.get("spring").edited_steps == ()


def _way(crm: Crm, customer_id: int) -> tuple[tuple[int, str], ...]:
    return crm.service(Journeys).why("spring", customer_id).way


def test_people_as_numbers(lead: Lead, passing: Pass) -> None:
    """The metric counts each person once by what became of them, by state, step or what they are; the report
    has them too."""
    crm = lead(["Anna", "Bea", "Celina", "Dora"])
    anna, bea, *_ = ids(crm).values()
    passing(crm)
    crm.interactions.record(anna, "purchase", amount=500)
    crm.service(Journeys).exit("spring", [bea])
    passing(crm)

    def number(said: str, **more: Any) -> object:
        return crm.metrics.value(said, **more).value

    assert (number("journey_people"), number("journey_people(spring, goal)")) == (2, 1)
    assert number("journey_people(spring, all)", where="name = 'Anna'") == 1
    by = crm.metrics.value("journey_people(spring, all)", by="state").groups
    assert {each.group: each.value for each in by} == {"active": 2, "goal": 1, "left": 1}
    steps = crm.metrics.value("journey_people(spring)", by="step").groups
    assert {each.group: each.value for each in steps} == {"rest": 2}
    with pytest.raises(Invalid):
        number("journey_people(spring, gone)")
    now = crm.clock.now()
    period = crm.metrics.value("journey_people").period
    (section,) = journey_section(crm, ReportQuestion(period=period, as_of=now))
    assert [row["active"] for row in section.tables[0].rows] == [2]
    assert not list(journey_section(crm, ReportQuestion(period=period, as_of=now - 2 * DAY)))
