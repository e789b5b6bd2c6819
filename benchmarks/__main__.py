"""`python -m benchmarks [NAME …] [--full] [--engine NAME] [--keep]`: what is named, everything by default."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from attrs import evolve

from benchmarks import (
    bulk,
    campaign,
    cases,
    deals,
    dispatch,
    duplicates,
    durable,
    exporting,
    feed,
    identity,
    journeys,
    leaving,
    lifetime,
    lookup,
    merging,
    moving,
    plan,
    replica,
    results,
    segments,
    serving,
    start_up,
    subscriptions,
    units,
    visibility,
    words,
)
from benchmarks.harness import Scale, machine, peak_megabytes
from benchmarks.table import CAPABILITIES, Measured, as_kept, keep, line

BENCHES = {
    bench.name: bench
    for module in (
        start_up,
        dispatch,
        durable,
        bulk,
        moving,
        exporting,
        feed,
        duplicates,
        identity,
        merging,
        words,
        segments,
        visibility,
        units,
        lookup,
        plan,
        leaving,
        lifetime,
        replica,
        campaign,
        journeys,
        results,
        subscriptions,
        deals,
        cases,
        serving,
    )
    for bench in module.BENCHES
}


def main() -> None:
    """Measure what is named, everything by default, and keep it in the table."""
    arguments = _arguments()
    scale = Scale(full=arguments.full, rounds=arguments.rounds, engine=arguments.engine)
    if arguments.json is not None:
        (name,) = arguments.names
        arguments.json.write_text(json.dumps(_measured(name, scale)), encoding="utf-8")
        return
    runs: dict[str, Measured] = {}
    for each in arguments.names or [name for asked in CAPABILITIES for name in asked.asked_by]:
        name, _, engine = each.partition("@")
        run = _alone(name, evolve(scale, engine=engine or scale.engine))
        runs[each if engine or scale.engine == "sqlite" else f"{name}@{scale.engine}"] = run
        if arguments.keep:
            keep(runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHES)}")
    parser.add_argument(
        "--full", action="store_true", help="the documented sizes (minutes) instead of a tenth"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--engine",
        choices=("sqlite", "postgresql", "duckdb"),
        default="sqlite",
        help="what the benchmarks `segment` and `merging` run on",
    )
    parser.add_argument(
        "--keep", action="store_true", help="write the results into docs/reference/measured.md"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="measure one here, and write it as JSON")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name.partition("@")[0] not in BENCHES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    return arguments


def _alone(name: str, scale: Scale) -> Measured:
    """The benchmark in a process of its own, so that neither memory nor caches are those of another."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="crmkit-bench-") as work:
        file = Path(work) / "results.json"
        words = [name, "--engine", scale.engine, "--rounds", str(scale.rounds), "--json", str(file)]
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", *words, *(["--full"] if scale.full else [])],
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        said = json.loads(file.read_text(encoding="utf-8")) if done.returncode == 0 else {}
    if not said:
        print(done.stderr, file=sys.stderr, flush=True)
    return Measured(
        at=datetime.now(tz=UTC).date().isoformat(),
        full=scale.full,
        rounds=scale.rounds,
        engine=scale.engine,
        seconds=round(time.perf_counter() - began, 1),
        peak_megabytes=said.get("peak_megabytes", 0),
        machine=machine(),
        method=" ".join((BENCHES[name].run.__doc__ or "").strip().partition("\n\n")[0].split()),
        results=said.get("results", ()),
        failed="" if said else (done.stderr.strip().splitlines() or ["it was ended"])[-1],
    )


def _measured(name: str, scale: Scale) -> dict[str, object]:
    print(f"… {name}", flush=True)
    results = []
    with tempfile.TemporaryDirectory(prefix="crmkit-bench-") as work:
        for result in BENCHES[name].run(Path(work), scale):
            results.append(result)
            print(f"  {line(result)}", flush=True)
    return {"peak_megabytes": round(peak_megabytes()), "results": [as_kept(each) for each in results]}


main()
