"""The fixtures that pytest has where crmkit is installed.

They do nothing until a test asks for them. A plugin whose package is not installed is used where it is
written, if pytest runs in its folder. Override `crm_plugins` and `crm_toml` in a module or a
`conftest.py` to say which business `crm`, `crm_on` and `crm_both` open.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from crmkit.core.clock import FakeClock
    from crmkit.core.crm import Crm
    from crmkit.testing.databases import PostgresServer
    from crmkit.testing.public import Public
    from crmkit.testing.ready import ReadyDatabases
    from crmkit.testing.recorder import Recorder


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known that tests on PostgreSQL carry, and the plugin found whose tests are run here."""
    config.addinivalue_line("markers", "postgresql: needs a PostgreSQL server (started by the tests)")
    if (config.rootpath / "pyproject.toml").is_file():
        from crmkit.testing.in_place import use_in_place

        use_in_place(config.rootpath)


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use; none, unless overridden."""
    return []


@pytest.fixture
def crm_toml() -> str:
    """More of `crm.toml`: keys of `[crs]` first, then other tables; nothing, unless overridden."""
    return ""


@pytest.fixture
def clock() -> FakeClock:
    """The clock that the opened Crm goes by: it stands at 1 January 2026, 12:00 UTC, until told to go on."""
    from crmkit.core.clock import FakeClock

    return FakeClock()


@pytest.fixture(scope="session")
def crm_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the length of the test run. Where none is installed, tests are skipped; with
    CI=true in the environment that is an error."""
    from crmkit.testing.databases import PostgresServer, find_programs

    if find_programs() is None and os.environ.get("CI") != "true":
        pytest.skip("no PostgreSQL server is installed (initdb and postgres on the PATH)")
    with PostgresServer.start() as server:
        yield server


@pytest.fixture(scope="session")
def crm_ready(tmp_path_factory: pytest.TempPathFactory) -> ReadyDatabases:
    """Databases with their tables, of each business that the tests have opened so far."""
    from crmkit.testing.ready import ReadyDatabases

    return ReadyDatabases(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def crm_on(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: FakeClock,
    crm_plugins: list[str],
    crm_toml: str,
    crm_ready: ReadyDatabases,
) -> Iterator[Callable[[str], Crm]]:
    """A function that opens the business on `sqlite` or `postgresql`; what it opened is closed at the end."""
    from crmkit.core.crm import Crm
    from crmkit.testing.business import write_business
    from crmkit.testing.opening import open_crm
    from crmkit.testing.recorder import NAME, write_recorder

    opened: list[Crm] = []
    plugins = list(crm_plugins)
    if "recorder" in request.fixturenames:
        write_recorder(tmp_path)
        plugins.append(NAME)

    def on(engine: str) -> Crm:
        server: PostgresServer | None = None
        if engine == "postgresql":
            server = request.getfixturevalue("crm_postgres")
        if (tmp_path / "plugins").exists():  # a local plugin may be another one in each test
            address = crm_ready.copy(tmp_path, "", (), server) if server else None
            crm = open_crm(tmp_path, crm_toml, plugins=plugins, database=address, clock=clock)
        else:
            address = crm_ready.copy(tmp_path, crm_toml, plugins, server)
            database = address if server else None
            path = write_business(tmp_path, crm_toml, plugins=plugins, database=database)
            crm = Crm.open(path, strict=True, clock=clock)
        if server is not None and address is not None:
            request.addfinalizer(partial(server.drop_database, address))
        opened.append(crm)
        return crm

    yield on
    for crm in opened:
        crm.close()


@pytest.fixture
def crm(crm_on: Callable[[str], Crm]) -> Crm:
    """The business, opened on an SQLite file in `tmp_path`."""
    return crm_on("sqlite")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def crm_both(request: pytest.FixtureRequest, crm_on: Callable[[str], Crm]) -> Crm:
    """The business, opened on SQLite and on PostgreSQL in turn."""
    return crm_on(request.param)


@pytest.fixture
def public(request: pytest.FixtureRequest) -> Public:
    """The public server of the opened business, asked within this process: `public.get("/u/…")`."""
    from crmkit.testing.public import Public

    return Public(request.getfixturevalue("crm_both" if "crm_both" in request.fixturenames else "crm"))


@pytest.fixture
def recorder(request: pytest.FixtureRequest) -> Recorder:
    """Every batch that hooks are called with: asked for, it adds a plugin that writes them down."""
    from crmkit.testing.recorder import Recorder

    return Recorder(request.getfixturevalue("crm_both" if "crm_both" in request.fixturenames else "crm"))
