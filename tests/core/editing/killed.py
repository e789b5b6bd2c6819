"""A process that starts others which edit customers and undo it, and kills each in the middle of its work.

Run as: python killed.py CRM_TOML. Each line of its input is after how many seconds to kill the next one; for
each it answers with a line.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from crmkit import Changes, Crm

BATCH = 20


def child(path: str, pipe: int) -> None:
    """Edit everybody and undo it, again and again."""
    with Crm.open(path) as crm:
        crm.kernel.words  # noqa: B018 - loaded once, before the work begins
        os.close(pipe)
        while True:
            changes = Changes(fields={"bread": "rye"}, tags=("rye-lover",))
            report = crm.editing.apply("lifecycle = 'lead'", changes, batch_size=BATCH)
            crm.undo.undo(report.ref or "")


def main(path: str) -> None:
    """Start and kill."""
    for line in sys.stdin:
        listening, telling = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(listening)
            child(path, telling)
        os.close(telling)
        os.read(listening, 1)
        os.close(listening)
        time.sleep(float(line))
        os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
