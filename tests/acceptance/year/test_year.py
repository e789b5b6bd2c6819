"""A chain of bakeries lives through its days, with everything that goes wrong, and keeps every promise."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from shutil import rmtree

import pytest

from crmkit.testing import FakeClock, PostgresServer
from tests.acceptance.year.invariants import CHECKS
from tests.acceptance.year.life import Life
from tests.acceptance.year.world import world
from tests.soaking import soaking

_FIRST = date(2025, 11, 17)
# Another life, or a shorter one: CRMKIT_SEED=7 CRMKIT_DAYS=60 make soak ARGS=tests/acceptance/year
_SEED = int(os.environ.get("CRMKIT_SEED", "1"))
_DAYS = int(os.environ.get("CRMKIT_DAYS", soaking(12, 365)))
_PEOPLE = int(os.environ.get("CRMKIT_PEOPLE", soaking(30, 300)))
# Where the machine is slow: it ends after so many minutes, however few days those were; how often a worker
# runs, of the usual.
_MINUTES = float(os.environ.get("CRMKIT_MINUTES", soaking(9, 120)))
_PACE = float(os.environ.get("CRMKIT_PACE", "1"))


@contextmanager
def databases(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Where a new database may be made: beside `crm.toml`, or on the server."""
    if request.param == "sqlite":
        yield lambda: "crm.db"
        return
    server: PostgresServer = request.getfixturevalue("crm_postgres")
    made: list[str] = []

    def make() -> str:
        made.append(server.create_database())
        return made[-1]

    yield make
    for each in made:
        server.drop_database(each)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def new_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """As `databases`, of each kind in turn."""
    with databases(request) as make:
        yield make


@pytest.mark.slow
@pytest.mark.timeout(soaking(600, 14_400))
def test_year(new_database: Callable[[], str], tmp_path: Path, clock: FakeClock) -> None:
    """Twelve days of thirty people in `make test`, a year of three hundred in `make soak`: whatever is
    killed, breaks, bounces or is wanted otherwise, nothing is lost, nothing happens twice, and nobody is
    written to who did not agree."""
    random, kills = Random(_SEED), soaking(2, 80)
    with world(tmp_path / "chain", new_database, clock, random, kills=kills) as around:
        life = Life(around, random, _FIRST, days=_DAYS, count=_PEOPLE, minutes=_MINUTES, pace=_PACE)
        life.live()
        broken = {}
        for check in CHECKS:
            try:
                check(around, life)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other promises are asked too
                broken[check.__doc__] = f"{type(error).__name__}: {error}"
        for promise, found in broken.items():
            print(f"\n{promise}\n{found[:4_000]}")  # noqa: T201 - pytest shows it where the test fails
        print(f"{life.days} days of {len(life.everybody)} people: {life.happened}")  # noqa: T201 - likewise
        assert list(broken) == []
    rmtree(tmp_path)  # a year of a business is much to keep
