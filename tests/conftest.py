"""What every test may ask for: a database of each kind."""

from __future__ import annotations

import gc
import os
import shutil
import tracemalloc
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from crmkit.core import opening
from crmkit.core.store.engine import Store
from crmkit.core.store.tables import build_tables
from crmkit.core.store.upgrade import upgrade
from crmkit.testing.databases import PostgresServer, memory_folder
from crmkit.testing.ready import ReadyDatabases
from tests.lots import same_lots
from tests.soaking import SOAK, soaking


def pytest_configure() -> None:
    """Look for cycles seldom: by the end thousands of modules and tests would be looked through each time."""
    gc.set_threshold(100_000, 50, 100)
    # A file in memory is made and synced at once. `--basetemp` and this variable say otherwise.
    if folder := memory_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)
    # crm.toml's locale and this computer's say nothing about what tests read.
    os.environ["CRMKIT_LANGUAGE"] = "en"
    # How long an example takes says more of the machine than of crmkit. Hypothesis knows CI by itself.
    usual = settings.get_profile("ci" if "CI" in os.environ else "default")
    settings.register_profile("crmkit", usual, deadline=None, max_examples=soaking(40, 200))
    settings.load_profile("crmkit")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def same_chance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run draws the same lots: what a test opens in this process has its uids, and so its control
    groups, from a seed of the test's own. `make soak` draws new ones."""
    _draw(monkeypatch, request.node.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """What several tests share has a seed of its own, whichever of them asks for it first."""
    with pytest.MonkeyPatch.context() as patch:
        if fixturedef.scope != "function":
            _draw(patch, f"{fixturedef.baseid} {fixturedef.argname} {getattr(request, 'param_index', 0)}")
        return (yield)


def _draw(patch: pytest.MonkeyPatch, origin: str) -> None:
    if not SOAK:
        for name, value in same_lots(origin).items():
            patch.setattr(opening, name, value)


@pytest.fixture
def peak_memory() -> Iterator[Callable[[Callable[[], object]], int]]:
    """A function that calls what it is given, and says how many bytes more than before that held at most.

    Cycles are looked for as often as in a new process that runs nothing else: at the usual thresholds, and
    without what earlier tests have left, for a full look waits until a quarter more than that has been made.
    """
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 10)

    def measure(call: Callable[[], object]) -> int:
        gc.collect()
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    yield measure
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.fixture(scope="session")
def postgres(crm_postgres: PostgresServer) -> PostgresServer:
    """A PostgreSQL server that lives as long as the test run (one for each xdist worker)."""
    return crm_postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind in turn: the path of an SQLite file to be, or a `postgresql://`
    address."""
    if request.param == "sqlite":
        yield str(tmp_path / "crm.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.create_database()
    yield address
    server.drop_database(address)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ready_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `database`, with the core's schema and no declared fields. Copied from a template, so it costs
    little."""
    template: str = request.getfixturevalue(f"{request.param}_template")
    if request.param == "sqlite":
        yield str(shutil.copy(template, str(tmp_path / "crm.db")))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.create_database(template)
    yield address
    server.drop_database(address)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def declared_database(
    request: pytest.FixtureRequest, tmp_path: Path, crm_ready: ReadyDatabases, crm_toml: str
) -> Iterator[str]:
    """As `database`, with the tables of the business that `crm_toml` declares. Copied as well."""
    if request.param == "sqlite":
        yield crm_ready.copy(tmp_path, crm_toml, (), None)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    address = crm_ready.copy(tmp_path, crm_toml, (), server)
    yield address
    server.drop_database(address)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of an SQLite database with the core's schema, open nowhere."""
    return _upgraded(str(tmp_path_factory.mktemp("template") / "crm.db"))


@pytest.fixture(scope="session")
def postgresql_template(postgres: PostgresServer) -> str:
    """The address of a PostgreSQL database with the core's schema, to which nobody is connected."""
    return _upgraded(postgres.create_database())


def _upgraded(database: str) -> str:
    store = Store.open(database)
    upgrade(store, build_tables())
    store.close()
    return database
