"""How long the command line takes to start, whole processes against bare imports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from benchmarks.harness import Bench, Result, Scale
from benchmarks.rig import customers, opened


def start_up(work: Path, scale: Scale) -> Iterator[Result]:
    """What people call most, in a CRM with all bundled plugins."""
    plugins = ["operational", "analytical", "campaign", "collaborative", "email"]
    with opened(work / "shop", plugins=plugins) as crm:
        crm.customers.save_all(customers(1_000))
    both = "import click, sqlalchemy"
    cases = (
        (("--help",), "import click", "≤ 2.5 × importing click"),
        (("--version",), "import click", "≤ 2.5 × importing click"),
        (("show", "shop:7"), both, "≤ 2 × importing click and sqlalchemy"),
        (("find", "Nowak"), both, ""),
        (("today",), both, ""),
        (("status",), both, ""),
        (("customers", "list"), both, ""),
        (("log", "shop:7", "purchase", "12.50"), both, ""),
        (("plan",), both, ""),
    )
    environment = {**os.environ, "CRMKIT_CONFIG": str(work / "shop" / "crm.toml")}
    # What was compiled once is kept, as it is wherever a package is installed.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    for words, imports, goal in cases:
        ours, raw = ("-m", "crmkit", *words), ("-c", imports)
        _processor_time(ours, environment), _processor_time(raw, environment)
        timed = [
            (_processor_time(ours, environment), _processor_time(raw, environment))
            for _ in range(scale.rounds)
        ]
        yield Result(
            name=f"crm {' '.join(words)}",
            ours=median(a for a, _ in timed) * 1e3,
            raw=median(b for _, b in timed) * 1e3,
            unit="ms of CPU",
            goal=goal,
        )


def _processor_time(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Seconds of CPU that Python takes with these arguments: by the clock, other programs would count too."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


BENCHES = (Bench(name="start-up", run=start_up),)
