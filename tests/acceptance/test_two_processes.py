"""Two programs at work on one SQLite file: nobody is told that it is busy, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.testing import open_crm

# A long run: CRMKIT_SECONDS=60 pytest tests/acceptance/test_two_processes.py
SECONDS = float(os.environ.get("CRMKIT_SECONDS", "2"))
WRITERS, READERS = 4, 2
TOML = '[fields.counter]\ntype = "number"\n\n[identities]\nshop = "Shop number"\n'
PROGRAM = """
import json, sys, time
from threading import Thread
from crmkit import Conflict, Crm, CustomerDraft, Identity

path, name, seconds, writers, readers = sys.argv[1:]
crm = Crm.open(path)
shared = crm.customers.resolve("Shared")
end = time.monotonic() + float(seconds)
done = {"recorded": 0, "added": 0, "raised": 0, "conflicts": 0}
failures = []

def write(number):
    mine = {"recorded": 0, "added": 0, "raised": 0, "conflicts": 0}
    while not mine["recorded"] or time.monotonic() < end:
        mine["recorded"] += 1
        ref = f"{name}-{number}-{mine['recorded']}"
        crm.interactions.record(shared, "visit", source=name, source_ref=ref)
        crm.customers.save(CustomerDraft(name=ref, identities=(Identity("shop", ref),)))
        mine["added"] += 1
        seen = crm.customers.get(shared)
        try:
            more = {"counter": seen.fields["counter"] + 1}
            crm.customers.update(shared, CustomerDraft(fields=more, version=seen.version))
            mine["raised"] += 1
        except Conflict:
            mine["conflicts"] += 1
    for key, value in mine.items():
        done[key] += value

def read(number):
    while time.monotonic() < end:
        crm.interactions.timeline(shared, 20)
        crm.customers.find("Shared")
        time.sleep(0.01)

def guarded(work, number):
    try:
        work(number)
    except BaseException as error:
        failures.append(f"{type(error).__name__}: {error}")

threads = [Thread(target=guarded, args=(write, each)) for each in range(int(writers))]
threads += [Thread(target=guarded, args=(read, each)) for each in range(int(readers))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({**done, "failures": failures}))
"""


@pytest.mark.timeout(int(120 + 2 * SECONDS))
def test_eight_writers_in_two_programs_lose_nothing(tmp_path: Path) -> None:
    """Every record is there once, every raise of a shared number counts, and the log file stays bounded."""
    with open_crm(tmp_path, toml=TOML) as crm:
        crm.customers.save(CustomerDraft(name="Shared", fields={"counter": 0}))
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "crm.toml")]
    sizes = [str(each) for each in (SECONDS, WRITERS, READERS)]
    programs = [
        subprocess.Popen([*command, name, *sizes], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    outcomes = [each.communicate(timeout=SECONDS + 100) for each in programs]
    assert [error for _, error in outcomes] == ["", ""]
    said = [json.loads(out) for out, _ in outcomes]
    assert [each["failures"] for each in said] == [[], []]
    wal = tmp_path / "crm.db-wal"
    assert not wal.exists() or wal.stat().st_size < 100_000_000
    with Crm.open(tmp_path / "crm.toml") as crm:
        assert crm.interactions.count() == sum(each["recorded"] for each in said) > 0
        assert crm.customers.count() == 1 + sum(each["added"] for each in said)
        shared = crm.customers.get(crm.customers.resolve("Shared"))
        raised = sum(each["raised"] for each in said)
        assert shared.fields["counter"] == raised > 0
        assert shared.version == 1 + raised
