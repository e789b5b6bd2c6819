"""The state machine of journeys: random ones against a reference that goes person by person."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from crmkit import Crm, InteractionDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.campaign.api import Journeys
from tests.plugins.campaign.journeys.conftest import DAY, HOUR, Open
from tests.plugins.campaign.journeys.reference import Walker, random_steps, written

_PEOPLE, _DAYS, _JOURNEYS = 6, 9, 3


@pytest.mark.parametrize("seed", [2, 3])
def test_everybody_goes_the_way_that_the_file_says(
    shop: Open, clock: FakeClock, passing: Callable[[Crm], None], seed: int
) -> None:
    """Several journeys at once, two passes a day, events in between: everybody's way, as the log tells it,
    and how often something was done for them, is what the reference says; and no act is done twice."""
    random = Random(seed)
    names = [f"j{number}" for number in range(_JOURNEYS)]
    drawn = {name: (_head(random), random_steps(random, name)) for name in names}
    crm = shop({name: written(*each) for name, each in drawn.items()}, people=_PEOPLE)
    walkers = [
        (name, Walker(id_, head, {step["id"]: step for step in steps}, clock.now()))
        for name, (head, steps) in drawn.items()
        for id_ in range(1, _PEOPLE + 1)
    ]
    assert not crm.service(Journeys).check()
    for name in drawn:
        crm.service(Journeys).start(name)
    before = clock.now()
    for _ in range(2 * _DAYS):
        passing(crm)
        for _, walker in walkers:
            walker.look(clock.now(), before)
        before = clock.now()
        _happen(crm, random, clock, walkers)
    for name, walker in walkers:
        assert _way(crm, name, walker.id) == walker.path, (name, walker.id)
        (acts,) = [
            [e for e in crm.effects.list(rule=f"journey:{name}", limit=1000) if e.customer_id == walker.id]
        ]
        assert len(acts) == walker.acts


def _head(random: Random) -> dict[str, str]:
    entry = random.choice(({"who": "count(purchase) >= 1"}, {"on": "call"}))
    return {**entry, "goal": "count(purchase) >= 3", "re_enter": random.choice(("never", "after 3 days"))}


def _happen(crm: Crm, random: Random, clock: FakeClock, walkers: list[tuple[str, Walker]]) -> None:
    """Half a day, in which something happens to some."""
    drafts = []
    for id_ in range(1, _PEOPLE + 1):
        if random.random() < 0.25:
            kind, at = random.choice(("purchase", "call")), clock.now() + random.randint(1, 11) * HOUR
            amount = 100 if kind == "purchase" else None
            drafts.append(InteractionDraft(customer=id_, type=kind, at=at, amount=amount))
            for _, walker in walkers:
                if walker.id == id_:
                    walker.events.append((at, kind))
    clock.set(clock.now() + DAY // 2)
    crm.interactions.record_all(drafts)


def _way(crm: Crm, journey: str, customer: int) -> list[str]:
    types = ("journey.entered", "journey.step", "journey.exited")
    page = crm.interactions.timeline(customer, limit=500, types=types)
    told = [each for each in reversed(page.interactions) if each.payload.journey == journey]
    marks: dict[str, Callable[[Any], str]] = {
        "journey.entered": lambda payload: f"in:{payload.step}",
        "journey.step": lambda payload: payload.step,
        "journey.exited": lambda payload: f"out:{payload.why}",
    }
    return [marks[each.type](each.payload) for each in told]
