"""A business with a plugin that reaches outside, on both engines; the outside is a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import Clock, FakeClock
from crmkit.core.instants import parse_instant
from crmkit.testing import open_crm
from tests.core.effects.outside import Outside, write_plugin

Open = Callable[..., Crm]
_BUSINESS = 'timezone = "Europe/Warsaw"\ncurrency = "PLN"\n'
_SELLER = (
    '[roles.seller]\nsees = "own"\npermissions = ["customers.read", "customers.write", "strategy.apply"]\n'
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Open]:
    """Open the business; again, it is the same database. It is 4 May 2026, 10:00. `plugins` are `courier`,
    unless others are named; `on` is the clock to go by."""
    crms: list[Crm] = []
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = server.create_database() if server else None
    write_plugin(tmp_path)
    clock.set(parse_instant("2026-05-04 10:00", ZoneInfo("Europe/Warsaw"), 0))

    def open_(plugins: tuple[str, ...] = ("courier",), *, on: Clock = clock, toml: str = "") -> Crm:
        text = _BUSINESS + _SELLER + toml
        crms.append(open_crm(tmp_path, text, plugins=plugins, database=address, clock=on))
        return crms[-1]

    yield open_
    for crm in crms:
        crm.close()
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def outside(opened: Open, tmp_path: Path) -> Outside:
    """A live business with Anna, Bea and Celina, customers 1, 2 and 3, and what reaches the outside of it."""
    crm = opened()
    crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna", "Bea", "Celina")])
    outside = Outside(crm, tmp_path)
    outside.go_live()
    return outside
