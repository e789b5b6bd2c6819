"""How long the command line takes to start, whole processes against bare imports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, in_turn
from benchmarks.rig import customers, opened


def start_up(work: Path, scale: Scale) -> Iterator[Result]:
    """`crm --help`, `crm --version` and `crm show` in a CRM with all bundled plugins."""
    plugins = ["operational", "analytical", "campaign", "collaborative", "email"]
    with opened(work / "shop", plugins=plugins) as crm:
        crm.customers.save_all(customers(1_000))
    show = ("show", "shop:7")
    cases = (
        (("--help",), "import click", "≤ 2.5 × importing click"),
        (("--version",), "import click", "≤ 2.5 × importing click"),
        (show, "import click, sqlalchemy", "≤ 2 × importing click and sqlalchemy"),
    )
    environment = {**os.environ, "CRMKIT_CONFIG": str(work / "shop" / "crm.toml")}

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)

    for words, imports, goal in cases:
        pair = in_turn(
            lambda words=words: run("-m", "crmkit", *words),  # type: ignore[misc]
            lambda imports=imports: run("-c", imports),  # type: ignore[misc]
            scale.rounds,
        )
        yield Result(
            name=f"crm {' '.join(words)}", ours=pair.ours * 1e3, raw=pair.raw * 1e3, unit="ms", goal=goal
        )


BENCHES = (Bench(name="start-up", run=start_up),)
