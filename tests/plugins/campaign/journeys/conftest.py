"""A business whose journeys each test writes itself, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.instants import parse_instant
from crmkit.testing import open_crm
from crmkit.testing.ready import ReadyDatabases

HOUR = 3_600_000_000
DAY = 24 * HOUR
Open = Callable[..., Crm]
_BUSINESS = 'timezone = "Europe/Warsaw"\ncurrency = "PLN"\n'


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Open]:
    """Open the shop with these journeys, by name; again with others, it is the same database. It is 4 May
    2026, 10:00, a Monday, and Anna, Bea and Celina are on record: customers 1, 2 and 3."""
    opened: list[Crm] = []
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = crm_ready.copy_tables(tmp_path, ("campaign",), server) if server else None

    def open_(journeys: dict[str, str], toml: str = "", *, people: int = 3) -> Crm:
        (tmp_path / "journeys").mkdir(exist_ok=True)
        for name, text in journeys.items():
            (tmp_path / "journeys" / f"{name}.toml").write_text(text, encoding="utf-8")
        crm = open_crm(tmp_path, _BUSINESS + toml, plugins=("campaign",), database=address, clock=clock)
        if not opened:
            clock.set(parse_instant("2026-05-04 10:00", crm.kernel.tz, 0))
            names = ["Anna", "Bea", "Celina", *(f"Person {number}" for number in range(4, people + 1))]
            crm.customers.save_all([CustomerDraft(name=name) for name in names[:people]])
        opened.append(crm)
        return crm

    yield open_
    for crm in opened:
        crm.close()
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def passing(clock: FakeClock) -> Callable[[Crm, int], None]:
    """Let so much time pass, and have the worker do what is due then."""

    def pass_(crm: Crm, time: int = 0) -> None:
        clock.set(clock.now() + time)
        while crm.strategy.run_due():
            pass

    return pass_
