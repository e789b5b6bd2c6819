"""`python -m benchmarks [NAME …] [--full] [--engine NAME] [--json FILE] [--markdown FILE]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

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
from benchmarks.harness import Result, Scale, as_json, markdown

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
    """Measure what is named, everything by default, and print the table."""
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
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    results: list[Result] = []
    scale = Scale(full=arguments.full, rounds=arguments.rounds, engine=arguments.engine)
    for name in arguments.names or BENCHES:
        print(f"… {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="crmkit-bench-") as work:
            for result in BENCHES[name].run(Path(work), scale):
                results.append(result)
                print(f"  {result.name}: {result.ours:,.4g} {result.unit} {result.note}", flush=True)
    print(markdown(results))
    if arguments.markdown:
        arguments.markdown.write_text(markdown(results) + "\n", encoding="utf-8")
    if arguments.json:
        arguments.json.write_text(as_json(results), encoding="utf-8")


main()
