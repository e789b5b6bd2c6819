"""A bakery whose rules each test writes itself, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.instants import parse_instant
from crmkit.testing import open_crm
from tests.core.strategy.acting import write_plugin

Open = Callable[..., Crm]
_BUSINESS = 'timezone = "Europe/Warsaw"\ncurrency = "PLN"\n[fields.size]\ntype = "text"\n'


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bakery(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Open]:
    """Open the bakery with these rules; again with others, it is the same database. It is 4 May 2026, 10:00,
    a Monday. `plugins` may name `acting`, whose actions misbehave."""
    opened: list[Crm] = []
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    template = request.getfixturevalue("postgresql_template") if server else None
    address = server.create_database(template) if server else None
    write_plugin(tmp_path)

    def open_(rules: str, *, plugins: tuple[str, ...] = ()) -> Crm:
        crm = open_crm(tmp_path, _BUSINESS + rules, plugins=plugins, database=address, clock=clock)
        if not opened:
            clock.set(parse_instant("2026-05-04 10:00", crm.kernel.tz, 0))
        opened.append(crm)
        return crm

    yield open_
    for crm in opened:
        crm.close()
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def three() -> Callable[[Crm], Crm]:
    """Put Anna, Bea and Celina on record: customers 1, 2 and 3."""

    def fill(crm: Crm) -> Crm:
        crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna", "Bea", "Celina")])
        return crm

    return fill


@pytest.fixture
def open_one(tmp_path: Path, clock: FakeClock) -> Iterator[Callable[[str], Crm]]:
    """Open a bakery with these rules on SQLite alone: for what asks the database nothing of note. Left has
    left."""
    opened: list[Crm] = []

    def open_(rules: str) -> Crm:
        crm = open_crm(tmp_path, _BUSINESS + rules, clock=clock)
        opened.append(crm)
        if not crm.people.list(left=True):
            crm.people.add("Left")
            crm.people.deactivate("Left")
        return crm

    yield open_
    for crm in opened:
        crm.close()
