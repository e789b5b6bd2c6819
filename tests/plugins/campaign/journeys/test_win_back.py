"""The demo's journey, simulated, then run by four workers that are killed at random, with real mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from attrs import frozen

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.instants import parse_instant
from crmkit.plugin import Effect
from crmkit.plugins.campaign.api import Journeys
from crmkit.plugins.campaign.journeys.files import journey_file
from crmkit.plugins.campaign.journeys.graph import END, Graph, graph_of
from crmkit.testing import run_crm
from tests.plugins.campaign.journeys.conftest import DAY, HOUR
from tests.plugins.campaign.journeys.killing import kill_workers
from tests.plugins.post_office import PostOffice, post_office
from tests.soaking import SOAK, soaking

_NAME = "come-back"
_CUSTOMERS = soaking(300, 3_000)
_ROUNDS = (0, 3 * DAY, 11 * DAY, 20 * DAY)
# How often all four are killed in each round: in the short form when everybody comes in and is written to.
_KILLS = dict.fromkeys(_ROUNDS, 5) if SOAK else {0: 1}
_MAIL = """
[plugins.email]
from = "CD shop <post@cds.example>"
host = "127.0.0.1"
security = "none"
timeout = 5
port = {port}
"""


@frozen
class _Demo:
    """The demo, live, and the mail server that its letters go to."""

    crm: Crm
    clock: FakeClock
    office: PostOffice


_ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@pytest.fixture(params=_ENGINES if SOAK else _ENGINES[:1])
def demo(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[_Demo]:
    """What `crm demo` makes, in the morning after the last purchase; in the long form on either engine. Three
    of four of those who are slipping have agreed to be written to."""
    from crmkit.cli.laying_out import filled

    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = server.create_database() if server else "crm.db"
    shop = {"name": "CD shop", "currency": "USD", "timezone": "America/New_York", "locale": "en_US"}
    with post_office() as office:
        # `crm demo` goes on where one was interrupted: with this file.
        toml = filled("online-shop", database=address, by=date(1998, 12, 31), **shop)
        (tmp_path / "crm.toml").write_text(toml + _MAIL.format(port=office.port), encoding="utf-8")
        (tmp_path / ".crmkit-demo").write_text("in the making\n", encoding="utf-8")
        made = run_crm("demo", tmp_path, "--customers", _CUSTOMERS)
        assert made.status == 0, made.stderr
        with Crm.open(tmp_path / "crm.toml", clock=clock) as crm:
            clock.set(parse_instant("1998-07-01 10:00", crm.kernel.tz, 0))
            for id_ in crm.predicates.members("in(slipping)"):
                if id_ % 4:
                    crm.consent.grant(id_, "offers", "email")
            crm.rehearsal.end()
            yield _Demo(crm, clock, office)
    if server is not None:
        server.drop_database(address)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_won_back_by_killed_workers(demo: _Demo) -> None:
    """What the simulation foretells is done, however often workers are killed: everybody goes a way that the
    file allows, through no step twice; nobody gets a letter twice, and the control group none; each counts
    once."""
    crm, journeys, random = demo.crm, demo.crm.service(Journeys), Random(5)
    graph = graph_of(journey_file(crm, _NAME).required())
    foretold = journeys.simulate(_NAME, until=date(1998, 7, 1), keep=True)
    people = journeys.intake(_NAME).people
    assert people is not None
    assert people > 25
    journeys.start(_NAME, expected=people)
    begin = demo.clock.now()
    for at in _ROUNDS:
        demo.clock.set(begin + at)
        for _ in range(_KILLS.get(at, 0)):
            kill_workers(crm.config.path, demo.clock.now(), random)
        _finish(demo)
        if at == 0:
            _act(crm)
    effects = crm.effects.list(rule=f"journey:{_NAME}", limit=100_000)
    letters = [each for each in effects if each.step == "v1.letter"]
    written = {each.customer_id for each in letters if each.state != "withheld"}
    assert written == {act.customer_id for act in foretold.acts}
    _check_ways(crm, graph, people)
    _check_letters(demo.office, letters)
    _check_groups(crm, effects)
    kinds = {step: sum(each.step == f"v1.{step}" for each in effects) for step in ("call", "help")}
    assert min(kinds.values()) > 0  # both ways were gone


def _act(crm: Crm) -> None:
    """Of those who were written to, some leave a basket, and some buy."""
    inside = [each.customer_id for each in crm.service(Journeys).people(_NAME, limit=100_000)]
    for id_ in sorted(inside):
        if id_ % 3 == 0:
            crm.interactions.record(id_, "basket_left")
        elif id_ % 5 == 0:
            crm.interactions.record(id_, "purchase", amount=2_500)


def _finish(demo: _Demo) -> None:
    """The rest of it, once the leases of the killed are over."""
    demo.clock.set(demo.clock.now() + HOUR)
    while demo.crm.strategy.run_due() or demo.crm.effects.hand_over().done:
        pass


def _check_ways(crm: Crm, graph: Graph, people: int) -> None:
    """Each way on record begins at the first step, goes along the file's edges, through each step once, and
    ends where the table of people says; everybody who came in counts once."""
    everybody = crm.service(Journeys).people(_NAME, state=None, limit=100_000)
    found = crm.service(Journeys).get(_NAME)
    assert len(everybody) == len({each.customer_id for each in everybody}) >= people
    assert found.active + found.goal + found.finished + found.left == len(everybody)
    types = ("journey.entered", "journey.step", "journey.exited")
    for each in everybody:
        assert each.entries == 1
        page = crm.interactions.timeline(each.customer_id, limit=100, types=types)
        told = [(one.type, one.payload.step) for one in reversed(page.interactions)]
        steps = [step for type_, step in told if type_ != "journey.exited"]
        assert told[0] == ("journey.entered", graph.first)
        assert max(Counter(steps).values()) == 1
        assert all(to in graph.steps[at].leads_to for at, to in pairwise(steps))
        ended = [step for type_, step in told if type_ == "journey.exited"]
        assert len(ended) == (each.state != "active")
        if each.state == "finished":
            assert each.step == END in graph.steps[steps[-1]].leads_to
        else:
            assert each.step == steps[-1]


def _check_letters(office: PostOffice, letters: Sequence[Effect]) -> None:
    """Each was handed over once; what was interrupted may have arrived, and is told as that."""
    taken = Counter(str(each.message["Message-ID"]) for each in office.taken)
    states = Counter(each.state for each in letters)
    assert set(taken.values()) == {1}
    assert states["done"] <= len(taken) <= states["done"] + states["unconfirmed"]
    assert states["done"] > 0
    assert set(states) <= {"done", "unconfirmed", "withheld", "skipped"}
    persons = Counter(each.customer_id for each in letters)
    assert set(persons.values()) == {1}


def _check_groups(crm: Crm, effects: Sequence[Effect]) -> None:
    """Of the control group nothing was done for anybody, at any step; and each act was done once."""
    arms = {each.customer_id: each.arm for each in effects}
    control = {id_ for id_, arm in arms.items() if arm == "control"}
    assert 0 < len(control) < len(arms)
    for each in effects:
        assert (each.state == "withheld") == (each.customer_id in control)
    assert max(Counter((each.customer_id, each.step) for each in effects).values()) == 1
    interaction = crm.tables.interaction
    with crm.reading() as execute:
        sent = sa.select(interaction.c.customer_id).where(
            interaction.c.type == "message", interaction.c.customer_id.in_(control)
        )
        assert not execute(sent).all()
