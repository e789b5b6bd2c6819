"""An observer counts exactly once, whatever is killed and however far it lags."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.worker import Worker
from tests.example_package import ROOT
from tests.soaking import soaking

KILLED = Path(__file__).with_name("killed.py")
RECOMMENDED = "referrals.recommended"
engines = pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
pytestmark = pytest.mark.usefixtures("referrals")


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["referrals"]


def three_customers(crm: Crm) -> None:
    """Customers 1, 2 and 3."""
    crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna Nowak", "Jan Wilk", "Ola Lis")])


def kill(crm: Crm, role: str, kills: int, site: Path) -> int:
    """Processes of `role` started and killed; how many were killed while they worked."""
    run = subprocess.run(
        [sys.executable, str(KILLED), str(crm.config.path), role, str(kills), "7"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT / "src")])},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert run.returncode == 0, run.stderr
    return int(run.stdout)


def counted(crm: Crm) -> dict[int, int]:
    """The recommendations that the observer counted, by customer."""
    table = crm.plugins.table("referrals_points")
    with crm.reading() as execute:
        rows = execute(sa.select(table.c.customer_id, table.c.recommendations, table.c.points)).all()
    assert all(points == 10 * number for _, number, points in rows)
    return {customer: number for customer, number, _ in rows}


def on_record(crm: Crm) -> dict[int, int]:
    """The recommendations in the log, by customer."""
    table = crm.tables.interaction
    with crm.reading() as execute:
        rows = execute(sa.select(table.c.customer_id).where(table.c.type == RECOMMENDED)).scalars()
        return dict(Counter(rows))


@pytest.mark.slow
@pytest.mark.timeout(300)
@engines
def test_killed_writers(crm_on: Callable[[str], Crm], engine: str, referrals_site: Path) -> None:
    """Writing processes die at random: what is on record is counted, each once."""
    crm = crm_on(engine)
    three_customers(crm)
    kills = soaking(8, 30)
    assert kill(crm, "write", kills, referrals_site) == kills
    Worker(crm.kernel).drain()
    assert sum(on_record(crm).values()) >= kills * 4
    assert counted(crm) == on_record(crm)


@pytest.mark.slow
@pytest.mark.timeout(300)
@engines
def test_lagging_workers_killed(crm_on: Callable[[str], Crm], engine: str, referrals_site: Path) -> None:
    """Workers that have thousands to catch up with die at random: in the end each is counted once."""
    crm = crm_on(engine)
    three_customers(crm)
    with crm.kernel.unit(crm.kernel.house, deliver=False):
        for customer in (1, 2, 3):
            crm.interactions.record_all([InteractionDraft(customer=customer, type=RECOMMENDED)] * 10_000)
    assert counted(crm) == {}
    kill(crm, "work", soaking(5, 12), referrals_site)
    Worker(crm.kernel).drain()
    assert counted(crm) == {1: 10_000, 2: 10_000, 3: 10_000}
