"""BG/NBD fitted to a million simulated customers, as they are and with equal histories standing together.

With CRMKIT_PEER naming a Python in which the PyPI package `lifetimes` 0.11.3 is installed, the same rows are
given to that, too; it is the baseline then. Times are of the processor: both use one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Bench, Result, Scale, peak_megabytes
from crmkit.plugins.analytical.lifetime.fit import Fit
from crmkit.plugins.analytical.lifetime.fitting import fit
from crmkit.plugins.analytical.lifetime.histories import Histories
from crmkit.plugins.analytical.lifetime.models import model_named

TRUE = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}
_PEER = """
import json, resource, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
from lifetimes import BetaGeoFitter
rows = np.load(sys.argv[1])
start = time.process_time()
made = BetaGeoFitter().fit(rows["frequency"], rows["recency"], rows["age"], weights=rows["weight"])
took = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"took": took, "memory": memory, "params": dict(made.params_)}))
"""


def lifetime(work: Path, scale: Scale) -> Iterator[Result]:
    """Rows as they are, then equal ones standing together; the same parameters come of both."""
    rows = simulated(scale.of(1_000_000))
    grouped = rows.grouped(("frequency", "recency", "age"))
    for name, each in (("as they are", rows), ("by weight", grouped)):
        began = time.process_time()
        made = fit(model_named("bg-nbd"), each)
        took = time.process_time() - began
        peer = _peer(work / "rows.npz", each)
        yield Result(
            name=f"BG/NBD, {rows.customers:,.0f} customers in {len(each):,} rows, {name}",
            ours=took,
            raw=peer["took"] if peer else None,
            unit="s of CPU",
            goal="the same parameters, sooner",
            note=_note(made, peer),
        )


def simulated(customers: int) -> Histories:
    """Customers who began in the first half of two years, drawn by the model; times in weeks, to the day."""
    random = np.random.default_rng(39)
    rate = random.gamma(TRUE["r"], 1 / TRUE["alpha"], customers)
    leaves = random.beta(TRUE["a"], TRUE["b"], customers)
    age = random.integers(364, 728, customers) / 7.0
    clock, recency, frequency = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    there = np.ones(customers, dtype=bool)
    while there.any():
        at = np.flatnonzero(there)
        clock[at] += random.exponential(1 / rate[at])
        bought = at[clock[at] <= age[at]]
        recency[bought], there[at] = clock[bought], False
        frequency[bought] += 1
        there[bought] = random.random(len(bought)) >= leaves[bought]
    # To the day, but not before the day after the first purchase.
    recency = np.where(frequency > 0, np.minimum(np.maximum(np.round(recency * 7), 1) / 7, age), 0.0)
    return Histories(frequency=frequency, recency=recency, age=age)


def _peer(path: Path, rows: Histories) -> dict[str, Any] | None:
    python = os.environ.get("CRMKIT_PEER")
    if not python:
        return None
    np.savez(path, frequency=rows.frequency, recency=rows.recency, age=rows.age, weight=rows.weight)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [python, "-c", _PEER, str(path)], capture_output=True, text=True, check=True, env=environment
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _note(made: Fit, peer: dict[str, Any] | None) -> str:
    told = ", ".join(f"{name} {value:.4f}" for name, value in made.params.items())
    note = f"{made.status}: {told}; peak {peak_megabytes():.0f} MB"
    if peer:
        theirs = ", ".join(f"{name} {value:.4f}" for name, value in peer["params"].items())
        note += f"; lifetimes: {theirs}; peak {peer['memory']:.0f} MB"
    return note


BENCHES = (Bench(name="lifetime", run=lifetime),)
