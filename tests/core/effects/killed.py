"""A process that starts others over and over and kills each while it hands over.

Run as: python killed.py CRM_TOML KILLS SEED. Each comes two hours after the last, when its leases are over.
The first dies on the way to a door. It prints how many died at their work. The last two do not: what was
interrupted may have to wait.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from attrs import frozen

from crmkit import Crm
from crmkit.core.clock import SystemClock
from crmkit.core.model.strategy import HandedOver

HOUR = 3_600_000_000
# About so long is the line of one delivery.
_LINE = 30


@frozen
class Ahead:
    """The machine's clock, so many hours ahead."""

    hours: int

    def now(self) -> int:
        """This instant there."""
        return SystemClock().now() + self.hours * HOUR

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def child(path: str, number: int, pipe: int) -> None:
    """One process at its work, until there is nothing left to do."""
    with Crm.open(path, clock=Ahead(2 * number)) as crm:
        if number == 1:
            on_the_way: list[Callable[[], None]] = crm.words.actions["courier"].perform.__globals__["during"]
            on_the_way.append(_dies)
        os.close(pipe)
        while crm.effects.hand_over() != HandedOver():
            pass


def _dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_more(lines: int) -> None:
    """Until so many more lines were delivered, or for three seconds."""
    file = Path(os.environ["COURIER"])
    wanted = _size(file) + lines * _LINE
    ends = time.monotonic() + 3
    while _size(file) < wanted and time.monotonic() < ends:
        time.sleep(0.001)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def main(path: str, kills: int, seed: int) -> None:
    """Start and kill."""
    random, killed = Random(seed), 0
    with Crm.open(path) as crm:  # what is loaded once, each child has from the start
        crm.effects.list(limit=1)
    for number in range(1, kills + 3):
        listening, telling = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(listening)
            child(path, number, telling)
            os._exit(0)
        os.close(telling)
        os.read(listening, 1)  # returns when the other end is closed: the child is at work
        os.close(listening)
        if 1 < number <= kills:
            wait_for_more(random.randint(0, 80))
            time.sleep(random.uniform(0, 0.01))
            os.kill(pid, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
