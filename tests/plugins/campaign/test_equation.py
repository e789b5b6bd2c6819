"""Whatever happens to a campaign and to its customers: everybody in its audience is accounted for, once."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crmkit import Crm, CrmError
from crmkit.plugins.campaign.api import Campaigns
from crmkit.testing import FakeClock
from tests.plugins.campaign.conftest import Open, Write, at, fill, work
from tests.plugins.campaign.test_campaigns import SPRING, adds_up
from tests.soaking import soaking

_NAMES = (
    "Anna", "Bea", "Celina refused", "Dora doubtful", "Ewa, without letter", "Fela", "Jana",
)  # fmt: skip
_WHO = st.integers(0, len(_NAMES) - 1)
_EVENTS = st.one_of(
    st.tuples(st.just("merge"), _WHO, _WHO),
    st.tuples(st.sampled_from(("erase", "withdraw", "archive", "restrict")), _WHO, _WHO),
    st.tuples(st.sampled_from(("pause", "resume", "cancel", "undo")), st.just(0), st.just(0)),
    st.tuples(st.sampled_from(("plan", "apply", "pass", "hand over", "wait")), st.just(0), st.just(0)),
)


class _World:
    """A campaign under way, and what can happen to it."""

    def __init__(self, crm: Crm, clock: FakeClock, name: str, ids: list[int]) -> None:
        self.crm, self.clock, self.name, self.ids = crm, clock, name, ids
        self.plans: list[int] = []
        self.merges: list[str] = []

    def do(self, what: str, one: int, other: int) -> None:
        """One event; what is not possible does nothing."""
        crm, campaigns = self.crm, self.crm.service(Campaigns)
        first, second = self.ids[one], self.ids[other]
        try:
            match what:
                case "merge":
                    self.merges.append(crm.merging.merge(first, second).ref)
                case "undo":
                    crm.undo.undo(self.merges.pop() if self.merges else "merge:0")
                case "erase":
                    crm.privacy.erase(first)
                case "withdraw":
                    crm.consent.withdraw(first, "news", "pigeon")
                case "archive":
                    crm.customers.archive(first)
                case "restrict":
                    crm.privacy.restrict(first)
                case "pause" | "resume" | "cancel":
                    getattr(campaigns, what)(self.name)
                case "plan":
                    self.plans.append(crm.strategy.plan(f"campaign:{self.name}").number)
                case "apply":
                    crm.strategy.apply(self.plans.pop() if self.plans else 0)
                case "pass":
                    crm.strategy.run_due()
                case "hand over":
                    crm.effects.hand_over()
                case _:
                    self.clock.advance(3 * 3600)
        except CrmError:
            return


def test_it_adds_up(bakery: Open, write: Write, clock: FakeClock, tmp_path: Path) -> None:
    """After any events, in any order, the parts are the audience; in the end nobody waits, and nobody has got
    it twice."""
    crm = bakery()
    number = iter(range(10_000))

    @settings(
        max_examples=soaking(8, 300),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(_EVENTS, max_size=14), st.booleans())
    @example([("merge", 0, 4), ("cancel", 0, 0), ("undo", 0, 0)], False)
    def holds(events: list[tuple[str, int, int]], later: bool) -> None:
        at(clock, f"2026-05-{4 + next(number) % 20:02} 10:00")
        name, tag = f"c{next(number)}", f"t{next(number)}"
        made = fill(crm, *(f"{each} {tag}" for each in _NAMES), silent=(f"Jana {tag}",))
        for id_ in made.values():
            crm.customers.tag(id_, tag)
        hour = f"at = {'2026-06-01' if later else '2026-05-30'}T12:00:00\n"
        write(name, SPRING.replace('segment = "friends"', f"who = \"has_tag('{tag}')\"") + hour)
        at(clock, "2026-05-29 10:00")
        campaigns = crm.service(Campaigns)
        campaigns.send(name, confirm=campaigns.count(name).reached)
        if not later:
            at(clock, "2026-05-30 12:01")
        world = _World(crm, clock, name, list(made.values()))
        for event in events:
            world.do(*event)
            assert adds_up(campaigns.get(name).counts), event
        if campaigns.get(name).state == "paused":
            campaigns.resume(name)
        at(clock, "2026-06-04 10:00")
        work(crm, 4)
        found = campaigns.get(name)
        assert (found.counts.waiting, adds_up(found.counts)) == (0, True)
        assert found.state in ("done", "cancelled")
        got = Counter(
            (each.customer_id, each.occasion)
            for each in crm.effects.list(rule=f"campaign:{name}", limit=1_000)
            if each.customer_id is not None
        )
        assert set(got.values()) <= {1}
        (tmp_path / "campaigns" / f"{name}.toml").unlink()

    holds()


def test_merged_between_plan_and_application(bakery: Open, write: Write) -> None:
    """Two who turn out to be one after the plan was made get one letter, and count once."""
    crm = bakery()
    write("spring", SPRING)
    names = fill(crm, "Anna", "Anna too", "Bea")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=3)
    plan = crm.strategy.plan("campaign:spring")
    crm.merging.merge(names["Anna"], names["Anna too"])
    crm.strategy.apply(plan.number)
    work(crm, 2)
    counts = campaigns.get("spring").counts
    assert (counts.sent, counts.audience, campaigns.get("spring").state) == (2, 2, "done")


def test_four_workers(bakery: Open, write: Write) -> None:
    """Four workers at once reach everybody once."""
    crm = bakery()
    write("spring", SPRING)
    fill(crm, *(f"Person {n}" for n in range(40)), "One refused")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=41)
    failed: list[BaseException] = []

    def worker() -> None:
        try:
            work(crm, 3)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    work(crm, 2)
    assert not failed
    counts = campaigns.get("spring").counts
    assert (counts.sent, counts.failed, counts.audience) == (40, 1, 41)
    told = crm.interactions.list("message", limit=500).interactions
    assert len(told) == 40
