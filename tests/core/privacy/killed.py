"""A process that starts others which erase people, and kills each in the middle of its work.

Run as: python killed.py CRM_TOML KILLS SEED UID…
"""

from __future__ import annotations

import os
import signal
import sys
import time
from random import Random

from crmkit import Crm, NotFound


def child(path: str, uids: list[str], pipe: int) -> None:
    """Erase everybody who is left, and wait to be killed."""
    with Crm.open(path) as crm:
        crm.kernel.words  # noqa: B018 - loaded once, before the work begins
        os.close(pipe)
        for uid in uids:
            try:
                crm.privacy.erase(uid)
            except NotFound:
                continue
    while True:
        signal.pause()


def main(path: str, kills: int, seed: int, uids: list[str]) -> None:
    """Start and kill."""
    random = Random(seed)
    Crm.open(path).close()
    for _ in range(kills):
        listening, telling = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(listening)
            child(path, uids, telling)
        os.close(telling)
        os.read(listening, 1)
        os.close(listening)
        time.sleep(random.uniform(0.01, 0.25))
        os.kill(pid, signal.SIGKILL)
        if (code := os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])) != -signal.SIGKILL:
            sys.exit(f"a process ended by itself, with {code}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
