"""Workers in processes of their own, several at once, each killed at some moment."""

from __future__ import annotations

from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Any

from crmkit import Crm, CrmError
from crmkit.core.clock import FakeClock
from tests.processes import processes

_WORKERS = 4


def kill_workers(path: Path, now: int, random: Random) -> None:
    """Have four workers begin, and kill each a little after it has begun a pass."""
    context = processes()
    begun = [context.RawValue("i", 0) for _ in range(_WORKERS)]
    workers = [context.Process(target=_work, args=(path, now, each)) for each in begun]
    for worker in workers:
        worker.start()
    for worker, passes in zip(workers, begun, strict=True):
        while not passes.value and worker.is_alive():
            worker.join(timeout=0.01)
        worker.join(timeout=random.uniform(0, 0.2))
        worker.kill()
    for worker in workers:
        worker.join()
        assert worker.exitcode == -SIGKILL
    assert all(passes.value for passes in begun)


def _work(path: Path, now: int, passes: Any) -> None:
    with Crm.open(path, clock=FakeClock(now)) as crm:
        while True:
            passes.value += 1
            try:
                crm.strategy.run_due()
                crm.effects.hand_over()
            except CrmError:
                continue  # another was quicker: the next pass sees what is left
