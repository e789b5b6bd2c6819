"""A worker in a process of its own, killed at some moment of its pass."""

from __future__ import annotations

from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Any

from crmkit import Crm
from crmkit.core.clock import FakeClock
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
