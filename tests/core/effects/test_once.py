"""Once, and not lost: whoever works at the same time, and whatever is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.model.strategy import HandedOver
from tests.core.effects.outside import Outside
from tests.soaking import SOAK

Open = Callable[..., Crm]
KILLED = Path(__file__).with_name("killed.py")
# What the courier takes at once.
AT_ONCE = 8
ROOT = Path(__file__).resolve().parents[3]


def test_eight_hands(outside: Outside, opened: Open) -> None:
    """Two workers of four threads each deliver 500 effects: each once, none left."""
    numbers = outside.enter(*[""] * 500)
    workers = [outside.crm, opened()]
    failures: list[BaseException] = []
    done: Counter[int] = Counter()

    def work(place: int) -> None:
        try:
            while (found := workers[place % 2].effects.hand_over(limit=40)) != HandedOver():
                done[place] += found.done
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sorted(outside.delivered()) == numbers
    assert outside.states() == {"done": 500}
    assert sum(done.values()) == 500


@pytest.mark.timeout(3_600 if SOAK else 180)
def test_killed_at_any_moment(outside: Outside, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers die at random: nothing goes out twice that must not, no more is in doubt than was on its way,
    and all is accounted for. The long form, with 20,000 messages and 200 kills: CRMKIT_SOAK=1."""
    monkeypatch.setenv("COURIER_TAKES", "0.002")
    lines, kills = (20_000, 200) if SOAK else (500, 6)
    once = outside.enter(*[""] * (lines - 100), due_at=1)
    again = outside.enter(*[""] * 100, action="courier.again", due_at=2)
    run = subprocess.run(
        [sys.executable, str(KILLED), str(outside.crm.config.path), str(kills), "7"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=3_500 if SOAK else 150,
    )
    assert run.returncode == 0, run.stderr
    killed = int(run.stdout)
    times = Counter(outside.delivered())
    assert [number for number in once if times[number] > 1] == []
    rows = outside.rows()
    assert {row.state for row in rows.values()} <= {"done", "unconfirmed"}
    # What says that it is done has arrived; what has arrived and was not answered is in doubt, not lost.
    assert [number for number, row in rows.items() if row.state == "done" and not times[number]] == []
    assert [number for number in again if rows[number].state != "done"] == []
    doubtful = [number for number in once if rows[number].state == "unconfirmed"]
    assert all("interrupted" in rows[number].reason for number in doubtful)
    assert 0 < len(doubtful) <= AT_ONCE * killed
    # Nothing is lost: what is in doubt and had arrived is among those that are listed.
    assert {number for number in once if times[number]} <= {
        number for number in once if rows[number].state in ("done", "unconfirmed")
    }
    if SOAK:
        sys.stdout.write(f"\n{lines} lines, {killed} kills, {len(doubtful)} unconfirmed\n")
