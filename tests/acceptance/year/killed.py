"""Processes of their own, killed at some moment: a worker in its pass, an import on its way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from signal import SIGKILL
from time import sleep
from typing import Any

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.exchange.importing import import_interactions
from crmkit.core.worker import Worker
from tests.processes import processes


def kill_worker(path: Path, now: int, random: Random) -> int:
    """Have a worker begin a pass at `now`, and kill it a little later; how many died of it (0 or 1)."""
    context = processes()
    ready = context.Event()
    worker = context.Process(target=_work, args=(path, now, ready))
    worker.start()
    ready.wait(30)
    worker.join(timeout=random.uniform(0, 0.25))
    worker.kill()
    worker.join()
    return int(worker.exitcode == -SIGKILL)


def _work(path: Path, now: int, ready: Any) -> None:
    with Crm.open(path, clock=FakeClock(now)) as crm:
        ready.set()
        Worker(crm.kernel).drain()


def kill_import(path: Path, file: Path, now: int, random: Random, given: Mapping[str, Any]) -> None:
    """Have a process begin to import a file of interactions at `now`, five rows at a time, and kill it after
    some batches, or a little later."""
    context = processes()
    told, batches = context.RawValue("i", 0), random.randrange(9)
    importer = context.Process(target=_import, args=(path, file, now, dict(given), told))
    importer.start()
    while told.value <= batches and importer.is_alive():
        sleep(0.002)
    sleep(random.uniform(0, 0.02))
    importer.kill()
    importer.join()


def _import(path: Path, file: Path, now: int, given: Mapping[str, Any], told: Any) -> None:
    def tell(_done: int, _total: int | None) -> None:
        told.value += 1

    with Crm.open(path, clock=FakeClock(now)) as crm:
        tell(0, None)
        import_interactions(crm, file, batch_size=5, progress=tell, **given)
