"""A process that starts others over and over and kills each in the middle of its work.

Run as: python killed.py CRM_TOML write|work KILLS SEED. It prints how many were killed while they worked.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from itertools import count
from random import Random

from crmkit import Crm, InteractionDraft
from crmkit.core.worker import Worker

RECOMMENDED = "referrals.recommended"


def write(crm: Crm, ready: Callable[[], None]) -> None:
    """Record recommendations one by one and three by three, for ever; the first loads what writing needs."""
    for number in count():
        crm.interactions.record(1 + number % 3, RECOMMENDED)
        crm.interactions.record_all([InteractionDraft(customer=1, type=RECOMMENDED)] * 3)
        if number == 0:
            ready()


def work(crm: Crm, ready: Callable[[], None]) -> None:
    """Be a worker, until there is nothing left to do."""
    ready()
    Worker(crm.kernel).drain()


def child(path: str, role: str, pipe: int) -> None:
    """One process at its work."""
    with Crm.open(path) as crm:
        {"write": write, "work": work}[role](crm, lambda: os.close(pipe))


def main(path: str, role: str, kills: int, seed: int) -> None:
    """Start and kill."""
    random, killed = Random(seed), 0
    Crm.open(path).close()  # what is loaded once, each child has from the start
    for _ in range(kills):
        listening, telling = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(listening)
            child(path, role, telling)
            os._exit(0)
        os.close(telling)
        os.read(listening, 1)  # returns when the other end is closed: the child is at work
        os.close(listening)
        time.sleep(random.uniform(0, 0.12))
        os.kill(pid, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
