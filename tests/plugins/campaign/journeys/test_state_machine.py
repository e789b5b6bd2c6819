"""The state machine of journeys: random ones against a reference that goes person by person."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.campaign.api import Journeys
from tests.plugins.campaign.journeys.conftest import DAY, HOUR, Open
from tests.plugins.campaign.journeys.reference import Step, Walker, random_steps, written
from tests.soaking import soaking

_PEOPLE, _DAYS = 4, 7
# 4 May 2026, 10:00 in Warsaw, when the shop opens first.
_MORNING = 1_777_881_600_000_000
_EXAMPLES = soaking(3, 150)
# Of a journey: who comes in, whether again, and the seed of its steps.
_JOURNEYS = st.lists(
    st.tuples(
        st.sampled_from(({"who": "count(purchase) >= 1"}, {"on": "call"})),
        st.sampled_from(("never", "after 3 days")),
        st.integers(0, 2**32),
    ),
    min_size=1,
    max_size=3,
)
# In which half of a day what happens to whom, at which hour of it.
_EVENTS = st.lists(
    st.tuples(
        st.integers(0, 2 * _DAYS - 1), st.integers(0, _PEOPLE - 1), st.sampled_from(("purchase", "call")),
        st.integers(1, 11),
    ),
    max_size=24,
)  # fmt: skip
_RARE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


def test_everybody_goes_the_way_that_the_file_says(
    shop: Open, clock: FakeClock, passing: Callable[[Crm], None]
) -> None:
    """Several journeys at once, two passes a day, events in between: everybody's way, as the log tells it,
    and how often something was done for them, is what the reference says; and no act is done twice."""
    numbers = count()

    @settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=_RARE)
    @given(journeys=_JOURNEYS, events=_EVENTS)
    def holds(journeys: list[tuple[dict[str, str], str, int]], events: list[Any]) -> None:
        mark = f"x{next(numbers)}"
        drawn = {f"{mark}-j{n}": _drawn(each, f"{mark}-{n}") for n, each in enumerate(journeys)}
        files = {name: written(*each) for name, each in drawn.items()}
        for each in files.values():
            note(each)
        _walk(shop, clock, passing, drawn, files, events)

    holds()


def _drawn(journey: tuple[dict[str, str], str, int], tag: str) -> tuple[dict[str, str], list[Step]]:
    entry, again, seed = journey
    return {**entry, "goal": "count(purchase) >= 3", "re_enter": again}, random_steps(Random(seed), tag)


def _walk(
    shop: Open,
    clock: FakeClock,
    passing: Callable[[Crm], None],
    drawn: dict[str, tuple[dict[str, str], list[Step]]],
    files: dict[str, str],
    events: list[Any],
) -> None:
    """Let the days pass for new people, in the journeys and in the reference, and compare."""
    crm = shop(files, people=_PEOPLE)
    people = _newcomers(crm, clock, set(files))
    walkers = [
        (name, Walker(id_, head, {step["id"]: step for step in steps}, clock.now()))
        for name, (head, steps) in drawn.items()
        for id_ in people
    ]
    assert not crm.service(Journeys).check(*drawn)
    for name in drawn:
        crm.service(Journeys).start(name)
    before = clock.now()
    for half in range(2 * _DAYS):
        passing(crm)
        for _, walker in walkers:
            walker.look(clock.now(), before)
        before = clock.now()
        _happen(crm, clock, walkers, [(people[who], *what) for at, who, *what in events if at == half])
    for name, walker in walkers:
        assert _way(crm, name, walker.id) == walker.path, (name, walker.id)
        effects = crm.effects.list(rule=f"journey:{name}", limit=1000)
        assert sum(each.customer_id == walker.id for each in effects) == walker.acts
    for name in drawn:
        crm.service(Journeys).stop(name, now=True)
        (crm.config.directory / "journeys" / f"{name}.toml").unlink()


def _newcomers(crm: Crm, clock: FakeClock, names: set[str]) -> list[int]:
    """People to whom nothing has happened yet, in the morning of a day; all others are archived."""
    old = crm.customers.list(limit=1000)[0]
    for each in old:
        crm.customers.archive(each.id)
    clock.set(clock.now() + DAY - (clock.now() - _MORNING) % DAY)
    mark = min(names)
    return [crm.customers.save(CustomerDraft(name=f"{mark} {n}")).id for n in range(_PEOPLE)]


def _happen(
    crm: Crm, clock: FakeClock, walkers: list[tuple[str, Walker]], events: list[tuple[int, str, int]]
) -> None:
    """Half a day, in which this happens."""
    drafts = []
    for id_, kind, hours in events:
        at = clock.now() + hours * HOUR
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
